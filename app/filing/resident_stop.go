package filing

// Purposes and retentions of the first form, as keys of the catalogue.
const (
	toIdentify = "identify"  // find the enrolment record
	toContact  = "contact"   // ask back and tell the result
	toRoute    = "route"     // find the office that is in charge
	toDecide   = "decide"    // decide the application
	toAct      = "authorise" // prove the right to act for another
	keepOffice = "office"    // until the office has fetched it; then by the office's own rules
)

var (
	minor     = []Cond{{"@age", []string{"under8", "under14", "under18"}}}
	byProxy   = []Cond{{"acting", []string{"proxy"}}}
	byOther   = []Cond{{"acting", []string{"proxy", "relative"}}}
	relations = []string{"spouse", "parent", "child", "sibling", "grandparent", "grandchild", "neighbour", "village-helper", "other"}
	yesNo     = []string{"yes", "no"}
)

// residentStop asks to pause or end an enrolment in the resident scheme. It asks no
// account number, no photo and no password. The guardian page follows 民法典 §19–23
// and 个人信息保护法 §31 (SR-03, N12), the proxy page 民法典 §165 (N11). "relative" is the report of a death by a relative: it has no
// mandate to show (民法典 §173).
var residentStop = Form{
	ID: "resident-stop@1", Service: "resident-stop", Consent: "resident-stop-consent@1",
	Steps: []Step{
		{"acting", []Field{
			{ID: "acting", Kind: KindChoice, Options: []string{"self", "guardian", "proxy", "relative"}, Purpose: toAct, Retention: keepOffice},
		}},
		{"wish", []Field{
			{ID: "wish", Kind: KindChoice, Options: []string{"pause", "terminate"}, Purpose: toDecide, Retention: keepOffice},
			{ID: "reason", Kind: KindChoice, Purpose: toDecide, Retention: keepOffice, Personal: true},
		}},
		{"when", []Field{
			{ID: "date", Kind: KindDate, Earliest: -366, Latest: 731, Optional: Always, Purpose: toDecide, Retention: keepOffice},
			{ID: "refund", Kind: KindChoice, Options: yesNo, Purpose: toDecide, Retention: keepOffice},
		}},
		{"place", []Field{
			{ID: "region", Kind: KindRegion, Purpose: toRoute, Retention: keepOffice, Personal: true},
			{ID: "village", Kind: KindText, Max: 60, Optional: Always, Purpose: toRoute, Retention: keepOffice, Personal: true},
		}},
		{"applicant", []Field{
			{ID: "name", Kind: KindName, Max: 50, Purpose: toIdentify, Retention: keepOffice, Personal: true},
			{ID: "id", Kind: KindID, Purpose: toIdentify, Retention: keepOffice, Personal: true},
		}},
		{"guardian", []Field{
			{ID: "guardian-name", Kind: KindName, Max: 50, When: minor, Purpose: toAct, Retention: keepOffice, Personal: true},
			{ID: "guardian-id", Kind: KindID, When: minor, Purpose: toAct, Retention: keepOffice, Personal: true},
			{ID: "guardian-relation", Kind: KindChoice, Options: []string{"parent", "grandparent", "sibling", "other"}, When: minor, Purpose: toAct, Retention: keepOffice, Personal: true},
		}},
		{"proxy", []Field{
			{ID: "proxy-name", Kind: KindName, Max: 50, When: byOther, Purpose: toAct, Retention: keepOffice, Personal: true},
			{ID: "proxy-id", Kind: KindID, When: byOther, Purpose: toAct, Retention: keepOffice, Personal: true},
			{ID: "proxy-phone", Kind: KindPhone, When: byOther, Purpose: toContact, Retention: keepOffice, Personal: true},
			{ID: "proxy-relation", Kind: KindChoice, Options: relations, When: byOther, Purpose: toAct, Retention: keepOffice, Personal: true},
		}},
		{"authority", []Field{
			{ID: "proxy-scope", Kind: KindChoice, Options: []string{"submit", "submit-and-follow"}, When: byProxy, Purpose: toAct, Retention: keepOffice},
			{ID: "proxy-until", Kind: KindDate, Earliest: 0, Latest: 731, When: byProxy, Purpose: toAct, Retention: keepOffice},
			{ID: "proxy-paper", Kind: KindChoice, Options: yesNo, When: byProxy, Purpose: toAct, Retention: keepOffice},
		}},
		{"contact", []Field{
			{ID: "phone", Kind: KindPhone, Optional: []Cond{{"proxy-phone", []string{"*"}}, {"acting", []string{"proxy", "relative"}}}, Purpose: toContact, Retention: keepOffice, Personal: true},
		}},
		{"notes", []Field{
			{ID: "notes", Kind: KindText, Max: 200, Optional: Always, Purpose: toDecide, Retention: keepOffice, Personal: true},
		}},
	},
}
