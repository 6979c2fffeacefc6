// The edge's entry: the library's, with this deployment's documents in its env and
// with two things done here that its glue to Go does badly.
import worker from "./worker.mjs";
import * as documents from "./documents.mjs";

// The counter takes at most 512 KB; past that it needs to see only that there is more.
const most = 512 * 1024 + 1;

// whole reads a request's body before Go runs. Without this an answer that doesn't
// need the body (415, 405) closes the connection on a phone that is still sending,
// and the phone sees a reset instead of the answer; and each chunk would cost a
// round trip between JavaScript and Go.
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

// A HEAD is asked as a GET and its body dropped: the glue gives a response that
// announces a length and then sends nothing, which workerd turns into a 500.
async function fetch(request, env, ctx) {
  const full = { ...documents, ...env };
  if (request.method !== "HEAD") return worker.fetch(await whole(request), full, ctx);
  const response = await worker.fetch(new Request(request, { method: "GET" }), full, ctx);
  await response.body?.cancel();
  return new Response(null, response);
}

const scheduled = (event, env, ctx) => worker.scheduled(event, { ...documents, ...env }, ctx);

export default { fetch, scheduled };
