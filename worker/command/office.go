package command

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"

	"lixianban/app/envelope"
	"lixianban/worker/office"
)

var officeCommand = Command{
	Name: "office",
	Usage: `office key -id ID -out FILE                 make an office's key; prints its directory entry
       lixianban office list|open|decide|export -server URL -key FILE [-old FILE]…
         list                                     what has come, oldest first
         open SID|NUMBER                          decrypt and show one; tells the applicant
         decide SID|NUMBER accept|return|refuse -reason "…"
         export -out FILE [-format json|csv]      all that can be opened, in clear
       A passphrase for key files is read from -passphrase-file FILE or LIXIANBAN_PASSPHRASE.`,
	Short: "the office's desk in the shell: keys, list, open, decide, export",
	Run:   runOffice,
}

// officeVerbs are the subcommands of office.
var officeVerbs = map[string]func(context.Context, *officeDesk) error{
	"key": officeKey, "list": officeList, "open": officeOpen, "decide": officeDecide, "export": officeExport,
}

// officeDesk is one run: its flags and, for all but key, its client.
type officeDesk struct {
	Env
	fs     *flag.FlagSet
	client *office.Client

	server, key, pass, out, id, kem, reason, format string
	old                                             many
	years                                           int
}

// many is a flag that may be given again.
type many []string

func (m *many) String() string     { return strings.Join(*m, " ") }
func (m *many) Set(s string) error { *m = append(*m, s); return nil }

func runOffice(ctx context.Context, env Env) error {
	if len(env.Args) == 0 || officeVerbs[env.Args[0]] == nil {
		return ErrUsage
	}
	verb := env.Args[0]
	d := &officeDesk{Env: env, fs: hostFlags(env, "office "+verb)}
	d.define(verb)
	if err := parse(d.fs, env.Args[1:], -1); err != nil {
		return err
	}
	if verb != "key" {
		if err := d.connect(); err != nil {
			return err
		}
	}
	return officeVerbs[verb](ctx, d)
}

func (d *officeDesk) define(verb string) {
	d.fs.StringVar(&d.pass, "passphrase-file", "", "file that holds the passphrase of the key file")
	switch verb {
	case "key":
		d.fs.StringVar(&d.id, "id", "", "the office's id in the directory: a–z 0–9 -")
		d.fs.StringVar(&d.out, "out", "", "file to make")
		d.fs.StringVar(&d.kem, "kem", "hybrid", "hybrid (ML-KEM-768 with X25519) or x25519")
		d.fs.IntVar(&d.years, "years", 1, "how long phones seal to it")
		return
	case "decide":
		d.fs.StringVar(&d.reason, "reason", "", "words to the applicant")
	case "export":
		d.fs.StringVar(&d.out, "out", "", "file to make; holds personal data in clear")
		d.fs.StringVar(&d.format, "format", "json", "json (one application a line) or csv")
	}
	d.fs.StringVar(&d.server, "server", "http://127.0.0.1:8080", "address of the counter")
	d.fs.StringVar(&d.key, "key", "", "the office's key file")
	d.fs.Var(&d.old, "old", "a key file of before a rotation; may be repeated")
}

// connect reads the keys and makes the client.
func (d *officeDesk) connect() error {
	if d.key == "" {
		return errors.New("give the office's key file with -key")
	}
	base, err := url.Parse(d.server)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return fmt.Errorf("-server is an address like https://example.org, not %q", d.server)
	}
	pass, err := d.passphrase()
	if err != nil {
		return err
	}
	d.client = &office.Client{Transport: shellTransport{strings.TrimSuffix(d.server, "/")}, Now: time.Now, Rand: rand.Reader}
	if d.client.Key, err = readKey(d.key, pass); err != nil {
		return err
	}
	for _, name := range d.old {
		k, err := readKey(name, pass)
		if err != nil {
			return err
		}
		d.client.Old = append(d.client.Old, k.Secret)
	}
	return nil
}

// shellTransport posts over net/http. It follows no redirect: a portal's page is no answer.
type shellTransport struct{ base string }

var shellClient = &http.Client{Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

const maxAnswer = 8 << 20

// Post implements office.Transport.
func (t shellTransport) Post(ctx context.Context, path string, header map[string]string, body []byte) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.base+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	resp, err := shellClient.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	return resp.StatusCode, b, err
}

func officeList(ctx context.Context, d *officeDesk) error {
	if d.fs.NArg() != 0 {
		return ErrUsage
	}
	items, err := d.client.List(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(d.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NUMBER\tRECEIVED\tFORM\tSTATE\tANSWERS\tSID")
	for _, it := range items {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%s\n", it.Number, it.Time, it.Form, it.State, it.Seq, it.SID)
	}
	return w.Flush()
}

func officeOpen(ctx context.Context, d *officeDesk) error {
	if d.fs.NArg() != 1 {
		return ErrUsage
	}
	o, err := d.client.Open(ctx, d.fs.Arg(0))
	if err != nil {
		return err
	}
	return printApplication(d.Stdout, o)
}

// decisions are the clerk's words for the states an office can set.
var decisions = map[string]envelope.StatusState{"accept": envelope.Accepted, "return": envelope.NeedsInfo, "refuse": envelope.Rejected}

func officeDecide(ctx context.Context, d *officeDesk) error {
	if d.fs.NArg() != 2 || decisions[d.fs.Arg(1)] == "" {
		return ErrUsage
	}
	o, err := d.client.Open(ctx, d.fs.Arg(0))
	if err != nil {
		return err
	}
	state := decisions[d.fs.Arg(1)]
	if err := d.client.Decide(ctx, o, state, d.reason); err != nil {
		return err
	}
	fmt.Fprintf(d.Stdout, "%s: %s. The applicant's phone shows it when it next has a network.\n", o.Item.Number, state)
	return nil
}

func officeExport(ctx context.Context, d *officeDesk) error {
	if d.out == "" || d.fs.NArg() != 0 || exporters[d.format] == nil {
		return ErrUsage
	}
	all, bad, err := d.client.OpenAll(ctx)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := exporters[d.format](&b, all); err != nil {
		return err
	}
	if err := writeNew(d.out, b.Bytes()); err != nil {
		return err
	}
	fmt.Fprintf(d.Stdout, "%d applications are in %s, in clear: keep the file on the office's own disk.\n", len(all), d.out)
	for _, twins := range office.Twins(all) {
		fmt.Fprintf(d.Stdout, "the same intent came %d times, decide one: %s\n", len(twins), strings.Join(twins, " "))
	}
	var errs []error
	for sid, err := range bad {
		errs = append(errs, fmt.Errorf("%s: %w", sid, err))
	}
	return errors.Join(errs...)
}
