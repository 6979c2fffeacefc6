package screen

import (
	"context"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"lixianban/app/envelope"
	"lixianban/app/outbox"
	"lixianban/app/words"
)

func TestADraftIsDiscardedOnlyAfterItIsAskedForAgain(t *testing.T) {
	d := mustDeps(t)
	a := mustApply(t, d, words.ZH, "applicant", filled)
	m := &mine{frame: at(d, words.ZH, "mine", ""), read: true}
	m.drafts, m.items, _ = m.rows(context.Background())
	if doc := app.HTMLString(m); !strings.Contains(doc, "扔掉：停掉居民医保 · 王桂花") || strings.Contains(doc, "真的扔掉") {
		t.Errorf("the list offers: %s", doc)
	}
	m.doomed = a.draft.ID
	if doc := app.HTMLString(m); !strings.Contains(doc, "真的要扔掉") || !strings.Contains(doc, "留着") {
		t.Errorf("it is not asked again: %s", doc)
	}
}

func TestAnotherPersonsApplicationTakesNothingOver(t *testing.T) {
	d := mustDeps(t)
	answered(t, d, costly...)
	mustApply(t, d, words.ZH, "applicant", filled)
	a := &apply{frame: at(d, words.ZH, "apply", "resident-stop"), form: residentForm(t), other: true}
	a.open(context.Background(), "")
	if a.editor != nil || len(a.session.facts) != 0 {
		t.Errorf("editor %v, %d answers of the first person", a.editor, len(a.session.facts))
	}
	a.other = false
	a.open(context.Background(), "")
	if a.editor == nil || !a.resumed || a.draft.Values["name"] != filled["name"] || len(a.session.facts) == 0 {
		t.Errorf("without being asked for another, the draft goes on: %+v", a.draft.Values)
	}
	a.editor.Close()
}

func TestAnApplicationThatWaitsIsMentionedBeforeTheNextOne(t *testing.T) {
	d := mustDeps(t)
	seal(t, d)
	a := &apply{frame: at(d, words.ZH, "apply", "resident-stop"), form: residentForm(t), read: true}
	a.open(context.Background(), "")
	if doc := app.HTMLString(a); a.sealed != 1 || !strings.Contains(doc, "已经封好 1 份") {
		t.Errorf("%d waiting, page %s", a.sealed, doc)
	}
}

// seal puts one application into the queue.
func seal(t *testing.T, d *Deps) outbox.Item {
	t.Helper()
	a := mustApply(t, d, words.ZH, stepConsent, filled)
	a.consent(true)
	a.saver.wait()
	it, err := d.Box.Submit(context.Background(), a.submission())
	if err != nil {
		t.Fatal(err)
	}
	return it
}

func TestNothingUnsentCanBeDeletedBeforeItIsSaved(t *testing.T) {
	d := mustDeps(t)
	it := seal(t, d)
	v := &item{frame: at(d, words.ZH, "view", "")}
	v.show(&it)
	if doc := app.HTMLString(v); strings.Contains(doc, "从这部手机上删掉</button>") || !strings.Contains(doc, "存成文件") {
		t.Errorf("an unsent item can be deleted: %s", doc)
	}
	sid, err := envelope.ParseSID(it.SID)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Box.Remove(context.Background(), sid); outbox.CodeOf(err) != outbox.CodeUnsent {
		t.Errorf("the queue lets it go: %v", err)
	}
	if _, err := d.Box.Export(context.Background(), sid); err != nil {
		t.Fatal(err)
	}
	v.show(v.find(context.Background(), sid))
	if doc := app.HTMLString(v); !strings.Contains(doc, "从这部手机上删掉</button>") {
		t.Errorf("saved, it can't be taken back: %s", doc)
	}
}

func TestTheNoteThatOutlivesTheStorageFollowsTheQueue(t *testing.T) {
	d := mustDeps(t)
	var notes []string
	d.Mark = func(n string) { notes = append(notes, n) }
	seal(t, d)
	d.Remember(context.Background())
	d.Lost = true // what was lost is not overwritten before it was read
	d.Remember(context.Background())
	if len(notes) != 1 || notes[0] != "1;" {
		t.Errorf("notes %q", notes)
	}
	d.LostNote = "2;" + envelope.Number(envelope.SID{7})
	h := &home{frame: at(d, words.ZH, "home", "")}
	for _, want := range []string{"有 2 份还没送出", envelope.Number(envelope.SID{7})} {
		if doc := app.HTMLString(h); !strings.Contains(doc, want) {
			t.Errorf("the loss is told without %q", want)
		}
	}
}
