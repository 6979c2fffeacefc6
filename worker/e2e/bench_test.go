package e2e_test

import (
	"bytes"
	"crypto/rand"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"lixianban/app/envelope"
)

// The costs of one request at the edge: wall time as ns/op, and workerd's own CPU
// time, of which the free plan allows 10 ms (D1's simulator included here, not there).
func BenchmarkEdge(b *testing.B) {
	c := startCounter(b, "")
	secret := must(envelope.NewSecret(rand.Reader))(b)
	for _, bench := range []struct {
		name string
		do   func()
	}{
		{"ping", func() { c.get(b, "/v1/ping?n=ab") }},
		{"packs", func() { c.get(b, "/v1/packs") }},
		{"submit", func() {
			sid, sealed := c.letter()
			if status, body := c.put(sid, sealed); status != 201 {
				b.Fatalf("%d %s", status, body)
			}
		}},
		{"sync", func() {
			sid := must(envelope.NewSID(rand.Reader))(b)
			body := `{"v":1,"nonce":"` + sid.String() + `","watch":[{"sid":"` + sid.String() + `","secret":"` + envelope.EncodeBytes(secret) + `","after":0}]}`
			res := must(http.Post(c.URL+"/v1/sync", "application/json", bytes.NewReader([]byte(body))))(b)
			defer res.Body.Close()
			if got := must(io.ReadAll(res.Body))(b); res.StatusCode != 200 {
				b.Fatalf("%d %s", res.StatusCode, got)
			}
		}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			before := workerdCPU(b)
			for b.Loop() {
				bench.do()
			}
			b.ReportMetric((workerdCPU(b)-before)*1000/float64(b.N), "cpu-ms/op")
		})
	}
}

func (c counter) get(tb testing.TB, path string) {
	tb.Helper()
	res := must(http.Get(c.URL + path))(tb)
	defer res.Body.Close()
	if body := must(io.ReadAll(res.Body))(tb); res.StatusCode != 200 {
		tb.Fatalf("%d %s", res.StatusCode, body)
	}
}

// workerdCPU sums the seconds that workerd processes below this one have used.
func workerdCPU(tb testing.TB) float64 {
	tb.Helper()
	out, err := exec.Command("ps", "-eo", "pid=,ppid=").Output()
	if err != nil {
		tb.Fatal("ps is needed to measure CPU time: apt-get install procps")
	}
	parent := map[int]int{}
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		pid, _ := strconv.Atoi(f[0])
		parent[pid], _ = strconv.Atoi(f[1])
	}
	var ticks float64
	for pid := range parent {
		for up := pid; up > 1; up = parent[up] {
			if up == os.Getpid() && pid != up {
				ticks += processTicks(pid)
			}
		}
	}
	return ticks / 100
}

func processTicks(pid int) float64 {
	dir := filepath.Join("/proc", strconv.Itoa(pid))
	if name, _ := os.ReadFile(filepath.Join(dir, "comm")); strings.TrimSpace(string(name)) != "workerd" {
		return 0
	}
	stat, _ := os.ReadFile(filepath.Join(dir, "stat"))
	f := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(f) < 13 {
		return 0
	}
	user, _ := strconv.ParseFloat(f[11], 64)
	system, _ := strconv.ParseFloat(f[12], 64)
	return user + system
}
