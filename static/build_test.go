package static_test

import (
	"testing"
)

func TestTry(t *testing.T) {
	w, err := program()
	if err != nil { t.Fatal(err) }
	r := mustBuild(t, fixture("/tmp/distf", w))
	t.Logf("%+v", r)
}
