// Package site serves dist/ and says which headers each of its files carries.
// It is the one place for the Content-Security-Policy and the caching rules:
// the host server uses Handler, the builder writes the same table to _headers.
package site

import "strings"

// CSP lets in this origin, wasm, and nothing else; go-app writes no inline
// script or style, and the one Trusted Types policy belongs to boot.js (SR-14, SR-15).
const CSP = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; " +
	"img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self'; worker-src 'self'; " +
	"manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types shell"

// Header is one response header.
type Header struct{ Name, Value string }

// Everywhere are the headers of every response of the site, in a fixed order (SR-16).
// The policy names what Chromium knows everywhere: "bluetooth" is none of it on Linux and logs an
// error at each page. Nothing of ours asks for it, and no script but ours runs.
// Strict-Transport-Security is added by whoever ends TLS; see HSTS.
var Everywhere = []Header{
	{"Content-Security-Policy", CSP},
	{"Cross-Origin-Opener-Policy", "same-origin"},
	{"Cross-Origin-Resource-Policy", "same-origin"},
	{"Permissions-Policy", "camera=(self), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"},
	{"Referrer-Policy", "no-referrer"},
	{"X-Content-Type-Options", "nosniff"},
}

// HSTS is for responses that went over TLS: two years, with subdomains.
var HSTS = Header{"Strict-Transport-Security", "max-age=63072000; includeSubDomains; preload"}

// Caching rules.
const (
	forEver = "public, max-age=31536000, immutable"
	ask     = "no-cache"
)

// rules are tried in order; the first prefix or exact path that fits decides.
var rules = []struct{ path, cache, kind string }{
	{"/a/*", forEver, ""},
	{"/p/*", forEver, "application/octet-stream"},
	{"/packs/*", ask, ""},
	{"/*", ask, ""},
}

// types are the content types of the site's files by ending.
var types = map[string]string{
	"html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8",
	"js": "text/javascript; charset=utf-8", "json": "application/json",
	"webmanifest": "application/manifest+json", "png": "image/png",
	"svg": "image/svg+xml", "txt": "text/plain; charset=utf-8",
	"xml": "application/xml", "wasm": "application/wasm",
}

// For returns the headers of the file at path, an absolute URL path.
func For(path string) []Header {
	hs := append([]Header{}, Everywhere...)
	for _, r := range rules {
		prefix, wild := strings.CutSuffix(r.path, "*")
		if path == r.path || wild && strings.HasPrefix(path, prefix) {
			return append(hs, Header{"Cache-Control", r.cache}, Header{"Content-Type", kindOf(path, r.kind)})
		}
	}
	return hs
}

// kindOf guesses by ending; a path without one is a page.
func kindOf(path, kind string) string {
	if kind != "" {
		return kind
	}
	name := path[strings.LastIndex(path, "/")+1:]
	dot := strings.LastIndex(name, ".")
	if dot < 0 {
		return types["html"]
	}
	if t, ok := types[name[dot+1:]]; ok {
		return t
	}
	return "application/octet-stream"
}

// File is the table in the form that static hosts read (_headers).
func File() string {
	var b strings.Builder
	b.WriteString("/*\n")
	for _, h := range append(append([]Header{}, Everywhere...), HSTS) {
		b.WriteString("  " + h.Name + ": " + h.Value + "\n")
	}
	for _, r := range rules {
		b.WriteString(r.path + "\n  Cache-Control: " + r.cache + "\n")
		if r.kind != "" {
			b.WriteString("  Content-Type: " + r.kind + "\n")
		}
	}
	return b.String()
}
