package filing

// rules are the conditions between fields. Each names the field whose page shows it.
var rules = []struct {
	field string
	of    func(facts) finding
}{
	{"acting", actingAndAge},
	{"acting", actingAndDeath},
	{"wish", wishAndDeath},
	{"guardian-id", otherPerson("guardian-id", "guardian.minor", "id", "proxy-id")},
	{"proxy-id", otherPerson("proxy-id", "proxy.minor", "id")},
	{"proxy-paper", writtenAuthority},
}

// actingAndAge: under 8 a guardian acts, from 8 to 18 he acts or agrees (民法典
// §19, 20); the guardian page is asked in both cases.
func actingAndAge(d facts) finding {
	switch acting := d.v["acting"]; {
	case acting == "self" && (d.age == "under8" || d.age == "under14"):
		return finding{problems: bad("acting.under8")}
	case acting == "self" && d.age == "under18":
		return finding{warnings: bad("acting.under18")}
	case acting == "proxy" && d.age != "" && d.age != "adult":
		return finding{warnings: bad("acting.child-proxy")}
	case acting == "guardian" && d.age == "adult":
		return finding{warnings: bad("acting.adult")}
	}
	return finding{}
}

// actingAndDeath: a mandate ends with the death of the person (民法典 §173); a
// relative reports it (社会保险经办条例 §25).
func actingAndDeath(d facts) finding {
	died, relative := d.v["reason"] == "died", d.v["acting"] == "relative"
	switch {
	case died && d.v["acting"] != "" && !relative:
		return finding{problems: bad("acting.died")}
	case relative && d.v["reason"] != "" && !died:
		return finding{problems: bad("reason.not-died")}
	}
	return finding{}
}

func wishAndDeath(d facts) finding {
	if d.v["reason"] == "died" && d.v["wish"] == "pause" {
		return finding{problems: bad("wish.died")}
	}
	return finding{}
}

// otherPerson: who acts for others is of age and isn't one of them.
func otherPerson(field, minorCode string, others ...string) func(facts) finding {
	return func(d facts) finding {
		id := d.v[field]
		if id == "" || !d.all(whenOf(field)) {
			return finding{}
		}
		for _, o := range others {
			if d.v[o] == id && d.all(whenOf(o)) {
				return finding{problems: bad("same-person")}
			}
		}
		if band := ageBand(id, d.today); band != "" && band != "adult" {
			return finding{problems: bad(minorCode)}
		}
		return finding{}
	}
}

func whenOf(field string) []Cond {
	f, _ := residentStop.Field(field)
	return f.When
}

// writtenAuthority: a mandate is written, with name, matter, scope, period and
// signature (民法典 §165, N11); the paper can follow, so its lack is a warning.
func writtenAuthority(d facts) finding {
	if d.v["acting"] == "proxy" && d.v["proxy-paper"] == "no" {
		return finding{warnings: bad("proxy.paper")}
	}
	return finding{}
}
