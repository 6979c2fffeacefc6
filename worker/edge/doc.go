// Package edge builds what runs on Cloudflare Workers: the counter's handler as
// wasm, the workers library's own shim, and the signed documents that the
// deployment serves. Host only.
//
//	OUT/app.wasm        worker/main_js.go
//	OUT/wasm_exec.js    Go's loader, as patched by the library  } made by its own tool
//	OUT/worker.mjs      the library's entry                     } at the version in go.mod
//	OUT/runtime.mjs     its glue to workerd                     }
//	OUT/documents.mjs   directory, bundle and index hash, verified here
//	OUT/edge.mjs        our entry: the library's with the documents in its env
//
// Documents travel with the program because a Workers variable holds 5 KB and a
// look-up in D1 would cost each submission a second round trip. A new directory is
// therefore a new deployment, as is a new site.
package edge
