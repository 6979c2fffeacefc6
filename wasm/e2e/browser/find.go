//go:build !js

package browser

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// What a person can tap, type into, or choose from, by accessibility role.
var (
	tappable = []string{"button", "link", "radio", "checkbox", "switch", "tab", "menuitem", "option", "DisclosureTriangle", "summary"}
	fillable = []string{"textbox", "searchbox", "combobox", "spinbutton", "Date", "InputTime"}
	heading  = []string{"heading"}
)

// axNode is a node of the accessibility tree.
type axNode struct {
	Ignored bool     `json:"ignored"`
	Role    axValue  `json:"role"`
	Name    axValue  `json:"name"`
	Props   []axProp `json:"properties"`
	DOM     int64    `json:"backendDOMNodeId"`
}

type axValue struct {
	Value json.RawMessage `json:"value"`
}

type axProp struct {
	Name  string  `json:"name"`
	Value axValue `json:"value"`
}

func (v axValue) text() string {
	var s string
	if json.Unmarshal(v.Value, &s) != nil {
		return string(v.Value)
	}
	return strings.Join(strings.Fields(s), " ")
}

func (n axNode) is(prop string) bool {
	return slices.ContainsFunc(n.Props, func(p axProp) bool { return p.Name == prop && p.Value.text() == "true" })
}

// Text returns what the page shows.
func (t *Tab) Text() string {
	t.tb.Helper()
	var s string
	t.Eval(`document.body.innerText`, &s)
	return s
}

// WaitText waits until the page shows the text.
func (t *Tab) WaitText(text string) {
	t.tb.Helper()
	t.Wait(fmt.Sprintf("the text %q", text), `document.body.innerText.includes(`+quote(text)+`)`)
}

// WaitAny waits until the page shows one of the texts and returns the first it shows.
func (t *Tab) WaitAny(texts ...string) string {
	t.tb.Helper()
	list, _ := json.Marshal(texts)
	t.Wait(fmt.Sprintf("one of %q", texts), string(list)+`.some(s => document.body.innerText.includes(s))`)
	text := t.Text()
	return texts[max(0, slices.IndexFunc(texts, func(s string) bool { return strings.Contains(text, s) }))]
}

// WaitNoText waits until the page no longer shows the text.
func (t *Tab) WaitNoText(text string) {
	t.tb.Helper()
	t.Wait(fmt.Sprintf("the text %q to go", text), `!document.body.innerText.includes(`+quote(text)+`)`)
}

// Shows reports whether the page shows the text now.
func (t *Tab) Shows(text string) bool {
	t.tb.Helper()
	return strings.Contains(t.Text(), text)
}

// Click taps the button, link or choice of that name. An exact name wins over one that
// only contains the text.
func (t *Tab) Click(name string) {
	t.tb.Helper()
	t.tap(name, 1)
}

// DoubleTap taps twice within the time of one event (F06).
func (t *Tab) DoubleTap(name string) {
	t.tb.Helper()
	t.tap(name, 2)
}

// ClickIf taps it if it is there now, and reports whether it was.
func (t *Tab) ClickIf(name string) bool {
	t.tb.Helper()
	n, _ := t.look(tappable, name)
	var at *spot
	if n == nil || n.is("disabled") || t.try(n.DOM, place, &at) != nil || at == nil || !at.Hit {
		return false
	}
	t.press(*at, 1)
	return true
}

// Can reports whether something of that name can be tapped now.
func (t *Tab) Can(name string) bool {
	t.tb.Helper()
	n, _ := t.look(tappable, name)
	return n != nil && !n.is("disabled")
}

// Heading waits for a heading that contains the text.
func (t *Tab) Heading(name string) {
	t.tb.Helper()
	t.find(heading, name)
}

// Fill replaces the text of the field of that name, as typed, and fails if the field
// does not hold it afterwards: a page that redraws itself must not lose what is typed.
func (t *Tab) Fill(name, text string) {
	t.tb.Helper()
	t.focus(name)
	if text == "" {
		t.must("Input.dispatchKeyEvent", params{"type": "keyDown", "key": "Delete", "code": "Delete", "windowsVirtualKeyCode": 46}, nil)
		t.must("Input.dispatchKeyEvent", params{"type": "keyUp", "key": "Delete", "code": "Delete", "windowsVirtualKeyCode": 46}, nil)
	} else {
		t.must("Input.insertText", params{"text": text}, nil)
	}
	if got := t.Value(name); got != text {
		t.fatalf("typed %q into %q, which now holds %q", text, name, got)
	}
}

// Type replaces the text of the field of that name and does not look what became of it.
func (t *Tab) Type(name, text string) {
	t.tb.Helper()
	t.focus(name)
	t.must("Input.insertText", params{"text": text}, nil)
}

// focus puts the cursor into a field, with its text selected.
func (t *Tab) focus(name string) {
	t.tb.Helper()
	n, _ := t.rest(fillable, name)
	t.on(n.DOM, `function(){ this.focus(); if (this.select) this.select() }`, nil)
}

// Select chooses an option of the list of that name by its visible text.
func (t *Tab) Select(name, option string) {
	t.tb.Helper()
	var ok bool
	t.on(t.find(fillable, name).DOM, `function(){
		const o = [...this.options].find(o => o.text.includes(`+quote(option)+`));
		if (!o) return false;
		this.value = o.value;
		this.dispatchEvent(new Event('input', {bubbles: true}));
		this.dispatchEvent(new Event('change', {bubbles: true}));
		return true }`, &ok)
	if !ok {
		t.fatalf("the list %q has no option %q", name, option)
	}
}

// Value returns what the field of that name holds.
func (t *Tab) Value(name string) string {
	t.tb.Helper()
	var s string
	t.on(t.find(fillable, name).DOM, `function(){ return String(this.value) }`, &s)
	return s
}

// find waits until something of one of the roles has the name.
func (t *Tab) find(roles []string, name string) axNode {
	t.tb.Helper()
	var names []string
	for until := time.Now().Add(Patience); time.Now().Before(until); {
		var n *axNode
		if n, names = t.look(roles, name); n != nil {
			return *n
		}
		t.await("false", 200*time.Millisecond)
	}
	t.fatalf("nothing named %q to use; there are: %s", name, strings.Join(names, " | "))
	return axNode{}
}

// look reads the accessibility tree once; names lists what there is.
func (t *Tab) look(roles []string, name string) (found *axNode, names []string) {
	var r struct {
		Nodes []axNode `json:"nodes"`
	}
	if err := t.call(Patience, "Accessibility.getFullAXTree", nil, &r); err != nil {
		return nil, nil
	}
	best := 0
	for _, n := range r.Nodes {
		if n.Ignored || n.DOM == 0 || !slices.Contains(roles, n.Role.text()) {
			continue
		}
		names = append(names, n.Name.text())
		if fit := fits(n.Name.text(), name); fit > best {
			best, found = fit, &n
		}
	}
	return found, names
}

// fits ranks an accessible name: 3 exact, 2 beginning, 1 containing, 0 not at all.
func fits(have, want string) int {
	switch {
	case have == want:
		return 3
	case strings.HasPrefix(have, want):
		return 2
	case strings.Contains(have, want):
		return 1
	}
	return 0
}

// place brings the thing into view and, once it has rested for two frames, tells where a
// finger would touch it; null if it has gone meanwhile.
const place = `async function(){
	this.scrollIntoView({block: 'center', inline: 'center', behavior: 'instant'});
	const box = () => { const r = this.getBoundingClientRect(); return [r.left, r.top, r.width, r.height].join() };
	for (let last = '', rest = 0; rest < 2;) {
		const now = box();
		if (!this.isConnected || now === '0,0,0,0') return null;
		rest = now === last ? rest + 1 : 0;
		last = now;
		if (rest < 2) await new Promise(r => setTimeout(r, 16));
	}
	const spot = e => { const r = e.getBoundingClientRect(); return {x: r.left + r.width / 2, y: r.top + r.height / 2} };
	for (const e of [this, ...(this.labels || [])]) {
		const s = spot(e), top = document.elementFromPoint(s.x, s.y);
		if (top && (e.contains(top) || top.contains(this) && top.closest('label'))) return {...s, hit: true};
	}
	const s = spot(this), top = document.elementFromPoint(s.x, s.y);
	return {...s, hit: false, over: top ? top.outerHTML.slice(0, 120) : 'nothing'};
}`

// outside is what lies over a spot that a page, by growing, has pushed out of sight.
const outside = "nothing"

type spot struct {
	X, Y float64
	Hit  bool
	Over string
}

// rest finds a thing and waits until it keeps its place. One that goes while it is being
// looked at, because the page has just changed, is looked for again.
func (t *Tab) rest(roles []string, name string) (axNode, spot) {
	t.tb.Helper()
	for until := time.Now().Add(Patience); time.Now().Before(until); {
		n := t.find(roles, name)
		var at *spot
		err := t.try(n.DOM, place, &at)
		if err == nil && at != nil && (at.Hit || at.Over != outside) {
			return n, *at
		}
		if err != nil && !gone(err) {
			t.fatalf("look for %q: %v", name, err)
		}
	}
	t.fatalf("%q never keeps its place", name)
	return axNode{}, spot{}
}

// tap presses where a finger would, and fails if something lies over the spot.
func (t *Tab) tap(name string, times int) {
	t.tb.Helper()
	n, at := t.rest(tappable, name)
	if n.is("disabled") {
		t.fatalf("%q is disabled", name)
	}
	if !at.Hit {
		t.fatalf("%q can't be tapped: over it lies %s", name, at.Over)
	}
	t.press(at, times)
}

func (t *Tab) press(at spot, times int) {
	t.tb.Helper()
	for i := range times {
		for _, kind := range []string{"mousePressed", "mouseReleased"} {
			t.must("Input.dispatchMouseEvent", params{"type": kind, "x": at.X, "y": at.Y, "button": "left", "clickCount": i + 1}, nil)
		}
	}
}

func gone(err error) bool {
	return passing(err) || strings.Contains(err.Error(), "node with given id") || strings.Contains(err.Error(), "does not belong to the document")
}

// on calls a function with a DOM node as this, and fails if it can't.
func (t *Tab) on(dom int64, function string, out any) {
	t.tb.Helper()
	if err := t.try(dom, function, out); err != nil {
		t.fatalf("in the page: %v", err)
	}
}

func (t *Tab) try(dom int64, function string, out any) error {
	var node struct {
		Object struct {
			ID string `json:"objectId"`
		} `json:"object"`
	}
	if err := t.call(Patience, "DOM.resolveNode", params{"backendNodeId": dom}, &node); err != nil {
		return err
	}
	var r reply
	err := t.call(Patience, "Runtime.callFunctionOn", params{
		"objectId": node.Object.ID, "functionDeclaration": function, "returnByValue": true, "awaitPromise": true, "userGesture": true,
	}, &r)
	if err != nil {
		return err
	}
	return r.decode(out)
}

func quote(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// CanFill reports whether a field of that name takes text now.
func (t *Tab) CanFill(name string) (can bool) {
	t.tb.Helper()
	t.on(t.find(fillable, name).DOM, `function(){ return !this.disabled && !this.readOnly }`, &can)
	return can
}

// Names lists what can be tapped or filled now.
func (t *Tab) Names() []string {
	t.tb.Helper()
	_, names := t.look(slices.Concat(tappable, fillable), "")
	return names
}
