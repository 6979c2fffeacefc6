package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

func TestNoHeldOutQuestionIsTrainedOn(t *testing.T) {
	held, err := os.ReadFile("../testdata/heldout.tsv")
	if err != nil {
		t.Fatal(err)
	}
	trained := map[string]bool{}
	for line := range strings.Lines(corpusText + "\n" + phrasesText) {
		trained[strings.TrimSpace(line)] = true
	}
	for line := range strings.Lines(string(held)) {
		if _, q, _ := strings.Cut(strings.TrimSpace(line), "\t"); trained[q] {
			t.Errorf("%q is held out and trained on", q)
		}
	}
}

func TestTheCommittedFilesAreWhatTheTrainerMakes(t *testing.T) {
	sounds, err := os.ReadFile("../sounds.txt")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(sounds, Sounds()) {
		t.Error("sounds.txt is out of date: run `go run ./app/finder/train`")
	}
	model, err := os.ReadFile("../model.bin")
	if err != nil {
		t.Fatal(err)
	}
	made, err := Model()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(model, made) {
		t.Error("model.bin is out of date: run `go run ./app/finder/train`")
	}
}
