// Package storetest is the contract of outbox.Store as cases. Every Store passes all of
// them: memory on the host, IndexedDB in Chromium. It doesn't import testing, so that a
// page can run it too:
//
//	for _, c := range storetest.Cases {
//		t.Run(c.Name, func(t *testing.T) { c.Run(t, openFreshStore(t)) })
//	}
package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"

	"lixianban/app/outbox"
)

// T is what a case needs of *testing.T. Fatalf must not return.
type T interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Case is one demand. Run gets a fresh, empty store.
type Case struct {
	Name string
	Run  func(T, outbox.Store)
}

// Reopen is implemented by stores that can be closed and opened again over the same
// data; the durability case uses it where it is there.
type Reopen interface {
	Close() error
	Open() error
}

// Cases are all demands.
var Cases = []Case{
	{"a missing key is not found", missing},
	{"every table is there and empty", everyTable},
	{"a value comes back as it was written", roundTrip},
	{"an empty value is not a missing one", emptyValue},
	{"revisions grow by one with each write", revisions},
	{"rev 0 writes only what is not there", mustNotExist},
	{"a guard with an old revision conflicts and changes nothing", guard},
	{"a guarded delete needs the right revision", guardedDelete},
	{"deleting what is not there with any revision is fine", deleteMissing},
	{"a deleted key starts again", deletedStartsAgain},
	{"a batch is whole or not at all", atomic},
	{"a batch may touch many tables", manyTables},
	{"later operations of a batch see earlier ones", inOrder},
	{"an empty batch is fine", emptyBatch},
	{"an unknown table is an error", unknownTable},
	{"list is in key order and pages", list},
	{"keys order by bytes, also beyond ASCII", byteOrder},
	{"the caller's slices stay the caller's", noAliasing},
	{"a cancelled context writes nothing", cancelled},
	{"of many writers at one revision one wins", race},
	{"a large value fits", large},
	{"what was applied is there after reopening", durable},
}

var ctx = context.Background()

const table = outbox.TableDraft

func put(t T, s outbox.Store, key, value string, rev uint64) {
	t.Helper()
	if err := s.Apply(ctx, outbox.Batch{{Table: table, Key: key, Value: []byte(value), Rev: rev}}); err != nil {
		t.Fatalf("put %s at rev %d: %v", key, rev, err)
	}
}

func want(t T, s outbox.Store, key, value string, rev uint64) {
	t.Helper()
	r, err := s.Get(ctx, table, key)
	if err != nil {
		t.Fatalf("get %s: %v", key, err)
	}
	if r.Key != key || string(r.Value) != value || r.Rev != rev {
		t.Errorf("got %s=%q at rev %d, want %q at rev %d", r.Key, r.Value, r.Rev, value, rev)
	}
}

func wantErr(t T, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("got error %v, want %v", got, want)
	}
}

func wantMissing(t T, s outbox.Store, key string) {
	t.Helper()
	_, err := s.Get(ctx, table, key)
	wantErr(t, err, outbox.ErrNotFound)
}

func missing(t T, s outbox.Store) {
	wantMissing(t, s, "a")
	put(t, s, "b", "1", 0)
	wantMissing(t, s, "a")
}

func everyTable(t T, s outbox.Store) {
	for _, name := range outbox.Tables {
		if rs, err := s.List(ctx, name, "", 0); err != nil || len(rs) != 0 {
			t.Errorf("table %s: %d records, %v", name, len(rs), err)
		}
	}
}

func roundTrip(t T, s outbox.Store) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	put(t, s, "bytes", string(all), 0)
	want(t, s, "bytes", string(all), 1)
	put(t, s, "中文/键", "值", 0)
	want(t, s, "中文/键", "值", 1)
}

func emptyValue(t T, s outbox.Store) {
	put(t, s, "a", "", 0)
	want(t, s, "a", "", 1)
}

func revisions(t T, s outbox.Store) {
	for rev := range uint64(5) {
		put(t, s, "a", fmt.Sprint(rev), rev)
		want(t, s, "a", fmt.Sprint(rev), rev+1)
	}
	put(t, s, "a", "any", outbox.AnyRev)
	want(t, s, "a", "any", 6)
}

func mustNotExist(t T, s outbox.Store) {
	put(t, s, "a", "1", 0)
	err := s.Apply(ctx, outbox.Batch{{Table: table, Key: "a", Value: []byte("2"), Rev: 0}})
	wantErr(t, err, outbox.ErrConflict)
	want(t, s, "a", "1", 1)
}

func guard(t T, s outbox.Store) {
	put(t, s, "a", "1", 0)
	put(t, s, "a", "2", 1)
	for _, rev := range []uint64{0, 1, 3} {
		err := s.Apply(ctx, outbox.Batch{{Table: table, Key: "a", Value: []byte("x"), Rev: rev}})
		wantErr(t, err, outbox.ErrConflict)
	}
	err := s.Apply(ctx, outbox.Batch{{Table: table, Key: "none", Value: []byte("x"), Rev: 1}})
	wantErr(t, err, outbox.ErrConflict)
	want(t, s, "a", "2", 2)
	wantMissing(t, s, "none")
}

func guardedDelete(t T, s outbox.Store) {
	put(t, s, "a", "1", 0)
	wantErr(t, s.Apply(ctx, outbox.Batch{{Table: table, Key: "a", Rev: 7}}), outbox.ErrConflict)
	want(t, s, "a", "1", 1)
	wantErr(t, s.Apply(ctx, outbox.Batch{{Table: table, Key: "a", Rev: 1}}), nil)
	wantMissing(t, s, "a")
}

func deleteMissing(t T, s outbox.Store) {
	wantErr(t, s.Apply(ctx, outbox.Batch{{Table: table, Key: "a", Rev: outbox.AnyRev}}), nil)
	wantErr(t, s.Apply(ctx, outbox.Batch{{Table: table, Key: "a", Rev: 0}}), nil)
}

func deletedStartsAgain(t T, s outbox.Store) {
	put(t, s, "a", "1", 0)
	put(t, s, "a", "2", 1)
	wantErr(t, s.Apply(ctx, outbox.Batch{{Table: table, Key: "a", Rev: 2}}), nil)
	put(t, s, "a", "3", 0)
	want(t, s, "a", "3", 1)
}

func atomic(t T, s outbox.Store) {
	put(t, s, "a", "1", 0)
	err := s.Apply(ctx, outbox.Batch{
		{Table: table, Key: "b", Value: []byte("new"), Rev: 0},
		{Table: outbox.TableOutbox, Key: "b", Value: []byte("new"), Rev: 0},
		{Table: table, Key: "a", Rev: outbox.AnyRev},
		{Table: table, Key: "a", Value: []byte("2"), Rev: 9},
	})
	wantErr(t, err, outbox.ErrConflict)
	want(t, s, "a", "1", 1)
	wantMissing(t, s, "b")
	if rs, err := s.List(ctx, outbox.TableOutbox, "", 0); err != nil || len(rs) != 0 {
		t.Errorf("the failed batch left %d records in the outbox, %v", len(rs), err)
	}
}

func manyTables(t T, s outbox.Store) {
	var b outbox.Batch
	for _, name := range outbox.Tables {
		b = append(b, outbox.Op{Table: name, Key: "k", Value: []byte(name), Rev: 0})
	}
	wantErr(t, s.Apply(ctx, b), nil)
	for _, name := range outbox.Tables {
		if r, err := s.Get(ctx, name, "k"); err != nil || string(r.Value) != name {
			t.Errorf("table %s holds %q, %v", name, r.Value, err)
		}
	}
}

func inOrder(t T, s outbox.Store) {
	wantErr(t, s.Apply(ctx, outbox.Batch{
		{Table: table, Key: "a", Value: []byte("1"), Rev: 0},
		{Table: table, Key: "a", Value: []byte("2"), Rev: 1},
		{Table: table, Key: "b", Value: []byte("1"), Rev: 0},
		{Table: table, Key: "b", Rev: 1},
	}), nil)
	want(t, s, "a", "2", 2)
	wantMissing(t, s, "b")
}

func emptyBatch(t T, s outbox.Store) { wantErr(t, s.Apply(ctx, nil), nil) }

func unknownTable(t T, s outbox.Store) {
	if _, err := s.Get(ctx, "nonsense", "a"); err == nil || errors.Is(err, outbox.ErrNotFound) {
		t.Errorf("get from an unknown table: %v", err)
	}
	if err := s.Apply(ctx, outbox.Batch{{Table: "nonsense", Key: "a", Value: []byte("1")}}); err == nil {
		t.Errorf("apply to an unknown table gave no error")
	}
}

func list(t T, s outbox.Store) {
	for _, k := range []string{"c", "a", "e", "b", "d"} {
		put(t, s, k, "v"+k, 0)
	}
	for _, c := range []struct {
		after string
		n     int
		want  string
	}{{"", 0, "abcde"}, {"", -1, "abcde"}, {"", 2, "ab"}, {"b", 2, "cd"}, {"bb", 0, "cde"}, {"e", 0, ""}, {"", 99, "abcde"}} {
		rs, err := s.List(ctx, table, c.after, c.n)
		if err != nil {
			t.Fatalf("list: %v", err)
		}
		got := ""
		for _, r := range rs {
			got += r.Key
			if string(r.Value) != "v"+r.Key || r.Rev != 1 {
				t.Errorf("list gives %s=%q at rev %d", r.Key, r.Value, r.Rev)
			}
		}
		if got != c.want {
			t.Errorf("list after %q, %d: got %q, want %q", c.after, c.n, got, c.want)
		}
	}
}

// byteOrder uses only characters for which UTF-16 and UTF-8 order agree; sids and
// numbers are ASCII anyway.
func byteOrder(t T, s outbox.Store) {
	keys := []string{"-", "0", "A", "a", "a/1", "a/10", "a/2", "b", "é", "中", "文"}
	for i := len(keys) - 1; i >= 0; i-- {
		put(t, s, keys[i], "v", 0)
	}
	rs, err := s.List(ctx, table, "", 0)
	if err != nil || len(rs) != len(keys) {
		t.Fatalf("list gave %d of %d, %v", len(rs), len(keys), err)
	}
	for i, r := range rs {
		if r.Key != keys[i] {
			t.Errorf("place %d: got %q, want %q", i, r.Key, keys[i])
		}
	}
}

func noAliasing(t T, s outbox.Store) {
	mine := []byte("abc")
	wantErr(t, s.Apply(ctx, outbox.Batch{{Table: table, Key: "a", Value: mine, Rev: 0}}), nil)
	mine[0] = 'X'
	want(t, s, "a", "abc", 1)
	r, err := s.Get(ctx, table, "a")
	if err != nil {
		t.Fatalf("get: %v", err)
	}
	r.Value[0] = 'X'
	want(t, s, "a", "abc", 1)
}

func cancelled(t T, s outbox.Store) {
	c, cancel := context.WithCancel(ctx)
	cancel()
	if err := s.Apply(c, outbox.Batch{{Table: table, Key: "a", Value: []byte("1"), Rev: 0}}); err == nil {
		t.Errorf("apply with a cancelled context gave no error")
	}
	wantMissing(t, s, "a")
}

func race(t T, s outbox.Store) {
	put(t, s, "a", "0", 0)
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			errs[i] = s.Apply(ctx, outbox.Batch{{Table: table, Key: "a", Value: []byte{byte('1' + i)}, Rev: 1}})
		}()
	}
	wg.Wait()
	winner := -1
	for i, err := range errs {
		switch {
		case err == nil && winner < 0:
			winner = i
		case err == nil:
			t.Errorf("writers %d and %d both won", winner, i)
		default:
			wantErr(t, err, outbox.ErrConflict)
		}
	}
	if winner < 0 {
		t.Fatalf("no writer won: %v", errs)
	}
	want(t, s, "a", string(rune('1'+winner)), 2)
}

func large(t T, s outbox.Store) {
	big := bytes.Repeat([]byte("0123456789abcdef"), 512<<10/16)
	put(t, s, "big", string(big), 0)
	want(t, s, "big", string(big), 1)
}

func durable(t T, s outbox.Store) {
	put(t, s, "a", "1", 0)
	r, ok := s.(Reopen)
	if !ok {
		want(t, s, "a", "1", 1)
		return
	}
	wantErr(t, r.Close(), nil)
	wantErr(t, r.Open(), nil)
	want(t, s, "a", "1", 1)
	put(t, s, "a", "2", 1)
}
