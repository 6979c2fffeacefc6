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

func tables(t *testing.T, d *Deps) map[string]int {
	t.Helper()
	n := map[string]int{}
	for _, table := range outbox.Tables {
		rs, err := d.Store.List(context.Background(), table, "", 0)
		if err != nil {
			t.Fatal(err)
		}
		n[table] = len(rs)
	}
	return n
}

func TestEachKindIsDeletedAlone(t *testing.T) {
	ctx := context.Background()
	d := mustDeps(t)
	answered(t, d, costly...)
	if err := d.save(ctx, outbox.TableInterview, keyPapers+"resident-stop", map[string]bool{"id": true}); err != nil {
		t.Fatal(err)
	}
	seal(t, d)
	mustApply(t, d, words.ZH, "applicant", filled)
	h := d.holdings(ctx)
	if h.answers != 1 || len(h.drafts) != 1 || h.unsent != 1 || len(h.sent) != 0 {
		t.Fatalf("holdings %+v", h)
	}
	if err := d.forgetAnswers(ctx, h); err != nil {
		t.Fatal(err)
	}
	if n := tables(t, d); n[outbox.TableInterview] != 0 || n[outbox.TableDraft] != 1 || n[outbox.TableOutbox] != 1 {
		t.Errorf("after the answers: %v", n)
	}
	if err := d.forgetDrafts(ctx, h); err != nil {
		t.Fatal(err)
	}
	if n := tables(t, d); n[outbox.TableDraft] != 0 || n[outbox.TableOutbox] != 1 {
		t.Errorf("after the drafts: %v", n)
	}
}

func TestWhatIsNotDeliveredIsNeverDeletedAlong(t *testing.T) {
	ctx := context.Background()
	d := mustDeps(t)
	wiped := 0
	d.Wipe = func(context.Context) error { wiped++; return nil }
	s := &stored{frame: at(d, words.ZH, "stored", ""), read: true, have: d.holdings(ctx)}
	if doc := app.HTMLString(s); !strings.Contains(doc, "全部删掉") {
		t.Error("with nothing unsent, all can't be deleted")
	}
	it := seal(t, d)
	if err := d.forgetAll(ctx, s.have); outbox.CodeOf(err) != outbox.CodeUnsent || wiped != 0 {
		t.Errorf("an application sealed meanwhile is wiped: %v", err)
	}
	sid, err := envelope.ParseSID(it.SID)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.forgetSent(ctx, holdings{sent: []envelope.SID{sid}}); outbox.CodeOf(err) != outbox.CodeUnsent {
		t.Errorf("it is deleted as if it were delivered: %v", err)
	}
	s.have = d.holdings(ctx)
	if doc := app.HTMLString(s); strings.Contains(doc, "全部删掉") || !strings.Contains(doc, "还有 1 份没送到") {
		t.Errorf("the page offers to delete all: %s", doc)
	}
	if n := tables(t, d); n[outbox.TableOutbox] != 1 {
		t.Errorf("%v", n)
	}
}
