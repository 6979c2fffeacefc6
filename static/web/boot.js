// Boot: brings the program to the phone and hands the page over to it. Loaded last, so that
// the page can be read before, without and after it.
//
// SITE (written above by the builder): build, seq, exec, worker, program [address, integrity], env.
//
// Go finds here what go-app calls by name (goapp…), and window.lixianban:
//   build, seq      which build this page runs
//   state           "porch" (not started), "loading", "running", "failed"
//   volatile        nothing can be kept in this browser (private mode)
//   worker          "none", "starting" or "ready" (the pages are kept)
//   kept            the program is whole on this phone: with worker "ready" the next opening works offline
//   wechat          opened inside WeChat
//   updateReady     a newer version is complete on this phone; apply() changes to it and reloads
//   asked, asking   what was written in the search box before the program came, and whether it has the focus
//   look(k, v)      k: size, theme or density; null forgets it
// Events on window: lixianban:update, lixianban:worker (worker or kept has changed).
"use strict";
(() => {
  const w = window, d = document, root = d.documentElement, nav = navigator;
  const en = root.lang.startsWith("en");
  const say = (zh, other) => (en ? other : zh);
  const kb = (n) => Math.round(n / 1024);
  const STORE = "lixianban-pieces", CRASHES = "lixianban:crashes";
  const me = w.lixianban = { build: SITE.build, seq: SITE.seq, state: "porch", volatile: false, worker: "none", kept: false,
    wechat: /MicroMessenger/i.test(nav.userAgent), updateReady: false, apply, look };

  // Storage that throws when touched would end the Go program: give it one that forgets.
  for (const name of ["localStorage", "sessionStorage"]) {
    try {
      w[name].length;
      w[name].setItem("lixianban:probe", "1");
      w[name].removeItem("lixianban:probe");
    } catch {
      me.volatile = true;
      let usable = false;
      try { usable = w[name] !== null && w[name].length > 0; } catch { /* as said */ }
      if (!usable) Object.defineProperty(w, name, { value: forgetful(), configurable: true });
    }
  }
  for (const name of ["indexedDB", "caches"]) {
    try { void w[name]; } catch { me.volatile = true; Object.defineProperty(w, name, { value: undefined, configurable: true }); }
  }
  function forgetful() {
    const m = new Map();
    return {
      getItem: (k) => (m.has(k) ? m.get(k) : null), setItem: (k, v) => void m.set(k, String(v)),
      removeItem: (k) => void m.delete(k), clear: () => m.clear(),
      key: (i) => [...m.keys()][i] ?? null, get length() { return m.size; },
    };
  }

  const looks = { size: ["18", "22", "26", "30"], theme: ["light", "dark"], density: ["compact"] };
  function look(k, v) {
    if (!looks[k]) return;
    if (looks[k].includes(v)) root.dataset[k] = v; else delete root.dataset[k];
    try { if (v) localStorage.setItem("lixianban:" + k, v); else localStorage.removeItem("lixianban:" + k); } catch { /* full: this page only */ }
  }
  for (const k in looks) {
    const v = localStorage.getItem("lixianban:" + k);
    if (looks[k].includes(v)) root.dataset[k] = v;
  }

  // What go-app's program calls by name.
  let prompt = null, reg = null, asked = false;
  const standalone = () => nav.standalone === true || w.matchMedia("(display-mode: standalone)").matches;
  const apple = () => /iP(hone|ad|od)/.test(nav.userAgent) || (/Macintosh/.test(nav.userAgent) && nav.maxTouchPoints > 1);
  Object.assign(w, {
    goappNav() {}, goappUpdatedBeforeWasmLoaded: false, goappAppInstallChangedBeforeWasmLoaded: false,
    goappOnUpdate() { w.goappUpdatedBeforeWasmLoaded = true; },
    goappOnAppInstallChange() { w.goappAppInstallChangedBeforeWasmLoaded = true; },
    goappGetenv: (k) => SITE.env[k], goappTryUpdate: () => void newer(),
    goappIsAppInstalled: standalone, goappIsAppleBrowser: apple,
    goappIsAppInstallable: () => !standalone() && (prompt !== null || apple()),
    async goappShowInstallPrompt() { const p = prompt; prompt = null; if (p) { p.prompt(); await p.userChoice; } },
    goappKeepBodyClean: () => () => {}, goappNewNotification() {}, goappSubscribePushNotifications: async () => "",
  });
  w.addEventListener("beforeinstallprompt", (e) => { e.preventDefault(); prompt = e; w.goappOnAppInstallChange(); });
  w.addEventListener("appinstalled", () => { prompt = null; w.goappOnAppInstallChange(); });

  const types = w.trustedTypes ? w.trustedTypes.createPolicy("shell", { createScriptURL: ours }) : { createScriptURL: ours };
  function ours(u) {
    if (u === SITE.exec || u === SITE.worker) return u;
    throw new TypeError("not a script of this site: " + u);
  }

  // The line at the foot of the page that says how far the program is.
  const porch = d.getElementById("porch");
  let line, bar;
  function show(words, bad) {
    if (!porch) return;
    if (!line) { line = porch.appendChild(d.createElement("span")); line.className = "porch__words"; }
    line.textContent = words;
    porch.hidden = false;
    porch.classList.toggle("porch--bad", !!bad);
  }
  function progress(done, all) {
    show(say(`正在准备没有网也能用的版本：已下载 ${kb(done)} / ${kb(all)} KB`, `Getting ready for use without a network: ${kb(done)} of ${kb(all)} KB`));
    if (porch && !bar) { bar = porch.appendChild(d.createElement("progress")); bar.className = "porch__bar"; bar.setAttribute("aria-hidden", "true"); }
    if (bar) { bar.max = all; bar.value = done; }
  }
  function clear() {
    if (porch) { porch.hidden = true; porch.replaceChildren(); porch.classList.remove("porch--bad"); }
    line = bar = null;
  }
  function button(words, act) {
    const b = porch.appendChild(d.createElement("button"));
    b.type = "button"; b.className = "btn btn--line btn--small"; b.textContent = words; b.onclick = act;
  }
  const WHY = {
    "E-WASM": ["这个浏览器太旧，装不了离线版。下面的内容照样能看。换手机自带的浏览器再试。", "This browser is too old for the offline version. What is on this page still works. Try the phone’s own browser."],
    "E-HTTP": ["这个地址没有加密，不能装离线版。请用 https 开头的地址打开。", "This address is not encrypted, so the offline version can’t be installed. Open it with https."],
    "E-START": ["离线版没能启动。下面的内容照样能看，存在手机上的东西都还在。", "The offline version did not start. What is on this page still works, and what you kept on the phone is still there."],
    "E-GONE": ["网站刚换了新版。请重新打开这一页。", "The site has just been renewed. Open this page again."],
    "E-PANIC": ["出错了，资料还在。重新打开就能接着用。", "Something went wrong. What you wrote is kept; open the page again to go on."],
    "E-LOOP": ["连着出了两次错，先不启动程序了。资料还在。可以先看下面的内容，或打 12393 问。", "It failed twice in a row, so the program is not started. What you wrote is kept. Read on, or call 12393."],
  };
  function fail(code) {
    me.state = "failed";
    lend(false);
    clear();
    if (!porch) return;
    porch.setAttribute("role", "alert");
    show(WHY[code][en ? 1 : 0], true);
    const c = porch.appendChild(d.createElement("span"));
    c.className = "porch__code"; c.textContent = say("打电话问时报这个号：", "When you call, say: ") + code + " " + SITE.build;
    button(say("重新打开", "Open again"), () => { crashes([]); location.reload(); });
    const a = porch.appendChild(d.createElement("a"));
    a.href = (en ? "/en" : "/") + "?plain"; a.textContent = say("先看不用下载的版本", "Read without downloading");
  }

  // The search box may be written in while the program comes; the program takes the words over.
  const box = d.getElementById("question");
  const lend = (on) => { if (box && box.isConnected) box.disabled = !on; };
  if (box) {
    box.oninput = () => { me.asked = box.value; };
    box.onfocus = () => { me.asking = true; };
    box.onblur = () => setTimeout(() => { if (box.isConnected) me.asking = false; }); // not when the program takes it away
  }

  let lacking = false;
  // Pieces: kept by hash, checked whenever they are read, fetched again until they are right.
  const at = (hash) => "/p/" + hash.slice(0, 32);
  const right = async (bytes, hash) => [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))].map((b) => b.toString(16).padStart(2, "0")).join("") === hash;
  async function kept(hash, size) {
    try {
      const r = await (await caches.open(STORE)).match(at(hash));
      const bytes = r && new Uint8Array(await r.arrayBuffer());
      return bytes && bytes.length === size && await right(bytes, hash) ? bytes : null;
    } catch { return null; }
  }
  async function download([hash, size], fresh, tell) {
    const stop = new AbortController();
    let timer;
    const alive = () => { clearTimeout(timer); timer = setTimeout(() => stop.abort(), 20000); };
    alive();
    try {
      const r = await fetch(at(hash), { signal: stop.signal, redirect: "error", credentials: "omit", cache: fresh ? "reload" : "default" });
      if (r.status === 404 || r.status === 410) throw Object.assign(new Error(), { gone: true });
      if (!r.ok) throw new Error(r.status);
      const reader = r.body.getReader(), bytes = new Uint8Array(size);
      let n = 0;
      for (let part; !(part = await reader.read()).done; n += part.value.length) {
        if (n + part.value.length > size) { stop.abort(); throw new Error("too long"); }
        bytes.set(part.value, n);
        tell((n + part.value.length) / size);
        alive();
      }
      if (n !== size || !await right(bytes, hash)) throw new Error("not the piece asked for");
      try { await (await caches.open(STORE)).put(at(hash), new Response(bytes)); } catch { lacking = true; /* no room: this time only */ }
      return bytes;
    } finally { clearTimeout(timer); }
  }
  // Waits a little longer each time, or until the phone says that it is online again.
  const pause = (tries) => new Promise((go) => {
    const end = () => { clearTimeout(t); w.removeEventListener("online", end); go(); };
    const t = setTimeout(end, Math.min(30000, 500 * 2 ** tries) * (0.5 + Math.random() / 2));
    w.addEventListener("online", end);
  });
  async function piece(p, tell) {
    for (let tries = 0, gone = 0; ; tries++) {
      const bytes = await kept(p[0], p[1]);
      if (bytes) { tell(1, true); return bytes; }
      let moved = false;
      try { return await download(p, tries > 0, (f) => { moved = true; tell(f); }); } catch (e) {
        // A gateway may answer 404 by mistake; believe it only the third time.
        if (e.gone && ++gone === 3) throw e;
        // A line that brought something is worth asking again soon.
        if (moved) tries = 0;
        tell(0);
        await pause(tries);
      }
    }
  }
  // All pieces in order as one stream, a few fetched ahead, compiled while they come.
  function joined(list) {
    const got = list.pieces.map(() => 0), parts = [];
    let fetched = false, i = 0;
    const part = (k) => parts[k] ??= piece(list.pieces[k], (f, was) => {
      got[k] = f * list.pieces[k][2];
      fetched ||= !was;
      if (fetched && me.state === "loading") progress(got.reduce((a, b) => a + b), list.wire);
    });
    return new ReadableStream({
      async pull(c) {
        if (i === list.pieces.length) return c.close();
        for (let k = i + 1; k < Math.min(i + 3, list.pieces.length); k++) part(k).catch(() => {});
        c.enqueue(await part(i));
        parts[i++] = null;
      },
    }, { highWaterMark: 0 });
  }
  async function listed() {
    for (let tries = 0; ; tries++) {
      try {
        const r = await fetch(SITE.program[0], { integrity: SITE.program[1], redirect: "error", cache: tries ? "reload" : "default" });
        if (r.ok) return await r.json();
        if (r.status === 404 && tries > 1) throw Object.assign(new Error(), { gone: true });
      } catch (e) { if (e.gone) throw e; }
      await pause(tries);
    }
  }
  const script = (u) => new Promise((ok, no) => {
    const s = d.createElement("script");
    s.src = types.createScriptURL(u); s.onload = ok; s.onerror = () => { s.remove(); no(new Error(u)); };
    d.head.append(s);
  });
  async function loader() {
    for (let tries = 0; !w.Go; tries++) try { await script(SITE.exec); } catch { await pause(tries); }
  }

  function crashes(set) {
    try {
      if (set) sessionStorage.setItem(CRASHES, JSON.stringify(set));
      return JSON.parse(sessionStorage.getItem(CRASHES) || "[]").filter((t) => t > Date.now() - 300000);
    } catch { return []; }
  }
  async function start() {
    if (new URLSearchParams(location.search).has("plain")) return;
    if (!w.WebAssembly || !w.ReadableStream) return fail("E-WASM");
    if (!w.isSecureContext || !crypto.subtle) return fail("E-HTTP");
    if (crashes().length > 1) return fail("E-LOOP");
    me.state = "loading";
    lend(true);
    const slow = setTimeout(() => { if (!line) show(say("正在打开…", "Opening…")); }, 1000);
    try {
      const [list] = await Promise.all([listed(), loader()]);
      const go = new w.Go();
      const answer = new Response(joined(list), { headers: { "Content-Type": "application/wasm" } });
      const { instance } = WebAssembly.instantiateStreaming ? await WebAssembly.instantiateStreaming(answer, go.importObject)
        : await WebAssembly.instantiate(await answer.arrayBuffer(), go.importObject);
      // The program replaces the first child of body when it takes over.
      const before = d.body.firstElementChild;
      const seen = new MutationObserver(() => {
        if (d.body.firstElementChild === before) return;
        seen.disconnect(); clearTimeout(slow); clear();
        if (me.state === "loading") me.state = "running";
        setTimeout(() => crashes([]), 60000);
        if (!lacking) caches.open(STORE).then((c) => c.put("/p/whole", new Response(SITE.build))).then(() => { me.kept = true; told(); }).catch(() => {});
        newer();
      });
      seen.observe(d.body, { childList: true });
      go.run(instance).then(crashed, crashed);
    } catch (e) {
      clearTimeout(slow);
      console.error(e);
      fail(e && e.gone ? "E-GONE" : "E-START");
    }
  }
  function crashed() {
    const all = crashes();
    crashes([...all, Date.now()]);
    fail(all.length ? "E-LOOP" : "E-PANIC");
  }

  const told = () => w.dispatchEvent(new Event("lixianban:worker"));
  // The worker, and new versions. The page fetches a new program whole before the worker may change.
  async function worker() {
    try { if (!nav.serviceWorker) return; } catch { return; }
    try {
      reg = await nav.serviceWorker.register(types.createScriptURL(SITE.worker), { scope: "/", updateViaCache: "none" });
    } catch (e) { return console.warn("no service worker:", e.message); }
    me.worker = reg.active ? "ready" : "starting";
    told();
    const watch = (s) => s && s.addEventListener("statechange", () => {
      if (s.state === "installed" && reg.waiting && nav.serviceWorker.controller) offer();
      if (s.state === "activated") { me.worker = "ready"; told(); }
    });
    watch(reg.installing);
    reg.addEventListener("updatefound", () => watch(reg.installing));
    if (reg.waiting && nav.serviceWorker.controller) offer();
    nav.serviceWorker.addEventListener("controllerchange", () => { if (asked) location.reload(); });
    if (reg.active) reg.active.postMessage("tidy");
    newer();
  }
  function offer() {
    me.updateReady = true;
    w.goappOnUpdate();
    w.dispatchEvent(new Event("lixianban:update"));
  }
  function apply() {
    if (!reg || !reg.waiting) return false;
    asked = true;
    reg.waiting.postMessage("apply");
    return true;
  }
  let looking = false;
  async function newer() {
    if (looking || !reg || !reg.active || me.state !== "running") return;
    looking = true;
    try {
      const r = await fetch("/program.json", { cache: "no-store", redirect: "error" });
      const list = r.ok ? await r.json() : SITE;
      if (list.build !== SITE.build && list.seq >= SITE.seq) {
        await (await caches.open(STORE)).put("/p/next", new Response(JSON.stringify(list.pieces.map((p) => at(p[0])))));
        for (const p of list.pieces) await piece(p, () => {});
        await reg.update();
      }
    } catch { /* offline, or half renewed: the next opening looks again */ } finally { looking = false; }
  }

  // Old files stay while a page of their build is open; the worker asks for these locks.
  if (nav.locks) nav.locks.request("lixianban-build-" + SITE.build, { mode: "shared" }, () => new Promise(() => {}));
  worker();
  start();
})();
