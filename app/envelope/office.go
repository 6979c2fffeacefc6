package envelope

// Limits of an office's requests.
const (
	MaxList   = 200 // items in one PullResponse
	MaxFetch  = 16  // envelopes in one PullResponse
	MaxAcks   = 200 // acknowledgements in one PullRequest
	MaxEvents = 32  // events in one EventsRequest
)

// PullRequest is the body of POST /v1/office/pull: a page of the work list, some
// envelopes, or both. The request is signed with RequestHeader.
type PullRequest struct {
	V     int      `json:"v"`               // 1
	After int64    `json:"after,omitempty"` // list items whose Pos is higher
	Limit int      `json:"limit,omitempty"` // at most this many items, 0 lists none
	Fetch []string `json:"fetch,omitempty"` // sids whose envelopes are wanted
	Ack   []string `json:"ack,omitempty"`   // sids the office now holds safely: their retention time starts
}

// PullResponse answers a PullRequest. Envelopes come in the order asked; a sid the
// office has no envelope for is left out.
type PullResponse struct {
	V         int        `json:"v"`
	Time      string     `json:"time"`
	Items     []PullItem `json:"items,omitempty"`
	Envelopes []PullItem `json:"envelopes,omitempty"`
}

// PullItem is what the counter knows of one application.
type PullItem struct {
	Pos      int64  `json:"pos"` // the cursor for After
	SID      string `json:"sid"`
	Number   string `json:"number"` // as the applicant knows it
	Key      string `json:"key"`    // the sealing key it was made for
	Pack     string `json:"pack"`
	Form     string `json:"form"`
	Size     int64  `json:"size"`  // of the envelope
	Time     string `json:"time"`  // received
	State    string `json:"state"` // held, fetched, erased: see worker/ledger
	Seq      uint32 `json:"seq"`   // of its last status event, 0 when none
	Envelope string `json:"envelope,omitempty"`
}

// EventsRequest is the body of POST /v1/office/events, signed like a PullRequest.
type EventsRequest struct {
	V      int     `json:"v"` // 1
	Events []Event `json:"events"`
}

// EventsResponse answers an EventsRequest, one result an event in the order sent.
type EventsResponse struct {
	V       int           `json:"v"`
	Time    string        `json:"time"`
	Results []EventResult `json:"results"`
}

// EventResult is the fate of one event: 201 stored, 200 the same again, 404 no such
// application of this office, 409 its seq is not the next, 422 other bytes under its seq.
type EventResult struct {
	SID     string   `json:"sid"`
	Seq     uint32   `json:"seq"`
	Status  int      `json:"status"`
	Problem *Problem `json:"problem,omitempty"`
}
