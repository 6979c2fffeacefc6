// Measures one rule of twelve conditions in each engine; see main.go. Dates are day numbers, with
// addMonths and addDays of our own for the peers that have none; ZEN uses its own dates.
import fs from "node:fs";
import path from "node:path";
import url from "node:url";
import { createRequire } from "node:module";

const here = path.dirname(url.fileURLToPath(import.meta.url));
const require = createRequire(path.join(here, "node_modules", "x"));

// ---- the rule, for the peers

const day = (s) => Date.UTC(+s.slice(0, 4), +s.slice(5, 7) - 1, +s.slice(8)) / 864e5;
const addMonths = (d, n) => {
  const t = new Date(d * 864e5);
  const first = Date.UTC(t.getUTCFullYear(), t.getUTCMonth() + n, 1);
  const next = new Date(Date.UTC(t.getUTCFullYear(), t.getUTCMonth() + n + 1, 0)).getUTCDate();
  return first / 864e5 + Math.min(t.getUTCDate(), next) - 1;
};
const facts = {
  today: day("2026-11-21"), birth: day("1980-05-31"), status: "resident", permit: day("2027-01-01"), paid: 40, gap: 3, ended: true,
  ended_on: day("2026-08-31"), registered: day("2026-09-05"), income: 80000, dependants: 2, student: false, disabled: false, reason: "quit",
};
const rule = (name) => ({ var: name });
const v = rule;
const logic = { and: [
  { "<=": [{ addMonths: [v("birth"), 192] }, v("today")] },
  { "<": [v("today"), { addMonths: [v("birth"), 780] }] },
  { in: [v("status"), ["citizen", "resident", "refugee"]] },
  { or: [{ "==": [v("status"), "citizen"] }, { ">=": [v("permit"), v("today")] }] },
  { ">=": [v("paid"), 12] },
  { "<=": [v("gap"), 24] },
  { "==": [v("ended"), true] },
  { "<=": [v("ended_on"), v("registered")] },
  { "<=": [v("registered"), { addMonths: [v("ended_on"), 6] }] },
  { "<": [v("income"), { "+": [90000, { "*": [25000, v("dependants")] }] }] },
  { or: [{ "!": [v("student")] }, v("disabled")] },
  { "<=": [{ "+": [v("registered"), { if: [{ "==": [v("reason"), "quit"] }, 30, 7] }] }, v("today")] },
] };

async function jsonLogic() {
  const { LogicEngine } = require("json-logic-engine");
  const e = new LogicEngine();
  e.addMethod("addMonths", ([d, n]) => addMonths(d, n));
  if (e.run(logic, facts) !== true) throw new Error("json-logic-engine says no");
  return (n) => { for (let i = 0; i < n; i++) { facts.income = 80000 + (i & 15); e.run(logic, facts); } };
}

async function jsonRules() {
  const { Engine } = require("json-rules-engine");
  const e = new Engine();
  e.addOperator("grown", (d, { today, months }) => addMonths(d, months) <= today);
  e.addOperator("within", (d, { from, months }) => d <= addMonths(from, months));
  e.addOperator("below", (x, dependants) => x < 90000 + 25000 * dependants);
  e.addOperator("waited", (d, { reason, today }) => d + (reason === "quit" ? 30 : 7) <= today);
  const is = (fact, operator, value) => ({ fact, operator, value });
  const ref = (fact) => ({ fact });
  e.addRule({ event: { type: "yes" }, conditions: { all: [
    is("birth", "grown", { today: facts.today, months: 192 }),
    { not: is("birth", "grown", { today: facts.today, months: 780 }) },
    is("status", "in", ["citizen", "resident", "refugee"]),
    { any: [is("status", "equal", "citizen"), is("permit", "greaterThanInclusive", ref("today"))] },
    is("paid", "greaterThanInclusive", 12),
    is("gap", "lessThanInclusive", 24),
    is("ended", "equal", true),
    is("ended_on", "lessThanInclusive", ref("registered")),
    is("registered", "within", { from: facts.ended_on, months: 6 }),
    is("income", "below", ref("dependants")),
    { any: [is("student", "equal", false), is("disabled", "equal", true)] },
    is("registered", "waited", { reason: facts.reason, today: facts.today }),
  ] } });
  const { events } = await e.run(facts);
  if (events.length !== 1) throw new Error("json-rules-engine says no");
  return async (n) => { for (let i = 0; i < n; i++) { facts.income = 80000 + (i & 15); await e.run(facts); } };
}

async function zen() {
  const { evaluateExpressionSync } = require("@gorules/zen-engine");
  const expr = `d(birth).add(192, 'month') <= d(today) and d(today) < d(birth).add(780, 'month') and status in ['citizen', 'resident', 'refugee']
    and (status == 'citizen' or d(permit) >= d(today)) and paid >= 12 and gap <= 24 and ended and d(ended_on) <= d(registered)
    and d(registered) <= d(ended_on).add(6, 'month') and income < 90000 + 25000 * dependants and (not student or disabled)
    and d(registered).add(reason == 'quit' ? 30 : 7, 'day') <= d(today)`;
  const ctx = { ...facts, today: "2026-11-21", birth: "1980-05-31", permit: "2027-01-01", ended_on: "2026-08-31", registered: "2026-09-05" };
  const first = evaluateExpressionSync(expr, ctx);
  if (first !== true) throw new Error("ZEN says " + JSON.stringify(first));
  return (n) => { for (let i = 0; i < n; i++) { ctx.income = 80000 + (i & 15); evaluateExpressionSync(expr, ctx); } };
}

// ---- ours

async function ours(execPath) {
  globalThis.require = require; globalThis.fs = fs; globalThis.path = path;
  require(execPath);
  const go = new Go();
  const { instance } = await WebAssembly.instantiate(fs.readFileSync(path.join(here, "bench.wasm")), go.importObject);
  go.run(instance);
  const engine = open(fs.readFileSync(path.join(here, "twelve.lxp")), fs.readFileSync(path.join(here, "national.lxp")), fs.readFileSync(path.join(here, "all.lxp")));
  engine.evaluate(1);
  if (engine.holds() !== true) throw new Error("our engine says no");
  return engine;
}

// ---- measuring

// batch finds how many repeats take about 2 ms, on a machine that may be busy.
async function batch(f) {
  for (let n = 1; ; n *= 2) {
    let best = Infinity;
    for (let k = 0; k < 5; k++) {
      const t = performance.now();
      await f(n);
      best = Math.min(best, performance.now() - t);
    }
    if (best > 2) return n;
  }
}

const engine = await ours(process.argv[2]);
const contenders = [
  ["ours: evaluate", engine.evaluate], ["ours: evaluate + next question + trace, all answered", engine.settled],
  ["ours: the same with one question open", engine.open],
  ["json-logic-engine 5.0.7: evaluate", await jsonLogic()], ["json-rules-engine 7.3.1: evaluate", await jsonRules()], ["ZEN 0.54.0 (native): evaluate", await zen()],
  ["ours: whole resident-stop, evaluate + next question", engine.stop], ["ours: load and check the national pack", engine.load],
  ["ours: load and check it with all regions", engine.all],
].map(([name, f]) => ({ name, f, best: Infinity }));
for (const c of contenders) { await c.f(2000 / (c.name.includes("load") ? 200 : 1)); c.n = await batch(c.f); }
const rounds = +(process.env.ROUNDS || 150);
for (let r = 0; r < rounds; r++) {
  for (const c of contenders) {
    const t = performance.now();
    await c.f(c.n);
    c.best = Math.min(c.best, (performance.now() - t) / c.n);
  }
}
const whole = contenders[1].best, open1 = contenders[2].best;
console.log("engine".padEnd(54), "µs".padStart(10), "÷ answered".padStart(12), "÷ one open".padStart(12));
for (const c of contenders) {
  console.log(c.name.padEnd(54), (c.best * 1e3).toFixed(c.best > 1 ? 0 : 3).padStart(10), (c.best / whole).toFixed(2).padStart(12), (c.best / open1).toFixed(2).padStart(12));
}
process.exit(0);
