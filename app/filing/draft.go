package filing

// Draft is an application being filled in, as stored on the phone. Its JSON has the
// sid as "id", which the queue compares with the storage key.
type Draft struct {
	ID      string   `json:"id"` // sid, 32 hex digits
	Form    string   `json:"form"`
	Pack    string   `json:"pack"` // pack version the draft is pinned to (F55)
	Values  Values   `json:"values,omitempty"`
	Facts   []Answer `json:"facts,omitempty"` // answers of the interview, by id
	Consent *Consent `json:"consent,omitempty"`
	Step    string   `json:"step,omitempty"`    // page last shown
	Rev     uint64   `json:"rev"`               // saves so far
	Updated string   `json:"updated,omitempty"` // RFC 3339
}

// Answer is one answered question of the interview in its canonical text.
type Answer struct {
	ID    string `json:"id"`
	Value string `json:"value"`
}

// Consent is the separate consent to handle health-insurance data (个人信息保护法
// §29, SR-02): what was shown, when, and who said yes.
type Consent struct {
	Text string `json:"text"` // version of the text shown
	Time string `json:"time"` // RFC 3339
	By   string `json:"by"`   // self, guardian or proxy
}

// Application is what the office reads. See the package comment for its JSON.
type Application struct {
	V         int      `json:"v"`
	SID       string   `json:"sid"`
	Nonce     string   `json:"nonce"`
	Form      string   `json:"form"`
	Pack      string   `json:"pack"`
	StatusKey string   `json:"statusKey"`
	Facts     []Answer `json:"facts,omitempty"`
	Values    Values   `json:"values"`
	Consent   Consent  `json:"consent"`
	Made      string   `json:"made"`
}
