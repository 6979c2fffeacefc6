//go:build js && wasm

package device_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"sync"
	"syscall/js"
	"testing"

	"lixianban/app/device"
	"lixianban/app/outbox"
)

// open makes a store of a fresh name that is deleted with the test.
func open(t *testing.T) *device.Store {
	t.Helper()
	return openNamed(t, "test-"+rand.Text(), nil)
}

func openNamed(t *testing.T, name string, on func(device.StoreEvent)) *device.Store {
	t.Helper()
	s, err := device.OpenStore(t.Context(), name, on)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Wipe(context.Background()) })
	return s
}

func put(t *testing.T, s outbox.Store, table, key, value string) {
	t.Helper()
	if err := s.Apply(t.Context(), outbox.Batch{{Table: table, Key: key, Value: []byte(value), Rev: outbox.AnyRev}}); err != nil {
		t.Fatal(err)
	}
}

func TestEveryWriteIsStrictlyDurable(t *testing.T) {
	s := open(t)
	spy := eval(`(() => {
		const real = IDBDatabase.prototype.transaction, seen = [];
		IDBDatabase.prototype.transaction = function(...a) { const t = real.apply(this, a); seen.push(t.mode + ' ' + t.durability); return t };
		return {seen, stop() { IDBDatabase.prototype.transaction = real }};
	})()`)
	defer spy.Call("stop")
	put(t, s, outbox.TableOutbox, "a", "1")
	err := s.Apply(t.Context(), outbox.Batch{
		{Table: outbox.TableOutbox, Key: "b", Value: []byte("2")},
		{Table: outbox.TableDraft, Key: "a", Rev: outbox.AnyRev},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := spy.Get("seen").Call("join", ",").String(); got != "readwrite strict,readwrite strict" {
		t.Errorf("transactions: %s", got)
	}
}

func TestKeysComeInTheOrderOfTheirBytes(t *testing.T) {
	s := open(t)
	keys := []string{"", "\x00", "a", "a/", "a\xff", "b", "键", "\uff0c", "😀", "\xff", "\xff\xfe"}
	for _, k := range slices.Backward(keys) {
		put(t, s, outbox.TableLog, k, "v"+k)
	}
	var got []string
	rs, err := s.List(t.Context(), outbox.TableLog, "", 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rs {
		got = append(got, r.Key)
		if string(r.Value) != "v"+r.Key {
			t.Errorf("%q holds %q", r.Key, r.Value)
		}
	}
	if !slices.Equal(got, keys[1:]) { // "" is not > ""
		t.Errorf("got %q", got)
	}
}

func TestAGuardInTheMiddleLeavesNothingWritten(t *testing.T) {
	s := open(t)
	put(t, s, outbox.TableDraft, "d", "draft")
	err := s.Apply(t.Context(), outbox.Batch{
		{Table: outbox.TableOutbox, Key: "d", Value: []byte("sealed")},
		{Table: outbox.TableDraft, Key: "d", Rev: 7},
		{Table: outbox.TableLog, Key: "l", Value: []byte("x"), Rev: outbox.AnyRev},
	})
	if !errors.Is(err, outbox.ErrConflict) {
		t.Fatalf("got %v", err)
	}
	if _, err := s.Get(t.Context(), outbox.TableOutbox, "d"); !errors.Is(err, outbox.ErrNotFound) {
		t.Errorf("the envelope was written: %v", err)
	}
	if _, err := s.Get(t.Context(), outbox.TableDraft, "d"); err != nil {
		t.Errorf("the draft is gone: %v", err)
	}
}

func TestOfManyWritersOneWins(t *testing.T) {
	s := open(t)
	var wg sync.WaitGroup
	wins := 0
	for i := range 20 {
		wg.Go(func() {
			err := s.Apply(t.Context(), outbox.Batch{{Table: outbox.TableMeta, Key: "k", Value: fmt.Append(nil, i)}})
			if err == nil {
				wins++ // one thread
			} else if !errors.Is(err, outbox.ErrConflict) {
				t.Errorf("writer %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	if wins != 1 {
		t.Errorf("%d writers made the same key", wins)
	}
}

func TestValuesOfAllSizesComeBack(t *testing.T) {
	s := open(t)
	for _, n := range []int{0, 1, 4096, 1 << 20} {
		want := make([]byte, n)
		rand.Read(want)
		if err := s.Apply(t.Context(), outbox.Batch{{Table: outbox.TableOutbox, Key: fmt.Sprint(n), Value: want}}); err != nil {
			t.Fatal(err)
		}
		r, err := s.Get(t.Context(), outbox.TableOutbox, fmt.Sprint(n))
		if err != nil || !bytes.Equal(r.Value, want) || r.Rev != 1 {
			t.Errorf("%d bytes: got %d, revision %d, %v", n, len(r.Value), r.Rev, err)
		}
	}
}

func TestAClosedHandleIsOpenedAgain(t *testing.T) {
	s := open(t)
	put(t, s, outbox.TableMeta, "k", "1")
	s.Close()
	r, err := s.Get(t.Context(), outbox.TableMeta, "k")
	if err != nil || string(r.Value) != "1" {
		t.Errorf("got %q, %v", r.Value, err)
	}
}

func TestAWedgedHandleIsOpenedAgain(t *testing.T) {
	s := open(t)
	put(t, s, outbox.TableMeta, "k", "1")
	// A browser near its limit closes the connection below us without telling.
	spy := eval(`(() => {
		const real = IDBDatabase.prototype.transaction;
		let left = 1;
		IDBDatabase.prototype.transaction = function(...a) { if (left-- > 0) this.close(); return real.apply(this, a) };
		return {stop() { IDBDatabase.prototype.transaction = real }};
	})()`)
	defer spy.Call("stop")
	put(t, s, outbox.TableMeta, "k", "2")
	if r, err := s.Get(t.Context(), outbox.TableMeta, "k"); err != nil || string(r.Value) != "2" {
		t.Errorf("got %q, %v", r.Value, err)
	}
}

func TestAnUnknownTableIsUnavailable(t *testing.T) {
	s := open(t)
	if _, err := s.Get(t.Context(), "no-such-table", "k"); !errors.Is(err, outbox.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	put(t, s, outbox.TableMeta, "k", "the store still works")
}

// raw opens a database as another build would, and closes it.
func raw(t *testing.T, name string, version int, stores string) {
	t.Helper()
	p := eval(`(name, version, stores) => new Promise((ok, no) => {
		const r = indexedDB.open(name, version);
		r.onupgradeneeded = () => stores.split(',').forEach(s => r.result.objectStoreNames.contains(s) || r.result.createObjectStore(s));
		r.onsuccess = () => { r.result.close(); ok() };
		r.onerror = () => no(r.error);
	})`).Invoke(name, version, stores)
	if _, err := device.Await(t.Context(), p); err != nil {
		t.Fatal(err)
	}
}

func TestADatabaseOfAnOlderBuildGrowsItsMissingTables(t *testing.T) {
	name := "test-" + rand.Text()
	raw(t, name, 1, "meta,draft")
	s := openNamed(t, name, nil)
	for _, table := range outbox.Tables {
		put(t, s, table, "k", table)
	}
}

func TestADatabaseOfANewerBuildStillOpens(t *testing.T) {
	name := "test-" + rand.Text()
	s := openNamed(t, name, nil)
	put(t, s, outbox.TableDraft, "d", "kept")
	s.Close()
	raw(t, name, 9, "photos")
	r, err := openNamed(t, name, nil).Get(t.Context(), outbox.TableDraft, "d")
	if err != nil || string(r.Value) != "kept" {
		t.Errorf("got %q, %v", r.Value, err)
	}
}

func TestANewerPageIsLetThroughAndTheOldOneCanStillSave(t *testing.T) {
	name := "test-" + rand.Text()
	var events []device.StoreEvent
	s := openNamed(t, name, func(e device.StoreEvent) { events = append(events, e) })
	put(t, s, outbox.TableDraft, "d", "typed")
	raw(t, name, 9, "photos")
	if !slices.Equal(events, []device.StoreEvent{device.StoreSuperseded}) {
		t.Errorf("events: %v", events)
	}
	put(t, s, outbox.TableDraft, "d", "typed more")
}

func TestWipeIsForGoodInEveryPage(t *testing.T) {
	name := "test-" + rand.Text()
	var events []device.StoreEvent
	other := openNamed(t, name, func(e device.StoreEvent) { events = append(events, e) })
	put(t, other, outbox.TableDraft, "d", "secret")
	if err := openNamed(t, name, nil).Wipe(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(events, []device.StoreEvent{device.StoreDeleted}) {
		t.Errorf("events: %v", events)
	}
	err := other.Apply(t.Context(), outbox.Batch{{Table: outbox.TableDraft, Key: "d", Value: []byte("secret"), Rev: outbox.AnyRev}})
	if !errors.Is(err, outbox.ErrUnavailable) {
		t.Errorf("the other page wrote after the wipe: %v", err)
	}
	fresh := openNamed(t, name, nil)
	if _, lost := fresh.Lost(); lost {
		t.Error("a wipe looks like a loss")
	}
	if rs, err := fresh.List(t.Context(), outbox.TableDraft, "", 0); err != nil || len(rs) != 0 {
		t.Errorf("after the wipe: %d drafts, %v", len(rs), err)
	}
}

func TestAnEvictedDatabaseIsNoticedUntilTheAppHasSaidSo(t *testing.T) {
	name := "test-" + rand.Text()
	s := openNamed(t, name, nil)
	if _, lost := s.Lost(); lost {
		t.Fatal("a first visit looks like a loss")
	}
	s.Mark("2 unsent; 7KQD-M2XA-K")
	s.Close()
	deleteRaw(t, name)
	for range 2 { // over a reload too
		s = openNamed(t, name, nil)
		if note, lost := s.Lost(); !lost || note != "2 unsent; 7KQD-M2XA-K" {
			t.Errorf("got %q, %v", note, lost)
		}
		s.Close()
	}
	s.Mark("nothing kept")
	if _, lost := openNamed(t, name, nil).Lost(); lost {
		t.Error("the loss is told again")
	}
}

func deleteRaw(t *testing.T, name string) {
	t.Helper()
	p := eval(`name => new Promise((ok, no) => { const r = indexedDB.deleteDatabase(name); r.onsuccess = () => ok(); r.onerror = () => no(r.error) })`).Invoke(name)
	if _, err := device.Await(t.Context(), p); err != nil {
		t.Fatal(err)
	}
}

func TestAThousandCallsLeaveNoCallbackBehind(t *testing.T) {
	s := open(t)
	put(t, s, outbox.TableMeta, "k", "0")
	before := device.Live()
	for range 330 {
		put(t, s, outbox.TableMeta, "k", "1")
		s.Get(t.Context(), outbox.TableMeta, "k")
		s.Apply(t.Context(), outbox.Batch{{Table: outbox.TableMeta, Key: "k", Value: []byte("2")}}) // conflict
	}
	if got := device.Live(); got != before {
		t.Errorf("%d callbacks before, %d after", before, got)
	}
}

func TestWithoutIndexedDBTheStoreIsUnavailable(t *testing.T) {
	for _, way := range []string{`undefined`, `null`, `{open() { throw new DOMException('', 'SecurityError') }}`} {
		undo := replace("indexedDB", eval(way))
		_, err := device.OpenStore(t.Context(), "x", nil)
		undo()
		if !errors.Is(err, outbox.ErrUnavailable) {
			t.Errorf("indexedDB = %s: got %v", way, err)
		}
	}
}

// replace puts v in the place of a global, until undo.
func replace(name string, v js.Value) (undo func()) {
	object := js.Global().Get("Object")
	old := object.Call("getOwnPropertyDescriptor", js.Global(), name)
	object.Call("defineProperty", js.Global(), name, map[string]any{"value": v, "configurable": true, "writable": true})
	return func() { object.Call("defineProperty", js.Global(), name, old) }
}
