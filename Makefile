# One line of shell a target; the logic is in Go.
GO ?= go
.PHONY: run build check test bench edge

test:
	$(GO) vet ./app/... ./worker/...
	$(GO) test ./app/... ./worker/...
