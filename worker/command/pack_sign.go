package command

import (
	"cmp"
	"crypto/rand"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lixianban/app/policy"
	"lixianban/app/policy/trust"
)

// signing is what sign and stamp share.
type signing struct {
	*flag.FlagSet
	key, out *string
	version  *uint64
	days     *int
}

func newSigning(env Env, name string, days int) signing {
	f := hostFlags(env, name)
	return signing{f, f.String("key", "", "secret key file; several with commas"), f.String("o", "", "file to write"),
		f.Uint64("version", 0, "one more than the last"), f.Int("days", days, "days until it expires")}
}

func (s signing) parse(args []string, n int) error {
	if err := parse(s.FlagSet, args, n); err != nil {
		return err
	}
	if *s.key == "" || *s.out == "" || *s.version == 0 || *s.days < 1 || s.NArg() == 0 {
		return ErrUsage
	}
	return nil
}

// packKey makes a secret key in a new file that only its owner can read.
func packKey(env Env) error {
	f := hostFlags(env, "key")
	out := f.String("o", "", "file to write")
	if err := parse(f, env.Args, 1); err != nil || *out == "" {
		return ErrUsage
	}
	k, err := trust.GenerateKey(rand.Reader, f.Arg(0))
	if err != nil {
		return err
	}
	file, err := os.OpenFile(*out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("can't make %s; choose a new file in a folder that exists", *out)
	}
	_, err = file.WriteString(k.Secret() + "\n")
	if closed := file.Close(); err == nil {
		err = closed
	}
	fmt.Fprintln(env.Stdout, k.Public())
	return err
}

func signers(files string) (out []trust.Signer, err error) {
	for _, name := range strings.Split(files, ",") {
		line, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("can't read the key %s; check the path", name)
		}
		k, err := trust.ParseSigner(strings.TrimSpace(string(line)))
		if err != nil {
			return nil, err
		}
		out = append(out, k)
	}
	return out, nil
}

// packEntry loads a built pack, so that nothing a phone would refuse is ever signed.
func packEntry(name string) (trust.Pack, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return trust.Pack{}, fmt.Errorf("can't read %s; build it with pack build -o %s", name, name)
	}
	if filepath.Ext(name) == ".overlay" {
		return overlayEntry(name, data)
	}
	p, err := policy.Load(data)
	if err != nil {
		return trust.Pack{}, fmt.Errorf("%s: %w", name, err)
	}
	ref := trust.Pin(p.Version, data)
	return trust.Pack{ID: p.ID, Version: ref.Version, Size: ref.Size, SHA256: ref.SHA256, MinEngine: policy.Engine}, nil
}

// overlayEntry joins a province's overlay with the national pack beside it.
func overlayEntry(name string, data []byte) (trust.Pack, error) {
	base, err := os.ReadFile(filepath.Join(filepath.Dir(name), "national.pack"))
	if err != nil {
		return trust.Pack{}, fmt.Errorf("%s needs national.pack beside it; sign both from one build", name)
	}
	if _, err := policy.Join(base, data); err != nil {
		return trust.Pack{}, fmt.Errorf("%s: %w", name, err)
	}
	o, err := policy.ReadOverlay(data)
	if err != nil {
		return trust.Pack{}, fmt.Errorf("%s: %w", name, err)
	}
	ref := trust.Pin(o.Version, data)
	return trust.Pack{ID: o.ID, Version: ref.Version, Size: ref.Size, SHA256: ref.SHA256, MinEngine: policy.Engine}, nil
}

func packSign(env Env) error {
	s := newSigning(env, "sign", 180)
	dir := s.String("directory", "", "signed directory of offices that belongs to the index")
	dirVersion := s.Uint64("directory-version", 1, "its version")
	if err := s.parse(env.Args, -1); err != nil {
		return err
	}
	now := time.Now()
	x := trust.Index{Version: *s.version, Issued: trust.Time(now), Expires: trust.Time(now.AddDate(0, 0, *s.days))}
	for _, name := range s.Args() {
		e, err := packEntry(name)
		if err != nil {
			return err
		}
		x.Packs = append(x.Packs, e)
	}
	slices.SortFunc(x.Packs, func(a, b trust.Pack) int { return cmp.Compare(a.ID, b.ID) })
	if *dir != "" {
		data, err := os.ReadFile(*dir)
		if err != nil {
			return fmt.Errorf("can't read %s; check the path", *dir)
		}
		ref := trust.Pin(*dirVersion, data)
		x.Directory = &ref
	}
	return s.write(env, x.Sign)
}

func packStamp(env Env) error {
	s := newSigning(env, "stamp", 14)
	of := s.Uint64("index-version", 0, "the index's version; default: the timestamp's own")
	if err := s.parse(env.Args, 1); err != nil {
		return err
	}
	data, err := os.ReadFile(s.Arg(0))
	if err != nil {
		return fmt.Errorf("can't read %s; check the path", s.Arg(0))
	}
	now := time.Now()
	t := trust.Stamp{Version: *s.version, Issued: trust.Time(now), Expires: trust.Time(now.AddDate(0, 0, *s.days)), Index: trust.Pin(cmp.Or(*of, *s.version), data)}
	return s.write(env, t.Sign)
}

func (s signing) write(env Env, sign func(...trust.Signer) ([]byte, error)) error {
	keys, err := signers(*s.key)
	if err != nil {
		return err
	}
	doc, err := sign(keys...)
	if err != nil {
		return err
	}
	if err := os.WriteFile(*s.out, doc, 0o644); err != nil {
		return fmt.Errorf("can't write %s; check that its folder exists", *s.out)
	}
	fmt.Fprintf(env.Stdout, "signed version %d, valid for %d days: %s\n", *s.version, *s.days, *s.out)
	return nil
}

// packVerify does what a phone does: root, timestamp, index, directory, then each pack's bytes.
func packVerify(env Env) error {
	f := hostFlags(env, "verify")
	names := map[string]*string{}
	for _, n := range []string{"root", "index", "timestamp", "directory"} {
		names[n] = f.String(n, "", "signed document")
	}
	if err := parse(f, env.Args, -1); err != nil || *names["root"] == "" || *names["index"] == "" {
		return ErrUsage
	}
	docs := map[string][]byte{}
	for n, name := range names {
		data, err := readOptional(*name)
		if err != nil {
			return err
		}
		docs[n] = data
	}
	v, err := trust.NewVerifier(docs["root"], trust.State{})
	if err != nil {
		return err
	}
	t, err := v.Verify(time.Now(), trust.Bundle{Timestamp: docs["timestamp"], Index: docs["index"], Directory: docs["directory"]})
	if err != nil {
		return err
	}
	return verifyPacks(env, t, f.Args())
}

func readOptional(name string) ([]byte, error) {
	if name == "" {
		return nil, nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("can't read %s; check the path", name)
	}
	return data, nil
}

func verifyPacks(env Env, t trust.Trusted, names []string) error {
	for _, l := range t.Lapsed {
		fmt.Fprintf(env.Stdout, "the %s expired on %s\n", l.Doc, l.Since.Format("2006-01-02"))
	}
	for _, name := range names {
		e, err := packEntry(name)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if _, err := t.CheckPack(e.ID, data, policy.Engine); err != nil {
			return err
		}
		fmt.Fprintf(env.Stdout, "%s: version %d of %s is in index %d\n", name, e.Version, e.ID, t.Index.Version)
	}
	return nil
}
