package view_test

import (
	"slices"
	"strings"
	"testing"

	"lixianban/app/finder"
	"lixianban/app/screen/view"
	"lixianban/app/words"
)

func TestTheFirstSentenceEndsAtItsFirstStop(t *testing.T) {
	for in, want := range map[string]string{
		"先别停。等新的能用了再停。":                  "先别停。",
		"能退吗？看情况。":                       "能退吗？",
		"Don't stop. Wait.":              "Don't stop.",
		"Pay 1.5 times the sum, no more": "Pay 1.5 times the sum, no more",
		"没有句号":                           "没有句号",
		"":                               "",
	} {
		if got := view.FirstSentence(in); got != want {
			t.Errorf("FirstSentence(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestOneCharacterIsNoQuestionAndALongOneIsCut(t *testing.T) {
	for in, want := range map[string]string{"": "", " 医 ": "", "停保": "停保", "  tb\n": "tb"} {
		if got := view.Asked(in); got != want {
			t.Errorf("Asked(%q) = %q, want %q", in, got, want)
		}
	}
	if got := view.Asked(strings.Repeat("医", 5000)); len([]rune(got)) != 300 {
		t.Errorf("%d characters are looked at", len([]rune(got)))
	}
}

func TestHitsNameWhatWasHeardInTheLanguageOfThePage(t *testing.T) {
	answers := []view.Reading{{Statement: view.Statement{ID: "refund", Say: "看时候。开始享受以后一般不退。"}}}
	heard := []finder.Match{{Intent: "refund"}, {Intent: "no-such-intent"}, {Intent: "hotline"}}
	got := view.Hits(words.EN, heard, answers)
	want := []view.Hit{
		{Intent: "refund", Title: "Getting money back", Say: "看时候。", Service: "refund"},
		{Intent: "hotline", Title: "Which number or office", Service: "status"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v", got)
	}
}
