package host

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"lixianban/app/envelope"
	"lixianban/worker/ledger"
)

// Folder is the server's data folder; see the package comment for what it holds.
type Folder struct {
	Dir  string
	Rand io.Reader
}

func (f Folder) path(name string) string { return filepath.Join(f.Dir, filepath.FromSlash(name)) }

// Database is the path of the ledger's file.
func (f Folder) Database() string { return f.path("lixianban.db") }

// Service returns the key that signs receipts, making it when there is none.
func (f Folder) Service() (ed25519.PrivateKey, error) {
	text, err := f.keep("service.key", func() (string, error) {
		k, err := envelope.NewSigningKey(f.Rand)
		if err != nil {
			return "", err
		}
		return envelope.EncodeServiceSecret(k), nil
	})
	if err != nil {
		return nil, err
	}
	k, err := envelope.ParseServiceSecret(text)
	return k, f.explain("service.key", err)
}

// keep reads a file, or makes it from what fresh gives. Of two processes that make it
// at once one wins and both read the winner's.
func (f Folder) keep(name string, fresh func() (string, error)) (string, error) {
	path := f.path(name)
	b, err := os.ReadFile(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return string(b), err
	}
	text, err := fresh()
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	temp, err := writeTemp(filepath.Dir(path), []byte(text+"\n"))
	if err != nil {
		return "", err
	}
	defer os.Remove(temp)
	if err := os.Link(temp, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	b, err = os.ReadFile(path)
	return string(b), err
}

// replace writes a file whole or leaves the old one.
func (f Folder) replace(name string, b []byte) error {
	path := f.path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	temp, err := writeTemp(filepath.Dir(path), b)
	if err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		os.Remove(temp)
		return err
	}
	return nil
}

// writeTemp makes a file of mode 0600 whose bytes are on the disk.
func writeTemp(dir string, b []byte) (string, error) {
	t, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return "", err
	}
	_, err = t.Write(b)
	err = errors.Join(err, t.Sync(), t.Close())
	if err != nil {
		os.Remove(t.Name())
	}
	return t.Name(), err
}

func (f Folder) explain(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", f.path(name), err)
}

// epochNote is epoch.json.
type epochNote struct {
	Epoch string `json:"epoch"` // 16 hex digits
	Audit int64  `json:"audit"` // highest audit entry seen under it
}

// Epoch returns the epoch to sign with, a new one when the ledger has lost entries.
func (f Folder) Epoch(ctx context.Context, l *ledger.Ledger) (string, error) {
	last, err := l.Last(ctx)
	if err != nil {
		return "", err
	}
	note, err := f.epochNote()
	if err != nil {
		return "", err
	}
	if note.Epoch != "" && note.Audit <= last {
		return note.Epoch, nil
	}
	return f.NewEpoch()
}

// NewEpoch starts an epoch: after the folder was restored from a backup.
func (f Folder) NewEpoch() (string, error) {
	var b [8]byte
	if _, err := io.ReadFull(f.Rand, b[:]); err != nil {
		return "", err
	}
	note := epochNote{Epoch: hex.EncodeToString(b[:])}
	return note.Epoch, f.writeEpoch(note)
}

// NoteAudit remembers how far the audit went under the epoch.
func (f Folder) NoteAudit(epoch string, last int64) error {
	return f.writeEpoch(epochNote{Epoch: epoch, Audit: last})
}

func (f Folder) writeEpoch(note epochNote) error {
	b, err := json.Marshal(note)
	if err != nil {
		return err
	}
	return f.replace("epoch.json", append(b, '\n'))
}

func (f Folder) epochNote() (note epochNote, err error) {
	b, err := os.ReadFile(f.path("epoch.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return note, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &note)
	}
	if err == nil {
		_, err = envelope.ParseKeyID(note.Epoch)
	}
	return note, f.explain("epoch.json", err)
}
