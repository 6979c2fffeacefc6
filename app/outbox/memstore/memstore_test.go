package memstore_test

import (
	"context"
	"errors"
	"testing"

	"lixianban/app/outbox"
	"lixianban/app/outbox/memstore"
	"lixianban/app/outbox/storetest"
)

func TestMemoryKeepsTheContractOfAStore(t *testing.T) {
	for _, c := range storetest.Cases {
		t.Run(c.Name, func(t *testing.T) { c.Run(t, memstore.New()) })
	}
}

func put(key string) outbox.Batch {
	return outbox.Batch{{Table: outbox.TableDraft, Key: key, Value: []byte("v"), Rev: outbox.AnyRev}}
}

func has(s *memstore.Store, key string) bool {
	_, err := s.Get(context.Background(), outbox.TableDraft, key)
	return err == nil
}

func TestAPlanBreaksExactlyTheCallItNames(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		fault         memstore.Fault
		second, after bool // is the second write there, does a third work at once
	}{{memstore.Refuse, false, true}, {memstore.CrashBefore, false, false}, {memstore.CrashAfter, true, false}} {
		s := memstore.New()
		s.SetPlan(memstore.Plan{At: 2, Fault: c.fault, Op: memstore.Writes})
		if err := s.Apply(ctx, put("1")); err != nil {
			t.Fatal(err)
		}
		if err := s.Apply(ctx, put("2")); !errors.Is(err, outbox.ErrUnavailable) {
			t.Errorf("fault %d: the broken call gave %v", c.fault, err)
		}
		if got := s.Apply(ctx, put("3")) == nil; got != c.after {
			t.Errorf("fault %d: the next call worked: %v, want %v", c.fault, got, c.after)
		}
		s.Reopen()
		if !has(s, "1") || has(s, "2") != c.second || has(s, "3") != c.after {
			t.Errorf("fault %d: after reopening the store has 1:%v 2:%v 3:%v", c.fault, has(s, "1"), has(s, "2"), has(s, "3"))
		}
	}
}

func TestALostTailTakesTheNewestBatchesOnly(t *testing.T) {
	s := memstore.New()
	s.KeepTail(2)
	for _, k := range []string{"1", "2", "3", "4"} {
		if err := s.Apply(context.Background(), put(k)); err != nil {
			t.Fatal(err)
		}
	}
	s.LoseTail(9)
	if !has(s, "1") || !has(s, "2") || has(s, "3") || has(s, "4") {
		t.Errorf("the store has 1:%v 2:%v 3:%v 4:%v", has(s, "1"), has(s, "2"), has(s, "3"), has(s, "4"))
	}
}

func TestAFullStoreRefusesGrowthAndTakesDeletes(t *testing.T) {
	s, ctx := memstore.New(), context.Background()
	if err := s.Apply(ctx, put("1")); err != nil {
		t.Fatal(err)
	}
	s.SetLimit(1)
	if err := s.Apply(ctx, put("2")); !errors.Is(err, outbox.ErrFull) {
		t.Errorf("got %v, want ErrFull", err)
	}
	if err := s.Apply(ctx, outbox.Batch{{Table: outbox.TableDraft, Key: "1", Rev: 1}}); err != nil {
		t.Errorf("a delete in a full store: %v", err)
	}
}

func TestALockIsHeldByOneAtATime(t *testing.T) {
	var l memstore.Locks
	ctx := context.Background()
	ran, err := l.TryDo(ctx, "send", func(ctx context.Context) error {
		if ran, _ := l.TryDo(ctx, "send", func(context.Context) error { return nil }); ran {
			t.Error("two held the lock at once")
		}
		ran, err := l.TryDo(ctx, "other", func(context.Context) error { return nil })
		if !ran || err != nil {
			t.Errorf("another name: %v, %v", ran, err)
		}
		return nil
	})
	if !ran || err != nil {
		t.Errorf("the first: %v, %v", ran, err)
	}
	if ran, _ := l.TryDo(ctx, "send", func(context.Context) error { return nil }); !ran {
		t.Error("the lock was not given back")
	}
}
