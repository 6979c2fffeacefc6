package static

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/andybalholm/brotli"
)

// packer compresses, and keeps what it made under the hash of the input: brotli
// at its best level takes most of the time of a build.
type packer struct{ dir string }

// packed is one input in both forms.
type packed struct{ br, gz []byte }

func (p packed) brLen() int { return len(p.br) }
func (p packed) gzLen() int { return len(p.gz) }

// packerVersion changes whenever the same input would give other bytes.
const packerVersion = "1"

func (p *packer) pack(body []byte) (packed, error) {
	name := filepath.Join(p.dir, packerVersion+"-"+short(body, 16))
	if p.dir != "" {
		if got, err := readPacked(name); err == nil {
			return got, nil
		}
	}
	out, err := compress(body)
	if err != nil {
		return packed{}, err
	}
	if p.dir == "" {
		return out, nil
	}
	return out, writePacked(name, out)
}

// ahead compresses many inputs on all cores and keeps the results; what fails is met
// again, and told, when the input is packed.
func (p *packer) ahead(bodies [][]byte) {
	var wg sync.WaitGroup
	next := make(chan []byte)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for body := range next {
				_, _ = p.pack(body)
			}
		})
	}
	for _, body := range bodies {
		next <- body
	}
	close(next)
	wg.Wait()
}

func (p *packer) size(body []byte) (Size, error) {
	out, err := p.pack(body)
	return Size{len(body), len(out.gz), len(out.br)}, err
}

func compress(body []byte) (packed, error) {
	var br, gz bytes.Buffer
	bw := brotli.NewWriterOptions(&br, brotli.WriterOptions{Quality: brotli.BestCompression, LGWin: 24})
	if _, err := bw.Write(body); err != nil {
		return packed{}, fmt.Errorf("compress: %w", err)
	}
	if err := bw.Close(); err != nil {
		return packed{}, fmt.Errorf("compress: %w", err)
	}
	gw, err := gzip.NewWriterLevel(&gz, gzip.BestCompression)
	if err != nil {
		return packed{}, err
	}
	if _, err := gw.Write(body); err != nil {
		return packed{}, fmt.Errorf("compress: %w", err)
	}
	if err := gw.Close(); err != nil {
		return packed{}, fmt.Errorf("compress: %w", err)
	}
	return packed{br.Bytes(), gz.Bytes()}, nil
}

// A kept pair is the length of the first form (8 bytes, big endian), then both.
func readPacked(name string) (packed, error) {
	raw, err := os.ReadFile(name)
	if err != nil || len(raw) < 8 {
		return packed{}, fmt.Errorf("no kept form: %w", err)
	}
	n := binary.BigEndian.Uint64(raw)
	if n > uint64(len(raw)-8) {
		return packed{}, fmt.Errorf("%s is cut short", name)
	}
	return packed{raw[8 : 8+n], raw[8+n:]}, nil
}

func writePacked(name string, p packed) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	raw := binary.BigEndian.AppendUint64(nil, uint64(len(p.br)))
	raw = append(append(raw, p.br...), p.gz...)
	// Written beside and renamed, so that two builds at once can't leave half a file.
	f, err := os.CreateTemp(filepath.Dir(name), "new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(raw)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return err
	}
	return os.Rename(f.Name(), name)
}
