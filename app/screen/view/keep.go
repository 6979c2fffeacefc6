package view

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"lixianban/app/envelope"
	"lixianban/app/outbox"
	"lixianban/app/words"
)

// History tells what happened to an item on this phone, newest first.
func History(lang string, es []outbox.Entry) []Step {
	steps := make([]Step, 0, len(es))
	for _, e := range slices.Backward(es) {
		steps = append(steps, Step{historyKind(e.What), historySay(lang, e), Moment(lang, e.Time)})
	}
	return steps
}

func historyKind(what string) string {
	switch what {
	case outbox.DidReceive, outbox.DidHear, outbox.DidQueue:
		return "done"
	case outbox.DidRefuse, outbox.DidLose:
		return "bad"
	}
	return "todo"
}

// historySay is one entry in words, with what to do when the queue has words for its code.
func historySay(lang string, e outbox.Entry) string {
	state := words.T(lang, "status."+e.Code)
	if !words.Has("status." + e.Code) {
		state = e.Code
	}
	say := words.T(lang, "log."+e.What, "state", state)
	if e.What != outbox.DidHear && words.Has("outbox."+e.Code) {
		say = words.T(lang, "log.because", "what", say, "why", words.T(lang, "outbox."+e.Code))
	}
	return say
}

// sealedFile is what a person saves of an application: as sealed as what is sent.
type sealedFile struct {
	App      string `json:"app"`  // "lixianban"
	Kind     string `json:"kind"` // "sealed-application"
	V        int    `json:"v"`    // 1
	SID      string `json:"sid"`
	Office   string `json:"office"`
	Form     string `json:"form"`
	Created  string `json:"created"`  // RFC 3339
	Hash     string `json:"hash"`     // SHA-256 of the envelope
	Envelope string `json:"envelope"` // base64url without padding
}

// File is an item's sealed envelope as a JSON file, and the file's name: nobody but the
// office reads more in it than the server would.
func File(it outbox.Item, sealed []byte) (name string, data []byte, err error) {
	data, err = json.MarshalIndent(sealedFile{
		App: "lixianban", Kind: "sealed-application", V: 1, SID: it.SID, Office: it.Office, Form: it.Form,
		Created: it.Created.UTC().Format("2006-01-02T15:04:05Z"), Hash: it.Hash, Envelope: base64.RawURLEncoding.EncodeToString(sealed),
	}, "", " ")
	return "lixianban-" + it.SID[:min(8, len(it.SID))] + ".json", data, err
}

// maxNumbers bounds the note that survives a wiped browser.
const maxNumbers = 40

// Keepsake is a note without personal data that may outlive the storage: how many
// applications wait and the public numbers of those that arrived, newest first, as
// "2;7KQD-M2XA-K 9ABC-…". A number opens nothing.
func Keepsake(items []outbox.Item) string {
	unsent := 0
	var numbers []string
	for _, it := range slices.Backward(items) {
		if it.Receipt == nil {
			unsent++
		} else if len(numbers) < maxNumbers {
			numbers = append(numbers, it.Receipt.Number)
		}
	}
	return strconv.Itoa(unsent) + ";" + strings.Join(numbers, " ")
}

// Remembered reads a Keepsake; anything else is nothing remembered.
func Remembered(note string) (unsent int, numbers []string) {
	count, rest, ok := strings.Cut(note, ";")
	unsent, err := strconv.Atoi(count)
	if !ok || err != nil || unsent < 0 {
		return 0, nil
	}
	for _, n := range strings.Fields(rest) {
		if number, err := envelope.ParseNumber(n); err == nil {
			numbers = append(numbers, number)
		}
	}
	return unsent, numbers
}
