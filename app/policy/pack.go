package policy

// Pack is a rule pack in its lowered form: what Load reads and Encode writes. It
// is read-only once loaded; any number of machines may run on one pack at once.
type Pack struct {
	ID       string
	Version  uint64
	Title    Text
	Checked  Day // the day the sources were last read
	Horizon  int // days a result stays fresh after Checked
	Regions  []string
	Cites    []Cite
	Facts    []Fact
	Params   []Param
	Calendar []Year // ascending
	Services []Service
}

// Fact is a question with its place in the order of asking.
type Fact struct {
	Question
	Cost int // lower is asked earlier
}

// Param is a dated parameter.
type Param struct {
	ID          string
	Unit        Unit
	Title       Text
	Overridable bool
	Values      []ParamValue
}

// ParamValue is what a parameter is worth in a period. Low == High when certain.
type ParamValue struct {
	Region    string // adcode, "" = national
	From, To  Day    // inclusive; To 0 = open
	Low, High int64
	Say       Text // for unit Phrase
	Projected bool
	Cites     []int // into Pack.Cites
	Checked   Day
}

// Year is the working-day calendar of one year. The late lists hold the estimated
// arrangement of a year whose notice is not out; both empty = the same as the early ones.
type Year struct {
	Year              int
	Off, Work         []Day
	LateOff, LateWork []Day
}

// Service is one thing people ask about: its conditions as one vector of nodes
// in dependency order, and the statements that hang on them.
type Service struct {
	ID    string
	Title Text
	Nodes []Node
	Slots []Slot // every name that texts may print
	Rules []Rule
}

// Slot gives a node a name: a def, a fact, or p.<parameter>.
type Slot struct {
	Name  string
	Unit  Unit
	Node  int
	Param int // index of a Phrase parameter, -1 otherwise (Node is then unused)
	Fact  int // index of the fact when the slot is one, for its options; -1 otherwise
}

// Rule is one statement with its condition: a finding, or a paper when Need is set.
type Rule struct {
	ID          string
	Kind        Kind // "" for papers
	Tone        Tone
	Need        Need // "" for findings
	Region      string
	Overridable bool
	When        int // node, -1 = always
	From, To    Day // inclusive; 0 = open
	Overrides   []string
	Say, More   Text // More is the note of a paper
	Cites       []int
	Confidence  Confidence // "" = as the cites; otherwise may only weaken it

	Ask, Claim  Text     // of an answer, of a myth: plain, without placeholders
	Opens       []string // of answers and myths: ids of services with a verdict
	Column, Row string   // of choices: of Columns and Rows
}

// Op is what a node computes from its operands A, B, C (indices of earlier nodes) and K.
type Op uint8

// The operations. Three-valued logic as the package comment says.
const (
	OpConst         Op = iota + 1 // K, of unit A
	OpToday                       // the date asked about
	OpFact                        // fact A; applies when node B is true (B -1 = always)
	OpParam                       // parameter A at the date, in the region
	OpNot                         // ¬A
	OpAnd                         // A ∧ B
	OpOr                          // A ∨ B
	OpEq                          // A = B
	OpLt                          // A < B
	OpLe                          // A ≤ B
	OpIn                          // option A is in the bit set K
	OpAdd                         // A + B
	OpSub                         // A − B
	OpMul                         // A × B
	OpMin                         // smaller of A, B
	OpMax                         // larger of A, B
	OpIf                          // A ? B : C
	OpLow                         // lower end of A
	OpHigh                        // upper end of A
	OpAddMonths                   // day A, months B
	OpAddDays                     // day A, days B
	OpAddWorkdays                 // day A, working days B
	OpYMD                         // year A, month B, day C
	OpYear                        // year of A
	OpMonth                       // month of A
	OpMonthsBetween               // from day A to day B
	OpDaysBetween                 // from day A to day B
	opEnd
)

// Node is one step of a service's vector.
type Node struct {
	Op      Op
	A, B, C int32
	K       int64
}

// Service finds a service by id.
func (p *Pack) Service(id string) (*Service, bool) {
	for i := range p.Services {
		if p.Services[i].ID == id {
			return &p.Services[i], true
		}
	}
	return nil, false
}

// Verdictless tells a service of statements to read (answers, myths) from one that decides
// a person's case: it has nothing to ask and no result page.
func (s *Service) Verdictless() bool {
	for i := range s.Rules {
		if s.Rules[i].Kind == KindVerdict {
			return false
		}
	}
	return true
}

// Fact finds a fact by id.
func (p *Pack) Fact(id string) (*Fact, bool) {
	if i := p.factIndex(id); i >= 0 {
		return &p.Facts[i], true
	}
	return nil, false
}

func (p *Pack) factIndex(id string) int {
	for i := range p.Facts {
		if p.Facts[i].Question.Fact == id {
			return i
		}
	}
	return -1
}

// Ref names the pack as outcomes and applications quote it.
func (p *Pack) Ref(at Day) PackRef {
	return PackRef{ID: p.ID, Version: p.Version, Checked: p.Checked, Stale: at > p.Checked+Day(p.Horizon)}
}

// operands counts the node operands of each operation; OpFact's B is special.
var operands = [opEnd]uint8{
	OpNot: 1, OpAnd: 2, OpOr: 2, OpEq: 2, OpLt: 2, OpLe: 2, OpIn: 1,
	OpAdd: 2, OpSub: 2, OpMul: 2, OpMin: 2, OpMax: 2, OpIf: 3, OpLow: 1, OpHigh: 1,
	OpAddMonths: 2, OpAddDays: 2, OpAddWorkdays: 2, OpYMD: 3, OpYear: 1, OpMonth: 1,
	OpMonthsBetween: 2, OpDaysBetween: 2,
}
