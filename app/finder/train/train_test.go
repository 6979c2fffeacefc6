package main

import (
	"bytes"
	"os"
	"testing"
)

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
