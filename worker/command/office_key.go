package command

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"filippo.io/age"
	"filippo.io/age/armor"

	"lixianban/app/envelope"
	"lixianban/worker/office"
)

var kems = map[string]uint16{"hybrid": envelope.KEMHybrid, "x25519": envelope.KEMX25519}

// officeKey makes a key file and prints the public entry for the directory.
func officeKey(_ context.Context, d *officeDesk) error {
	kem, known := kems[d.kem]
	if d.out == "" || !known || d.years < 1 || d.fs.NArg() != 0 {
		return ErrUsage
	}
	if !office.ValidID(d.id) {
		return errors.New("give the office's id with -id: 1 to 32 of a–z 0–9 and -")
	}
	pass, err := d.passphrase()
	if err != nil {
		return err
	}
	secret, err := envelope.NewOfficeSecret(kem, rand.Reader)
	if err != nil {
		return err
	}
	text, err := lock([]byte(office.KeyFile{Office: d.id, Secret: secret}.Encode()), pass)
	if err != nil {
		return err
	}
	if err := writeNew(d.out, text); err != nil {
		return err
	}
	if pass == "" {
		fmt.Fprintf(d.Stderr, "warning: %s is not protected by a passphrase; whoever copies it can read every application. Set LIXIANBAN_PASSPHRASE and make it again.\n", d.out)
	}
	fmt.Fprintf(d.Stderr, "the key is in %s; keep a copy in a safe: without it no application can be opened. Send the line below to whoever signs the directory.\n", d.out)
	now := time.Now()
	return json.NewEncoder(d.Stdout).Encode(secret.Key(now, now.AddDate(d.years, 0, 0)))
}

// passphrase comes from a file or the environment, never from the command line, which
// other users of the machine can read. Empty means none.
func (d *officeDesk) passphrase() (string, error) {
	if d.pass == "" {
		return d.Getenv("LIXIANBAN_PASSPHRASE"), nil
	}
	b, err := os.ReadFile(d.pass)
	if err != nil {
		return "", err
	}
	pass := strings.TrimRight(string(b), "\r\n")
	if pass == "" {
		return "", fmt.Errorf("%s is empty: write the passphrase into it", d.pass)
	}
	return pass, nil
}

// workFactor is log2 of scrypt's N; age's own default takes about a second.
const workFactor = 18

// lock encrypts a key file with age's scrypt recipient, armored; without a passphrase
// it stays as it is.
func lock(text []byte, pass string) ([]byte, error) {
	if pass == "" {
		return text, nil
	}
	to, err := age.NewScryptRecipient(pass)
	if err != nil {
		return nil, err
	}
	to.SetWorkFactor(workFactor)
	var out bytes.Buffer
	a := armor.NewWriter(&out)
	w, err := age.Encrypt(a, to)
	if err != nil {
		return nil, err
	}
	if _, err = w.Write(text); err != nil {
		return nil, err
	}
	err = errors.Join(w.Close(), a.Close())
	return out.Bytes(), err
}

// readKey reads a key file, locked or not.
func readKey(name, pass string) (office.KeyFile, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return office.KeyFile{}, err
	}
	if bytes.HasPrefix(b, []byte(armor.Header)) {
		if b, err = unlock(b, pass); err != nil {
			return office.KeyFile{}, fmt.Errorf("%s: %w", name, err)
		}
	}
	k, err := office.ParseKeyFile(string(b))
	if err != nil {
		return k, fmt.Errorf("%s: %w", name, err)
	}
	return k, nil
}

const maxKeyFile = 64 << 10

func unlock(b []byte, pass string) ([]byte, error) {
	if pass == "" {
		return nil, errors.New("the key is locked: give its passphrase with -passphrase-file or LIXIANBAN_PASSPHRASE")
	}
	id, err := age.NewScryptIdentity(pass)
	if err != nil {
		return nil, err
	}
	r, err := age.Decrypt(armor.NewReader(bytes.NewReader(b)), id)
	if err != nil {
		return nil, errors.New("the passphrase does not open the key: try again")
	}
	return io.ReadAll(io.LimitReader(r, maxKeyFile))
}

// writeNew makes a file for its owner's eyes and replaces none.
func writeNew(name string, b []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already: choose another name, nothing was overwritten", name)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Sync(), f.Close())
}
