//go:build !js

package proxy

import (
	"context"
	"net/http"
)

// DripTo writes a body at a rate, without a network.
func DripTo(w http.ResponseWriter, body []byte, rate int) { drip(context.Background(), w, body, rate) }
