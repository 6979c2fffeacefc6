package view_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"lixianban/app/envelope"
	"lixianban/app/outbox"
	"lixianban/app/screen/view"
	"lixianban/app/words"
)

func TestHistoryTellsTheNewestFirstInWords(t *testing.T) {
	es := []outbox.Entry{
		{N: 1, Time: noon, What: outbox.DidQueue},
		{N: 2, Time: noon, What: outbox.DidFail, Code: "no_answer"},
		{N: 3, Time: noon, What: outbox.DidRefuse, Code: "an_unheard_of_code", Status: 418},
		{N: 4, Time: noon, What: outbox.DidReceive},
		{N: 5, Time: noon, What: outbox.DidHear, Code: "fetched", Seq: 1},
	}
	var got []string
	for _, s := range view.History(words.ZH, es) {
		got = append(got, s.Kind+" "+s.Say)
	}
	want := []string{
		"done 窗口有了答复：医保窗口已取走", "done 送到了，回执核对过", "bad 服务器没有收",
		"todo 试着送了一次，没有送到。网络没有回应。会自己再送", "done 填好，封上了",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestEveryEntryOfTheLogHasWordsInBothLanguages(t *testing.T) {
	for _, what := range []string{
		outbox.DidQueue, outbox.DidFail, outbox.DidReceive, outbox.DidRefuse, outbox.DidReseal,
		outbox.DidHear, outbox.DidDoubt, outbox.DidLose, outbox.DidExport, outbox.DidRetry,
	} {
		for _, lang := range []string{words.ZH, words.EN} {
			if say := view.History(lang, []outbox.Entry{{What: what, Code: "fetched"}})[0].Say; strings.Contains(say, "log.") {
				t.Errorf("%s has no words in %s: %q", what, lang, say)
			}
		}
	}
}

func TestTheFileHoldsTheSealedEnvelopeAndNothingReadable(t *testing.T) {
	it := item(func(it *outbox.Item) {
		it.SID, it.Form, it.Office, it.Hash = strings.Repeat("0a", 16), "resident-stop@1", "zhoukou", "h"
		it.Clear, it.Secret, it.StatusKey = []byte(`{"name":"王桂花"}`), []byte("geheim"), []byte("key")
	})
	name, data, err := view.File(it, []byte{1, 2, 3})
	if err != nil || name != "lixianban-0a0a0a0a.json" {
		t.Fatalf("name %q, err %v", name, err)
	}
	var got map[string]any
	if err := json.Unmarshal(data, &got); err != nil || got["envelope"] != "AQID" || got["sid"] != it.SID || got["v"] != 1.0 {
		t.Errorf("file %s, err %v", data, err)
	}
	for _, secret := range []string{"王桂花", "geheim", "Z2VoZWlt", "secret", "statusKey"} {
		if strings.Contains(string(data), secret) {
			t.Errorf("the file holds %q", secret)
		}
	}
}

func TestANoteThatOutlivesTheStorageHoldsCountsAndNumbersOnly(t *testing.T) {
	number := envelope.Number(envelope.SID{1})
	other := envelope.Number(envelope.SID{2})
	sent := func(n string) outbox.Item {
		return item(func(it *outbox.Item) {
			it.Receipt, it.Clear = &envelope.Receipt{Number: n}, []byte("王桂花")
		})
	}
	note := view.Keepsake([]outbox.Item{sent(number), item(func(*outbox.Item) {}), sent(other)})
	if want := "1;" + other + " " + number; note != want {
		t.Errorf("note %q, want %q", note, want)
	}
	unsent, numbers := view.Remembered(note)
	if unsent != 1 || !slices.Equal(numbers, []string{other, number}) {
		t.Errorf("remembered %d %q", unsent, numbers)
	}
	for _, junk := range []string{"", "x", "-3;" + number, "1", "many;" + number} {
		if unsent, numbers := view.Remembered(junk); unsent != 0 || len(numbers) != 0 {
			t.Errorf("%q is remembered as %d %q", junk, unsent, numbers)
		}
	}
	if _, numbers := view.Remembered("0;<script> 王桂花 " + number[:10]); len(numbers) != 0 {
		t.Errorf("what is no number is shown: %q", numbers)
	}
}
