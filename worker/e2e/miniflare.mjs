// Starts workerd with what the test wrote to stdin as one line of JSON, prints its
// address, and ends when stdin does, so that it can't outlive the test.
import { createInterface } from "node:readline";
import { createRequire } from "node:module";

const { Miniflare, Log, LogLevel } = createRequire(import.meta.url)("miniflare");

const lines = createInterface({ input: process.stdin });
const { value } = await lines[Symbol.asyncIterator]().next();
const plan = JSON.parse(value);

const miniflare = new Miniflare({
  host: "127.0.0.1",
  port: 0,
  cf: false, // asks no other machine
  log: new Log(LogLevel.ERROR),
  handleRuntimeStdio(out, err) {
    out.resume();
    err.pipe(process.stderr);
  },
  compatibilityDate: plan.compatibilityDate,
  modulesRoot: plan.dir,
  modules: plan.modules,
  bindings: plan.vars ?? {},
  d1Databases: plan.databases,
  d1Persist: plan.persist,
  ...(plan.site && {
    assets: {
      directory: plan.site,
      binding: "ASSETS",
      routerConfig: { has_user_worker: true, static_routing: { user_worker: ["/v1/*", "/__test/*"] } },
      assetConfig: { not_found_handling: "404-page" },
    },
  }),
});
console.log(JSON.stringify({ url: (await miniflare.ready).href }));

process.stdin.on("close", async () => {
  await miniflare.dispose();
  process.exit(0);
});
for await (const _ of lines);
