# One line of shell a target; the logic is in Go.
GO ?= go
DATA ?= data
ADDR ?= 127.0.0.1:8080
WASM := GOOS=js GOARCH=wasm
NODE_EXEC := -exec="$(shell $(GO) env GOROOT)/lib/wasm/go_js_wasm_exec"
PURE := ./app/policy ./app/interview ./app/finder ./app/filing ./app/envelope ./app/outbox/... ./app/policy/trust ./app/words

SEEDS ?= 2000

.PHONY: run build tool site demo check test test-sim test-host test-race test-wasm test-browser test-edge edge bench fuzz tools clean

run: demo
	bin/lixianban serve -addr $(ADDR) -data $(DATA) -site dist -demo

build: tool site

tool:
	$(GO) build -o bin/lixianban ./worker

site:
	$(GO) run ./static/build -out dist

demo: tool
	bin/lixianban keys demo -data $(DATA) >/dev/null 2>&1
	$(GO) run ./static/build -out dist -anchor $(DATA)/documents/root -demo

edge: demo
	$(GO) run ./worker/edge/dev -data $(DATA) -site dist -port 8787

check:
	test -z "$$(gofmt -s -l app static wasm worker)" || { gofmt -s -l app static wasm worker; exit 1; }
	$(GO) vet ./app/... ./static/... ./wasm/... ./worker/...
	$(WASM) $(GO) vet ./app/screen/... ./app/device/... ./wasm
	$(WASM) $(GO) vet ./worker ./worker/d1/... ./worker/e2e/remote/...
	$(GO) run honnef.co/go/tools/cmd/staticcheck -checks "SA*,S1*,ST1000,ST1005,ST1016,U1000" ./app/... ./static/... ./wasm/... ./worker/...
	$(GO) test ./app

test: tools check test-host test-sim test-race test-wasm test-browser test-edge

test-host:
	$(GO) test -p 1 -skip TestANewVersionWaitsForThePersonAndIsWhole ./app/... ./static/... ./worker/command/... ./worker/desk/... ./worker/host/... ./worker/ledger/... ./worker/office/...

test-sim:
	$(GO) test -timeout 30m ./worker/sim -seeds=$(SEEDS)

test-race:
	$(GO) test -race ./app/outbox/... ./worker/desk/... ./worker/ledger/... ./worker/host/...

test-wasm:
	$(WASM) $(GO) test $(NODE_EXEC) $(PURE)

test-browser:
	$(GO) test -p 1 -timeout 30m -skip TestF14LostData ./app/device/... ./wasm/...

test-edge:
	$(GO) test -timeout 10m ./worker/d1/... ./worker/edge/... ./worker/e2e/...

bench:
	$(GO) run ./wasm/bench
	$(GO) test -run xxx -bench . -benchtime 1s ./app/finder ./worker/ledger/sqlite ./worker/desk

tools:
	bash .ci/tools

clean:
	rm -rf bin dist .cache
