// The edge's entry for tests: D1 fails when told to, and rows can be counted.
import edge from "./edge.mjs";

let fault = { kind: "", times: 0 };

// faults say what D1 would have said, and do before it what D1 would have done.
const faults = {
  "after-commit": async (db, list) => {
    await db.batch(list);
    throw new Error("D1_ERROR: Network connection lost.");
  },
  "before-commit": async () => {
    throw new Error("D1_ERROR: Network connection lost.");
  },
  "last-statement": (db, list) => db.batch([...list, db.prepare("INSERT INTO meta (name, value) VALUES ('fault', NULL)")]),
  overloaded: async () => {
    throw new Error("D1_ERROR: D1 DB is overloaded. Requests queued for too long.");
  },
  slow: async (db, list) => {
    await scheduler.wait(500);
    return db.batch(list);
  },
  timeout: async () => {
    throw new Error("D1_ERROR: D1 DB storage operation exceeded timeout which caused object to be reset.");
  },
};

const failing = (db) => ({
  prepare: (sql) => db.prepare(sql),
  batch(list) {
    if (fault.times === 0) return db.batch(list);
    fault.times--;
    return faults[fault.kind](db, list);
  },
});

const tests = {
  "/__test/fault": async (body) => {
    fault = body;
    return {};
  },
  "/__test/tidy": async (_, env, ctx) => {
    await edge.scheduled({ scheduledTime: Date.now(), cron: "17 * * * *" }, env, ctx);
    return {};
  },
  "/__test/sql": async (body, env) => {
    const results = await env.DB.batch(body.map((s) => env.DB.prepare(s.sql).bind(...(s.args ?? []))));
    return results.map((r) => r.results);
  },
};

export default {
  async fetch(request, env, ctx) {
    const test = tests[new URL(request.url).pathname];
    if (test) return Response.json(await test(await request.json(), env, ctx));
    return edge.fetch(request, { ...env, DB: failing(env.DB) }, ctx);
  },
  scheduled: (event, env, ctx) => edge.scheduled(event, env, ctx),
};
