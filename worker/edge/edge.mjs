// The edge's entry. It takes the place of the library's worker.mjs, which starts the
// Go program anew for each request (about 15 ms of CPU, of which the free plan allows
// 10) and whose glue answers HEAD with a 500.
import "./worker.mjs"; // for what it sets up: wasm_exec.js and globalThis.tryCatch
import { createRuntimeContext, loadModule } from "./runtime.mjs";
import * as documents from "./documents.mjs";

// A program serves one request at a time, since workerd forbids that one request's
// promise is settled while another's code runs; when its answer is complete it
// waits in idle for the next. Each takes 6 to 12 MB of the isolate's 128.
const idle = [];
const leases = new Set();
const mostPrograms = 6;

// The library was made for programs of one request and lets go of nothing: each
// request leaves some 25 KB of its memory taken, so a program is given up after this many.
const mostServed = 100;

// A request that the runtime ends runs no finally, so a lease ends by itself, after
// more than the 30 s that D1 takes at the longest.
const leaseLife = 40_000;
const patience = 10_000;

async function start(env) {
  const go = new Go();
  const binding = {};
  const ready = Promise.withResolvers();
  const instance = new WebAssembly.Instance(await loadModule(), { ...go.importObject, workers: { ready: ready.resolve } });
  const exited = go.run(instance, createRuntimeContext({ env: { ...documents, ...env }, ctx: undefined, binding })).then(() => {
    throw new Error("the Go program ended");
  });
  exited.catch(() => {});
  await Promise.race([ready.promise, exited]);
  return { binding, exited, served: 0 };
}

// lease waits for a place. It polls: a request that only waits for another's promise
// counts as hung and is ended.
async function lease() {
  const begin = Date.now();
  for (;;) {
    for (const old of leases) if (Date.now() - old.since > leaseLife) leases.delete(old);
    if (leases.size < mostPrograms) break;
    if (Date.now() - begin > patience) throw new Error("all programs are busy");
    await scheduler.wait(10);
  }
  const mine = { since: Date.now() };
  leases.add(mine);
  return mine;
}

// use runs one call of a program to its end. After an error the program is not used again.
async function use(env, call) {
  const mine = await lease();
  try {
    const program = idle.pop() ?? (await start(env));
    const result = await Promise.race([call(program.binding), program.exited]);
    if (++program.served < mostServed) idle.push(program);
    return result;
  } finally {
    leases.delete(mine);
  }
}

// The counter takes at most 512 KB; past that it needs to see only that there is more.
const most = 512 * 1024 + 1;

// whole reads a request's body before Go runs. Without this an answer that doesn't
// need the body (415, 405) closes the connection on a phone that is still sending,
// and the phone sees a reset instead of the answer.
async function whole(request) {
  if (request.body === null) return request;
  const chunks = [];
  let size = 0;
  for await (const chunk of request.body) {
    if (size < most) chunks.push(chunk);
    size += chunk.length;
    if (size > 4 * most) break; // whoever sends megabytes may see the reset
  }
  return new Request(request, { body: await new Blob(chunks).arrayBuffer() });
}

// answer asks the counter. A HEAD is asked as a GET and its body dropped: the glue
// would announce a length and send nothing, which workerd turns into a 500. The body
// is read here so that the program is at rest when it is put back.
async function answer(request, env) {
  const head = request.method === "HEAD";
  const asked = head ? new Request(request, { method: "GET" }) : await whole(request);
  return use(env, async (binding) => {
    const response = await binding.handleRequest(asked);
    const body = response.body && (await response.arrayBuffer());
    return new Response(head ? null : body, response);
  });
}

const busy = (retry) =>
  new Response(`{"type":"/problems/busy","title":"The counter is busy: wait for Retry-After and send it again.","status":503,"code":"busy"}\n`, {
    status: 503,
    headers: {
      "Content-Type": "application/problem+json",
      "Retry-After": String(retry),
      "Cache-Control": "no-store",
      "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      "X-Content-Type-Options": "nosniff",
    },
  });

// fetch finishes what it has begun also when the phone has hung up: the line breaks
// often, and what is stored by then is answered at the next try (F26).
async function fetch(request, env, ctx) {
  const answered = answer(request, env).catch((error) => {
    console.error("edge:", error.message);
    return busy(5);
  });
  ctx.waitUntil(answered);
  return answered;
}

const scheduled = (event, env) => use(env, (binding) => binding.runScheduler(event));

export default { fetch, scheduled };
