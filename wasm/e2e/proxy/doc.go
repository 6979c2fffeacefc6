// Package proxy is a bad network on loopback: an HTTP proxy in front of one server
// that, by rule, loses, repeats, delays, cuts, spoils or replaces what passes.
//
//	p := proxy.New(seed, "http://127.0.0.1:8080")
//	p.Add(proxy.Rule{Path: "/v1/submissions/", Times: 1, Fault: proxy.LoseAnswer{}})
//	p.URL   // what the phone opens
//
// Rules are tried in the order added; the first that matches the request and has
// times left decides, and a request that no rule matches passes untouched. A fault
// gets its randomness (which bytes, how long) from the proxy's seed and the number of
// the request it met, so that one seed gives one history as long as the requests come
// in the same order.
//
// What each fault does to the exchange, and what the server saw of it:
//
//	Refuse        connection closed at once              nothing
//	LoseRequest   connection closed after reading it     nothing
//	LoseAnswer    server answers, connection closed      all of it (F26)
//	Repeat        sent n more times, in parallel if so   n+1 copies; the first answer returns (F27)
//	Delay         waits before sending on                all of it, later
//	CutRequest    the server gets the first bytes only   a broken body (F36)
//	EmptyRequest  headers of the original, no body       an empty body (L1)
//	CutAnswer     the answer ends after n bytes          all of it
//	CutEvery      the answer ends after n bytes of each  all of it; Range resumes (F18)
//	FlipAnswer    n bits of the answer's body flipped    all of it (F21, F39)
//	EmptyAnswer   the answer's headers, no body          all of it
//	Portal        200 and a log-in page, or 302 to one   nothing (F30)
//	Drip          the answer at n bytes a second         all of it (F34; 1 is F35)
//	Status        an answer of our own (429, 500, 503)   nothing (F29)
//
// Log lists what happened, by method, path and size: no query and no body.
package proxy
