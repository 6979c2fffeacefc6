// The service worker: answers from what it keeps, so that the site opens with no network.
//
// SITE (written above by the builder): build, seq, shell {address: [sha256, bytes]},
// pages [every address], lost and opening {language: address of its 404 page, of its empty page},
// pieces [address].
//
// A few pages are kept as they are. At the other addresses the program, once it is whole on
// this phone, starts in an empty page; before that they come from the network, to be read.
//
// It keeps one cache a build, "lixianban-shell-BUILD", filled whole or not at all; each
// entry is checked by length and SHA-256. The program's pieces are fetched by the page, which has
// all the time it needs, and only counted here. Anything that is not ours, not GET, or below /v1/
// passes untouched.
"use strict";
const PREFIX = "lixianban-shell-", SHELL = PREFIX + SITE.build, PIECES = "lixianban-pieces", META = "lixianban-meta";
const pages = new Set(SITE.pages);

self.addEventListener("install", (e) => e.waitUntil(install()));
self.addEventListener("activate", (e) => e.waitUntil(activate()));
self.addEventListener("message", (e) => {
  if (e.data === "apply") self.skipWaiting();
  if (e.data === "tidy") e.waitUntil(tidy());
});

// A first worker installs as soon as the pages are kept. A newer one waits until the
// new program is complete on this phone, and an older one is refused.
async function install() {
  if (self.registration.active) {
    if (SITE.seq < await highest()) throw new Error("older than the version in use");
    const have = await caches.open(PIECES);
    for (const p of SITE.pieces) if (!await have.match(p)) throw new Error("the new program is not complete yet");
  }
  const cache = await caches.open(SHELL);
  await Promise.all(Object.keys(SITE.shell).map(async (url) => {
    if (!await sound(await cache.match(url), url)) await cache.put(url, await get(url));
  }));
}

// An entry is sound when it has the length and the hash that it was built with.
async function sound(r, url) {
  if (!r) return false;
  const [hash, size] = SITE.shell[url], body = await r.clone().arrayBuffer();
  if (body.byteLength !== size) return false;
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  return Array.from(sum, (b) => b.toString(16).padStart(2, "0")).join("") === hash;
}

// What an older build kept under the same hashed name need not come again.
async function get(url) {
  if (url.startsWith("/a/")) {
    const old = await caches.match(url);
    if (await sound(old, url)) return old;
  }
  const r = await fetch(url, { cache: "reload", redirect: "error", credentials: "omit" });
  if (!r.ok || !await sound(r, url)) throw new Error("not the file that was built: " + url);
  return r;
}

async function highest() {
  const r = await (await caches.open(META)).match("/seq");
  return r ? Number(await r.text()) : 0;
}

async function activate() {
  const first = (await names()).length === 1;
  await (await caches.open(META)).put("/seq", new Response(String(SITE.seq)));
  if (first) await self.clients.claim();
  await tidy();
}

async function names() { return (await caches.keys()).filter((n) => n.startsWith(PREFIX)); }

// Builds that no open page uses go, and pieces that no kept build names.
async function tidy() {
  const used = await inUse();
  if (!used) return;
  const wanted = new Set(SITE.pieces);
  for (const name of await names()) {
    if (name !== SHELL && !used.has(name)) await caches.delete(name);
    else for (const p of await piecesOf(await caches.open(name))) wanted.add(p);
  }
  const have = await caches.open(PIECES), next = await have.match("/p/next");
  for (const p of next ? await next.json() : []) wanted.add(p);
  for (const r of await have.keys()) {
    const p = new URL(r.url).pathname;
    if (p !== "/p/next" && p !== "/p/whole" && !wanted.has(p)) await have.delete(r);
  }
}

// Each page holds a lock with its build's name. Without locks: only when no page is open.
// A waiting build is in use too: it has been filled and is about to be.
async function inUse() {
  const used = new Set();
  const waiting = self.registration.installing || self.registration.waiting;
  if (waiting && waiting !== self.serviceWorker) return null;
  if (!self.navigator.locks) {
    return (await self.clients.matchAll({ includeUncontrolled: true })).length ? null : used;
  }
  for (const l of (await navigator.locks.query()).held) {
    if (l.name.startsWith("lixianban-build-")) used.add(PREFIX + l.name.slice(16));
  }
  return used;
}

async function piecesOf(cache) {
  for (const r of await cache.keys()) {
    if (!/^\/a\/program\./.test(new URL(r.url).pathname)) continue;
    const list = await (await cache.match(r)).json();
    return list.pieces.map((p) => "/p/" + p[0].slice(0, 32));
  }
  return [];
}

self.addEventListener("fetch", (e) => {
  const url = new URL(e.request.url);
  if (e.request.method !== "GET" || url.origin !== location.origin || url.pathname.startsWith("/v1/")) return;
  if (e.request.mode === "navigate") e.respondWith(page(e.request, url));
  else if (url.pathname in SITE.shell || url.pathname.startsWith("/a/")) e.respondWith(file(e.request, url.pathname));
});

// "/ask/x/", "/ask/x.html" and "/ask/x" are one page; ?query is the page's own business.
function clean(path) {
  try { path = decodeURI(path); } catch { /* as it is */ }
  path = path.replace(/\/+$/, "").replace(/\.html$/, "").replace(/^\/index$/, "");
  return path || "/";
}

async function page(request, url) {
  const path = clean(url.pathname), cache = await caches.open(SHELL), part = path.split("/")[1];
  const lang = part in SITE.lost ? part : "", known = pages.has(path), plain = url.searchParams.has("plain");
  const kept = path in SITE.shell && await cache.match(path);
  if (kept) return kept;
  const opening = () => cache.match(SITE.opening[lang]);
  if (known && !plain && await whole()) return opening();
  try {
    const r = await fetch(request, known ? { signal: AbortSignal.timeout(8000) } : {});
    if (!known || r.status < 500) return r;
  } catch { /* no network, or none to speak of */ }
  if (known) return opening();
  const lost = await cache.match(SITE.lost[lang]);
  return lost ? new Response(lost.body, { status: 404, headers: lost.headers }) : Response.error();
}

// The page notes its build when the program has started, so all of it is here.
async function whole() {
  const r = await (await caches.open(PIECES)).match("/p/whole");
  return !!r && await r.text() === SITE.build;
}

// Hashed names mean the same in every build, so any of our caches will do.
async function file(request, path) {
  return await (await caches.open(SHELL)).match(path) || await caches.match(path) || fetch(request);
}
