//go:build js && wasm

// The engine as a phone runs it, for bench.mjs to call: each function repeats one thing n times.
package main

import (
	"syscall/js"

	"lixianban/app/policy"
)

var answers = map[string]string{"birth": "1980-05-31", "status": "resident", "permit": "2027-01-01", "paid": "40", "gap": "3", "ended": "yes",
	"ended_on": "2026-08-31", "registered": "2026-09-05", "income": "800.00", "dependants": "2", "student": "no", "disabled": "no", "reason": "quit"}

func main() {
	js.Global().Set("open", js.FuncOf(open))
	select {}
}

// open takes the bytes of the packs and gives the functions to measure.
func open(_ js.Value, args []js.Value) any {
	rule, whole, regions := take(args[0]), take(args[1]), take(args[2])
	twelve := answered(rule)
	income := index(twelve, "income")
	why := make([]int32, 0, 16)
	change := func(m *policy.Machine, i int) {
		m.SetIndex(income, policy.Value{State: policy.Known, N: 80000 + int64(i&15)})
	}
	unanswered := answered(rule)
	unanswered.SetIndex(index(unanswered, "student"), policy.Value{})
	pack := must(policy.Load(whole))
	stop := must(policy.NewMachine(pack, "resident-stop", "", pack.Checked))
	return map[string]any{
		"evaluate": repeat(func(i int) { change(twelve, i); twelve.Run() }),
		"settled":  repeat(func(i int) { change(twelve, i); twelve.Run(); twelve.Next(); why = twelve.Why("yes", why[:0]) }),
		"open": repeat(func(i int) {
			change(unanswered, i)
			unanswered.Run()
			unanswered.Next()
			why = unanswered.Why("yes", why[:0])
		}),
		"stop":  repeat(func(int) { stop.Run(); stop.Next() }),
		"load":  repeat(func(int) { must(policy.Load(whole)) }),
		"all":   repeat(func(int) { must(policy.Load(regions)) }),
		"holds": js.FuncOf(func(js.Value, []js.Value) any { v, _ := twelve.Holds("yes"); return v.N == 1 }),
	}
}

func repeat(f func(i int)) js.Func {
	return js.FuncOf(func(_ js.Value, args []js.Value) any {
		for i := range args[0].Int() {
			f(i)
		}
		return nil
	})
}

func take(v js.Value) []byte {
	b := make([]byte, v.Length())
	js.CopyBytesToGo(b, v)
	return b
}

func answered(data []byte) *policy.Machine {
	p := must(policy.Load(data))
	m := must(policy.NewMachine(p, "aid", "", p.Checked))
	for id, text := range answers {
		f, _ := p.Fact(id)
		if err := m.Set(id, must(f.Parse(text))); err != nil {
			panic(err)
		}
	}
	return m
}

func index(m *policy.Machine, fact string) int {
	for _, i := range m.Needs() {
		if m.Fact(i).Question.Fact == fact {
			return i
		}
	}
	panic("no fact " + fact)
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
