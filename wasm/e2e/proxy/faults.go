//go:build !js

package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// errCut makes the proxy hang up.
var errCut = errors.New("cut")

type pass struct{}

func (pass) spoil(x *exchange) error {
	resp, body, err := x.send(x.r.Context(), x.body)
	if err != nil {
		return err
	}
	return x.answer(resp, body)
}

// answer passes the server's answer on, with a body of the caller's.
func (x *exchange) answer(resp *http.Response, body []byte) error {
	x.head(resp, len(body))
	if x.r.Method == http.MethodHead {
		return nil
	}
	_, err := x.w.Write(body)
	return err
}

// cut passes the first n bytes of an answer on and then hangs up; the length told is
// the whole one's, so that the phone can notice.
func (x *exchange) cut(resp *http.Response, body []byte, n int) error {
	x.head(resp, len(body))
	x.w.Write(body[:min(n, len(body))])
	http.NewResponseController(x.w).Flush()
	return errCut
}

// Refuse closes the connection at once.
type Refuse struct{}

func (Refuse) spoil(*exchange) error { return errCut }

// LoseRequest takes the request and never sends it on.
type LoseRequest struct{}

func (LoseRequest) spoil(*exchange) error { return errCut }

// LoseAnswer lets the server act and answer, and closes the connection instead.
type LoseAnswer struct{}

func (LoseAnswer) spoil(x *exchange) error {
	// The server acts even if the phone gives up meanwhile.
	_, _, err := x.send(context.WithoutCancel(x.r.Context()), x.body)
	return errors.Join(err, errCut)
}

// Repeat sends the request Copies more times; together, or one after the other.
type Repeat struct {
	Copies   int
	Together bool
}

func (f Repeat) spoil(x *exchange) error {
	var wg sync.WaitGroup
	for range f.Copies {
		again := func() { x.send(context.WithoutCancel(x.r.Context()), x.body) }
		if f.Together {
			wg.Go(again)
		} else {
			defer again()
		}
	}
	defer wg.Wait()
	return pass{}.spoil(x)
}

// Delay waits between Min and Max, by the seed, before it sends the request on.
type Delay struct{ Min, Max time.Duration }

func (f Delay) spoil(x *exchange) error {
	d := f.Min
	if f.Max > f.Min {
		d += time.Duration(x.rand.Int64N(int64(f.Max - f.Min)))
	}
	select {
	case <-time.After(d):
		return pass{}.spoil(x)
	case <-x.r.Context().Done():
		return errCut
	}
}

// CutRequest gives the server Bytes bytes of the body and then breaks off.
type CutRequest struct{ Bytes int }

func (f CutRequest) spoil(x *exchange) error {
	conn, err := net.Dial("tcp", trimScheme(x.target))
	if err != nil {
		return err
	}
	defer conn.Close()
	fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n", x.r.Method, x.r.URL.RequestURI(), x.r.Host, len(x.body))
	x.r.Header.WriteSubset(conn, map[string]bool{"Content-Length": true, "Connection": true, "Host": true})
	io.WriteString(conn, "\r\n")
	conn.Write(x.body[:min(f.Bytes, len(x.body))])
	return errCut
}

func trimScheme(url string) string { return url[len("http://"):] }

// EmptyRequest sends the request on without its body.
type EmptyRequest struct{}

func (EmptyRequest) spoil(x *exchange) error {
	resp, body, err := x.send(x.r.Context(), nil)
	if err != nil {
		return err
	}
	return x.answer(resp, body)
}

// CutAnswer passes Bytes bytes of the answer's body on; negative counts from its end.
type CutAnswer struct{ Bytes int }

func (f CutAnswer) spoil(x *exchange) error {
	resp, body, err := x.send(x.r.Context(), x.body)
	if err != nil {
		return err
	}
	n := f.Bytes
	if n < 0 {
		n = max(0, len(body)+n)
	}
	return x.cut(resp, body, n)
}

// CutEvery breaks each answer off after Bytes bytes, unless it is shorter: a link that
// dies all the time, on which only a resuming download ends.
type CutEvery struct{ Bytes int }

func (f CutEvery) spoil(x *exchange) error {
	resp, body, err := x.send(x.r.Context(), x.body)
	if err != nil {
		return err
	}
	if len(body) <= f.Bytes {
		return x.answer(resp, body)
	}
	return x.cut(resp, body, f.Bytes)
}

// FlipAnswer flips Bits bits of the answer's body, where the seed says.
type FlipAnswer struct{ Bits int }

func (f FlipAnswer) spoil(x *exchange) error {
	resp, body, err := x.send(x.r.Context(), x.body)
	if err != nil {
		return err
	}
	for range f.Bits {
		if len(body) > 0 {
			body[x.rand.IntN(len(body))] ^= 1 << x.rand.IntN(8)
		}
	}
	return x.answer(resp, body)
}

// EmptyAnswer passes the answer on without its body, as a whole answer.
type EmptyAnswer struct{}

func (EmptyAnswer) spoil(x *exchange) error {
	resp, _, err := x.send(x.r.Context(), x.body)
	if err != nil {
		return err
	}
	return x.answer(resp, nil)
}

// Portal answers with a log-in page instead of the server: 200, or 302 to Redirect.
type Portal struct{ Redirect string }

func (f Portal) spoil(x *exchange) error {
	if f.Redirect != "" {
		http.Redirect(x.w, x.r, f.Redirect, http.StatusFound)
		return nil
	}
	x.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, err := io.WriteString(x.w, "<!doctype html><title>登录无线网络</title><form>请输入手机号上网</form>")
	return err
}

// Drip passes the answer on at so many bytes a second.
type Drip struct{ BytesPerSecond int }

func (f Drip) spoil(x *exchange) error {
	resp, body, err := x.send(x.r.Context(), x.body)
	if err != nil {
		return err
	}
	x.head(resp, len(body))
	return drip(x.r.Context(), x.w, body, f.BytesPerSecond)
}

// drip writes in ten portions a second, or byte by byte when that is too many.
func drip(ctx context.Context, w http.ResponseWriter, body []byte, rate int) error {
	rate = max(1, rate)
	step := max(1, rate/10)
	tick := time.NewTicker(time.Second * time.Duration(step) / time.Duration(rate))
	defer tick.Stop()
	for len(body) > 0 {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return errCut
		}
		n := min(step, len(body))
		if _, err := w.Write(body[:n]); err != nil {
			return err
		}
		http.NewResponseController(w).Flush()
		body = body[n:]
	}
	return nil
}

// Status answers for the server.
type Status struct {
	Code       int
	RetryAfter string
	Body       string
}

func (f Status) spoil(x *exchange) error {
	if f.RetryAfter != "" {
		x.w.Header().Set("Retry-After", f.RetryAfter)
	}
	x.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	x.w.WriteHeader(f.Code)
	_, err := io.WriteString(x.w, f.Body)
	return err
}
