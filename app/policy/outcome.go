package policy

// Day is a civil date as days since 1970-01-01 (proleptic Gregorian, no zone).
type Day int32

// Unit says what a Value's number means. There are no floats and no strings in logic.
type Unit uint8

// The units of a value.
const (
	Bool   Unit = iota + 1 // 0 or 1
	Int                    // a plain whole number
	Money                  // fen, 1/100 yuan
	Date                   // a Day
	Months                 // whole calendar months
	Enum                   // index of the fact's option
	Phrase                 // a text parameter; printed, never compared
)

// State says what is known about a value. Unknown and Declined are equal in
// logic and differ in the interview: a declined question is never asked again.
type State uint8

// The states of a value.
const (
	Unknown       State = iota // not asked yet
	Declined                   // the person said 不知道
	NotApplicable              // the question does not apply to this case
	Known
	Failed // two live exceptions at one level, overflow, or a broken input
)

// Value is one slot of the evaluation vector.
type Value struct {
	State State
	N     int64
}

// Text is a sentence in both languages. Neither may be empty.
type Text struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// Confidence grades a source, weakest last, as the policy sources do
// (OFF, OFF-L, SEC+, SEC, CONF, SEED) and INFER for a consequence drawn by us.
type Confidence string

// Case is a question to a pack: the facts of one person at a date in a region.
type Case struct {
	Service string           `json:"service"`
	Region  string           `json:"region"` // 6-digit adcode, "" = national rules only
	At      Day              `json:"at"`
	Facts   map[string]Value `json:"facts"`
}

// Outcome is what a pack says about a Case. Everything on a result page comes from here.
type Outcome struct {
	Service   string    `json:"service"`
	Region    string    `json:"region"`
	At        Day       `json:"at"`
	Pack      PackRef   `json:"pack"`
	Settled   bool      `json:"settled"`           // no open question can change the verdict
	Verdict   *Finding  `json:"verdict,omitempty"` // nil until settled, and on conflict
	Conflict  []string  `json:"conflict,omitempty"`
	Findings  []Finding `json:"findings"`  // live statements other than the verdict, authored order
	Papers    []Paper   `json:"papers"`    // checklist
	Ask       []string  `json:"ask"`       // fact ids still worth asking, best first
	DependsOn []string  `json:"dependsOn"` // declined facts that could still change something

	// Candidates are the verdicts still possible while Settled is false. When Ask
	// is empty too, the page shows them under 取决于… with DependsOn and Office.
	Candidates []Finding `json:"candidates,omitempty"`
	// Office lists what only the office can tell: parameters without a value at the
	// date, or known as a range that decides something. Print them beside 12393.
	Office []OfficeItem `json:"office,omitempty"`
	// Left is how many questions can still come at most; it never grows with answers.
	Left int `json:"left"`
}

// OfficeItem is a parameter to ask 12393 about.
type OfficeItem struct {
	Param string `json:"param"`
	Say   Text   `json:"say"`
}

// PackRef names the pack an outcome came from. Stale is set past its last-checked horizon.
type PackRef struct {
	ID      string `json:"id"`
	Version uint64 `json:"version"`
	Checked Day    `json:"checked"`
	Stale   bool   `json:"stale"`
}

// Kind groups findings on the result page.
type Kind string

// The kinds of finding.
const (
	KindVerdict     Kind = "verdict"     // the answer, first on the page
	KindConsequence Kind = "consequence" // what it costs: months, yuan, rewards
	KindWarning     Kind = "warning"     // what goes wrong if overlooked
	KindStep        Kind = "step"        // what to do next, in order
	KindRight       Kind = "right"       // what the office may not ask, remedies
	KindOption      Kind = "option"      // another choice worth comparing
	KindNote        Kind = "note"
	KindChannel     Kind = "channel" // where it is done: Say names the way in, More its numbered steps
	KindAnswer      Kind = "answer"  // what a finder's intent is told at once; its id is the intent's
	KindMyth        Kind = "myth"    // what people read (Claim), and what holds
	KindChoice      Kind = "choice"  // one cell of the table that compares choices
)

// Columns and Rows name the cells of the table of choices, in the order of the page. The
// first column is stopping today, the second not paying again, the third other cover.
var (
	Columns = []string{"stop", "lapse", "switch"}
	Rows    = []string{"cover-end", "wait", "first-day", "money", "years", "reward", "law"}
)

// Tone colours a finding: go (green), wait (ochre), no (brick), info.
type Tone string

// Finding is one statement with its sources and the answers that decided it.
type Finding struct {
	ID         string     `json:"id"`
	Kind       Kind       `json:"kind"`
	Tone       Tone       `json:"tone"`
	State      string     `json:"state"` // "holds" or "depends" (an open question decides)
	Say        Text       `json:"say"`   // one or two plain sentences, amounts and dates filled in
	More       Text       `json:"more"`  // optional detail, may be empty
	Values     []Amount   `json:"values,omitempty"`
	Cites      []Cite     `json:"cites"`
	Confidence Confidence `json:"confidence"` // the weakest of the cites
	From       Day        `json:"from,omitempty"`
	To         Day        `json:"to,omitempty"` // 0 = open
	Because    []Because  `json:"because,omitempty"`
	WouldFlip  []Because  `json:"wouldFlip,omitempty"` // nearest answers that would change it
	Overrides  []string   `json:"overrides,omitempty"` // base rules this exception displaced
	DependsOn  []string   `json:"dependsOn,omitempty"` // open facts, when State is "depends"
	Office     []string   `json:"office,omitempty"`    // parameters only the office knows, when State is "depends"
	Region     string     `json:"region,omitempty"`    // adcode of the regional pack that says so
	National   *Statement `json:"national,omitempty"`  // the national statement that the region replaced

	Ask    Text     `json:"ask,omitzero"`     // of an answer: the question to ask back
	Claim  Text     `json:"claim,omitzero"`   // of a myth: what people read
	Opens  []string `json:"opens,omitempty"`  // of an answer or a myth: services that go on from here, best first
	Column string   `json:"column,omitempty"` // of a choice: one of Columns
	Row    string   `json:"row,omitempty"`    // of a choice: one of Rows
}

// Statement is a sentence with its sources.
type Statement struct {
	Say        Text       `json:"say"`
	Cites      []Cite     `json:"cites"`
	Confidence Confidence `json:"confidence"`
}

// Amount is a computed number or date with its range; Low == High when certain.
// Its JSON writes days as YYYY-MM-DD and money as yuan with two decimals, and
// leaves low and high out when Missing is set.
type Amount struct {
	Name string `json:"name"`
	Unit Unit   `json:"unit"`
	Low  int64  `json:"low"`
	High int64  `json:"high"`
	Text Text   `json:"text"` // as shown: "3 到 4 个月", "2027年4月1日"
	// Missing says why there is no number: "answer" (an open question decides),
	// "office" (no published value), "none" (does not apply), "error"; "" = there is one.
	Missing string `json:"missing,omitempty"`
}

// Because is an answer that decided something.
type Because struct {
	Fact  string `json:"fact"`
	Value string `json:"value"` // canonical text of the answer
	Say   Text   `json:"say"`
}

// Cite is a source as shown behind 为什么.
type Cite struct {
	ID         string     `json:"id"`
	Title      Text       `json:"title"`
	Article    string     `json:"article,omitempty"` // "第十三条"
	DocNo      string     `json:"docNo,omitempty"`   // 文号
	URL        string     `json:"url,omitempty"`     // empty when the source may not be linked
	Confidence Confidence `json:"confidence"`
	From       Day        `json:"from,omitempty"` // in force from
	Checked    Day        `json:"checked"`
}

// Need says how a paper is asked for.
type Need string

// The needs of a paper.
const (
	Must  Need = "must"  // 必带
	If    Need = "if"    // only in this case, or when shared data has no record
	Maybe Need = "maybe" // 当地可能要
)

// Paper is one line of the checklist.
type Paper struct {
	ID         string     `json:"id"`
	Need       Need       `json:"need"`
	State      string     `json:"state"` // "required" or "depends"
	Say        Text       `json:"say"`
	Note       Text       `json:"note"`
	Cites      []Cite     `json:"cites"`
	Confidence Confidence `json:"confidence"`
	DependsOn  []string   `json:"dependsOn,omitempty"`
	Because    []Because  `json:"because,omitempty"`
	Office     []string   `json:"office,omitempty"`
	Region     string     `json:"region,omitempty"`
	National   *Statement `json:"national,omitempty"`
	From       Day        `json:"from,omitempty"`
	To         Day        `json:"to,omitempty"` // 0 = open
}

// Question is a fact as a person is asked for it.
type Question struct {
	Fact    string   `json:"fact"`
	Unit    Unit     `json:"unit"`
	Label   Text     `json:"label"` // short, for lists of answers
	Ask     Text     `json:"ask"`
	Help    Text     `json:"help"`
	Why     Text     `json:"why"` // why this matters
	Options []Option `json:"options,omitempty"`
	Min     int64    `json:"min,omitempty"` // of numbers and days, both ends allowed; fen for money
	Max     int64    `json:"max,omitempty"`
}

// Option is one choice of an enum question.
type Option struct {
	ID  string `json:"id"`
	Say Text   `json:"say"`
}
