package envelope_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"lixianban/app/envelope"
)

const emptySync = `{"v":1,"nonce":"00"}`

func TestStrictDecodingTakesOneSpelling(t *testing.T) {
	deep := strings.Repeat("[", 17) + strings.Repeat("]", 17)
	for name, c := range map[string]struct {
		in               string
		strict, tolerant bool
	}{
		"plain":                   {emptySync, true, true},
		"spaces":                  {" {\n\"v\" : 1 }\t\n", true, true},
		"nested":                  {`{"v":1,"put":[{"sid":"a","envelope":"b"}]}`, true, true},
		"unknown member":          {`{"v":1,"more":{"x":[1,2]}}`, false, true},
		"unknown member below":    {`{"put":[{"sid":"a","x":1}]}`, false, true},
		"member twice":            {`{"v":1,"v":1}`, false, false},
		"unknown member twice":    {`{"x":1,"x":2}`, false, false},
		"member in another case":  {`{"V":1}`, false, false},
		"case twins":              {`{"v":1,"V":2}`, false, false},
		"folding letter":          {`{"ſid":"a"}`, false, true},
		"null":                    {`{"nonce":null}`, false, false},
		"null alone":              {`null`, false, false},
		"wrong kind":              {`{"v":"1"}`, false, false},
		"number for text":         {`{"nonce":1}`, false, false},
		"fraction":                {`{"v":1.5}`, false, false},
		"negative for unsigned":   {`{"watch":[{"after":-1}]}`, false, false},
		"too large for its field": {`{"watch":[{"after":4294967296}]}`, false, false},
		"after the end":           {emptySync + `{}`, false, false},
		"garbage after":           {emptySync + `x`, false, false},
		"cut":                     {emptySync[:8], false, false},
		"empty":                   {``, false, false},
		"deep":                    {`{"x":` + deep + `}`, false, false},
		"bad UTF-8":               {"{\"nonce\":\"\xff\"}", false, false},
		"lone surrogate":          {`{"nonce":"\ud800"}`, false, false},
		"array for object":        {`[]`, false, false},
		"mark at the front":       {"\ufeff" + emptySync, false, false},
	} {
		var a, b envelope.SyncRequest
		if err := envelope.Decode([]byte(c.in), 1<<20, &a); (err == nil) != c.strict {
			t.Errorf("%s: strict says %v", name, err)
		}
		if err := envelope.DecodeTolerant([]byte(c.in), 1<<20, &b); (err == nil) != c.tolerant {
			t.Errorf("%s: tolerant says %v", name, err)
		}
	}
}

func TestTheSizeIsCheckedBeforeAnythingElse(t *testing.T) {
	var r envelope.SyncRequest
	if err := envelope.Decode([]byte("\xff\xff\xff"), 2, &r); err == nil || !strings.Contains(err.Error(), "at most 2") {
		t.Errorf("got %v", err)
	}
}

func TestManyNestedLevelsCostNothing(t *testing.T) {
	var r envelope.SyncRequest
	if err := envelope.Decode([]byte(strings.Repeat("[", 400_000)), 1<<20, &r); err == nil {
		t.Error("taken")
	}
}

// FuzzDecode: what is taken means the same to encoding/json, and what strict takes
// tolerant takes too.
func FuzzDecode(f *testing.F) {
	f.Add(emptySync)
	f.Add(`{"v":1,"put":[{"sid":"a","envelope":"b"}],"watch":[{"sid":"a","secret":"b","after":1}]}`)
	f.Add(`{"v":1,"V":1}`)
	f.Fuzz(func(t *testing.T, in string) {
		var strict, tolerant, plain envelope.SyncRequest
		if envelope.Decode([]byte(in), 1<<16, &strict) != nil {
			return
		}
		if err := envelope.DecodeTolerant([]byte(in), 1<<16, &tolerant); err != nil {
			t.Fatalf("strict took it, tolerant says %v", err)
		}
		if err := json.Unmarshal([]byte(in), &plain); err != nil || !reflect.DeepEqual(strict, plain) || !reflect.DeepEqual(strict, tolerant) {
			t.Fatalf("%+v, %+v and %+v differ, %v", strict, tolerant, plain, err)
		}
	})
}
