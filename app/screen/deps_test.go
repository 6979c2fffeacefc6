package screen

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lixianban/app/envelope"
	"lixianban/app/filing"
	"lixianban/app/outbox"
	"lixianban/app/words"
)

func TestOfficesAreFoundByTheNarrowestRegion(t *testing.T) {
	dir := envelope.Directory{Offices: []envelope.Office{
		{ID: "province", Regions: []string{"41"}, Forms: []string{"f@1"}},
		{ID: "zhoukou", Regions: []string{"4116"}, Forms: []string{"f@1"}},
		{ID: "other-form", Regions: []string{"4116"}, Forms: []string{"g@1"}},
		{ID: "two-places", Regions: []string{"3701", "3702"}, Forms: []string{"f@1"}},
	}}
	everywhere := envelope.Directory{Offices: []envelope.Office{{ID: "demo", Regions: []string{""}, Forms: []string{"f@1"}}}}
	for _, c := range []struct {
		name, region, form, sure string
		dir                      envelope.Directory
		within                   []string
	}{
		{"a county of Zhoukou", "411621", "f@1", "zhoukou", dir, nil},
		{"another city of the province", "410100", "f@1", "province", dir, nil},
		{"only the province is known", "410000", "f@1", "province", dir, []string{"zhoukou"}},
		{"a province with offices in parts of it", "370000", "f@1", "", dir, []string{"two-places"}},
		{"no office there", "110000", "f@1", "", dir, nil},
		{"nothing told", "", "f@1", "", dir, nil},
		{"another form", "411600", "h@1", "", dir, nil},
		{"an office for everywhere", "110000", "f@1", "demo", everywhere, nil},
		{"no directory", "410000", "f@1", "", envelope.Directory{}, nil},
	} {
		sure, within := offices(c.dir, c.region, c.form)
		got := ""
		if sure != nil {
			got = sure.ID
		}
		var ids []string
		for _, o := range within {
			ids = append(ids, o.ID)
		}
		if got != c.sure || !slices.Equal(ids, c.within) {
			t.Errorf("%s: sure %q within %v, want %q %v", c.name, got, ids, c.sure, c.within)
		}
	}
}

func TestAFailedWriteIsShownUntilTheSameWriteSucceeds(t *testing.T) {
	d := mustDeps(t)
	ctx := context.Background()
	woken := 0
	defer d.Changes.Subscribe(func() { woken++ })()
	room := false
	err := d.keep(ctx, func(context.Context) error {
		if !room {
			return outbox.ErrFull
		}
		return nil
	})
	if !errors.Is(err, outbox.ErrFull) || d.storageTrouble() != outbox.CodeFull || woken != 1 {
		t.Fatalf("err %v, trouble %q, woken %d", err, d.storageTrouble(), woken)
	}
	if err := d.keepAgain(ctx); err == nil || d.storageTrouble() == "" {
		t.Fatal("a second failure was taken for success")
	}
	room = true
	if err := d.keepAgain(ctx); err != nil || d.storageTrouble() != "" || woken != 2 {
		t.Errorf("after room was made: err %v, trouble %q, woken %d", err, d.storageTrouble(), woken)
	}
	refusal := &outbox.Error{Code: outbox.CodeNoOffice}
	if err := d.keep(ctx, func(context.Context) error { return refusal }); !errors.Is(err, error(refusal)) || d.storageTrouble() != "" {
		t.Errorf("a refusal that isn't the storage's: err %v, trouble %q", err, d.storageTrouble())
	}
}

func TestAnswersSurviveAStorageThatRefuses(t *testing.T) {
	d := mustDeps(t)
	answered(t, d, costly[:2]...)
	d.Store = refusing{d.Store}
	s, err := d.session(context.Background(), "resident-stop")
	if err != nil {
		t.Fatal(err)
	}
	s.Answers = append(s.Answers, s.Answers[0])
	s.Answers[1].Fact = "aid"
	if err := d.saveSession(context.Background(), s); !errors.Is(err, outbox.ErrFull) {
		t.Fatalf("err %v", err)
	}
	if s, _ := d.session(context.Background(), "resident-stop"); len(s.Answers) != 2 {
		t.Errorf("%d answers left in memory, want 2", len(s.Answers))
	}
}

// refusing is a store with no room left.
type refusing struct{ outbox.Store }

func (refusing) Apply(context.Context, outbox.Batch) error { return outbox.ErrFull }

func TestASubmittedDraftBecomesOneQueuedItem(t *testing.T) {
	d := mustDeps(t)
	a := mustApply(t, d, words.ZH, stepConsent, filled)
	a.consent(true)
	a.saver.wait()
	if got := a.after(); got != stepCheck {
		t.Fatalf("after the consent comes %s", got)
	}
	for range 2 { // a second press finds the item that is there
		if _, err := d.Box.Submit(context.Background(), a.submission()); err != nil {
			t.Fatal(err)
		}
	}
	its, err := d.Box.Items(context.Background())
	if err != nil || len(its) != 1 || its[0].SID != a.draft.ID || its[0].Office != "zhoukou" {
		t.Fatalf("items %v, err %v", len(its), err)
	}
	made, err := filing.DecodeApplication(its[0].Clear)
	if err != nil || made.Values["name"] != filled["name"] || made.Consent.By != "self" {
		t.Errorf("application %+v, err %v", made.Consent, err)
	}
	if ds, _ := d.Box.Drafts(context.Background()); len(ds) != 0 {
		t.Errorf("%d drafts left", len(ds))
	}
}

func TestEveryStrokeIsInTheStore(t *testing.T) {
	d := mustDeps(t)
	a := mustApply(t, d, words.ZH, "applicant", nil)
	for _, typed := range []string{"王", "王桂", "王桂花"} {
		a.set("name", typed)
	}
	a.saver.wait()
	ds, err := d.Box.Drafts(context.Background())
	if err != nil || len(ds) != 1 {
		t.Fatalf("%d drafts, err %v", len(ds), err)
	}
	f, err := filing.DecodeDraft(ds[0].Data)
	if err != nil || f.Values["name"] != "王桂花" || f.Step != "applicant" {
		t.Errorf("stored name %q at step %q, err %v", f.Values["name"], f.Step, err)
	}
}

func TestASecondPageOnlyReadsUntilItTakesOver(t *testing.T) {
	d := mustDeps(t)
	first := mustApply(t, d, words.ZH, "applicant", filled)
	second := &apply{frame: at(d, words.ZH, "apply", "resident-stop"), form: first.form, read: true}
	id, err := envelope.ParseSID(first.draft.ID)
	if err != nil {
		t.Fatal(err)
	}
	second.edit(context.Background(), id)
	if first.locked || !second.locked {
		t.Fatalf("first locked %v, second locked %v", first.locked, second.locked)
	}
	if err := second.editor.TakeOver(context.Background()); err != nil {
		t.Fatal(err)
	}
	defer second.editor.Close()
	woken := 0
	defer d.Changes.Subscribe(func() { woken++ })()
	first.set("name", "李四")
	first.saver.wait()
	if !first.locked || woken == 0 {
		t.Errorf("the first page goes on writing: locked %v, woken %d", first.locked, woken)
	}
}

func TestTheFieldsOfAPageAreCheckedGentlyAndThenInFull(t *testing.T) {
	a := mustApply(t, mustDeps(t), words.ZH, "applicant", filing.Values{"acting": "self"})
	a.left("id", "")
	if len(a.report.Problems) != 0 {
		t.Errorf("an empty field left behind is scolded: %v", a.report.Problems)
	}
	a.set("id", "1101")
	a.left("id", "1101")
	if len(a.report.Problems) != 1 || a.summary() != nil {
		t.Errorf("a wrong field left behind: %v, summary %v", a.report.Problems, a.summary())
	}
	if got := a.check("applicant").Problems; len(got) != 2 {
		t.Errorf("going on finds %v, want name and id", got)
	}
}

func TestTheSaverWritesTheNewestAndSkipsWhatIsOvertaken(t *testing.T) {
	var s saver
	var wrote []int
	var mu sync.Mutex
	gate, started := make(chan struct{}), make(chan struct{})
	write := func(n int) func() { return func() { mu.Lock(); wrote = append(wrote, n); mu.Unlock() } }
	s.put(func() { close(started); <-gate; write(0)() })
	<-started
	for n := 1; n <= 5; n++ {
		s.put(write(n))
	}
	close(gate)
	s.wait()
	if !slices.Equal(wrote, []int{0, 5}) {
		t.Errorf("wrote %v, want the one on its way and the newest", wrote)
	}
	s.wait() // nothing left: returns at once
}

func TestChangesReachSubscribersUntilTheyLeave(t *testing.T) {
	var c Changes
	var n atomic.Int32
	stop := c.Subscribe(func() { n.Add(1) })
	c.Notify()
	stop()
	c.Notify()
	if n.Load() != 1 {
		t.Errorf("woken %d times, want 1", n.Load())
	}
}

func TestTodayIsChinasDay(t *testing.T) {
	d := &Deps{Pack: mustPack(t)}
	for at, want := range map[string]string{"2026-12-31T15:59:00Z": "2026-12-31", "2026-12-31T16:00:00Z": "2027-01-01"} {
		now, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		d.Now = func() time.Time { return now }
		if got := d.today().String(); got != want {
			t.Errorf("at %s it is %s, want %s", at, got, want)
		}
	}
}
