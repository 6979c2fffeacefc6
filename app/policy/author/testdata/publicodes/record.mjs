// Records what Publicodes asks next, what it says is missing and what it computes, for the rules that
// pack/ re-models: the number of tax shares of a household, and the least pay of two training contracts, from
// modele-social, the French law as data (MIT). From the project's folder:
//
//	npm install --prefix .cache/publicodes --save-exact publicodes@1.10.3 modele-social@11.1.0
//	node app/policy/author/testdata/publicodes/record.mjs > app/policy/author/testdata/publicodes/golden.json
import { createRequire } from "node:module";
import path from "node:path";
import url from "node:url";

const installed = path.resolve(".cache/publicodes/node_modules");
const load = async (name, file) => import(url.pathToFileURL(path.join(installed, name, file)).href);
const require = createRequire(path.join(installed, "x.js"));
const Engine = require("publicodes").default ?? require("publicodes");
const rules = (await load("modele-social", "dist/index.js")).default;
const engine = new Engine(rules, { logger: { log() {}, warn() {}, error() {} } });

// Our name of a question, Publicodes' name, and how its values read there.
const quoted = (v) => `'${v}'`;
const yes = (v) => (v === "yes" ? "oui" : "non");
const years = { 0: "01/09/2025", 1: "01/09/2024", 2: "01/09/2023" };
const household = {
  family: ["impôt . foyer fiscal . situation de famille", ["célibataire", "couple", "veuf"], quoted],
  children: ["impôt . foyer fiscal . enfants à charge", ["0", "1", "2", "3", "5"], (v) => v + " enfant"],
  alone: ["impôt . foyer fiscal . parent isolé", ["yes", "no"], yes],
};
const training = {
  trainee_age: ["salarié . contrat . professionnalisation . âge", ["moins de 21", "de 21 à 25", "de 26 à 44", "plus de 44"], quoted],
  schooling: ["salarié . contrat . professionnalisation . formation", ["moins que bac", "bac ou plus"], quoted],
};
const apprentice = {
  apprentice_age: ["salarié . contrat . apprentissage . âge", ["moins de 18", "de 18 à 20", "de 21 à 25", "plus de 25"], quoted],
  hired: ["salarié . contrat . date d'embauche", ["0", "1", "2"], (v) => years[v]],
};
const work = { salarié: "oui", "salarié . contrat . temps de travail . SMIC": "1000 €/mois", date: "01/12/2025" };
const targets = [
  { service: "shares", target: "impôt . foyer fiscal . nombre de parts", factor: 2, base: {}, questions: household },
  { service: "training", target: "salarié . contrat . professionnalisation . rémunération minimale", factor: 0.1, base: { ...work, "salarié . contrat": "'professionnalisation'" }, questions: training },
  { service: "apprentice", target: "salarié . contrat . apprentissage . rémunération minimale", factor: 0.1, base: { ...work, "salarié . contrat": "'apprentissage'" }, questions: apprentice },
];

// A small generator with a fixed seed, so that the record is the same each time.
let seed = 20261121;
const die = (n) => { seed = (seed * 1103515245 + 12345) % 2147483648; return Math.floor((seed / 2147483648) * n); };

function ask(t, answers) {
  const situation = { ...t.base };
  for (const [id, v] of Object.entries(answers)) situation[t.questions[id][0]] = t.questions[id][2](v);
  engine.setSituation(situation);
  const r = engine.evaluate(t.target);
  const missing = Object.entries(r.missingVariables).sort((a, b) => b[1] - a[1]).map(([name]) => name);
  const ours = missing.flatMap((m) => Object.keys(t.questions).find((id) => t.questions[id][0] === m) ?? []); // not what lies outside pack/: the legal form, the place
  return { missing: ours, value: Math.round(r.nodeValue * t.factor * 1000) / 1000 };
}

const out = [];
for (const t of targets) {
  for (let n = 0; n < 60; n++) {
    const person = {}, partial = {};
    for (const id in t.questions) {
      person[id] = t.questions[id][1][die(t.questions[id][1].length)];
      if (die(2)) partial[id] = person[id];
    }
    const part = ask(t, partial);
    const asked = [], given = {};
    for (;;) {
      const r = ask(t, given), next = r.missing[0];
      if (next === undefined) { out.push({ service: t.service, person, partial, missing: part.missing, asked, value: r.value }); break; }
      asked.push(next);
      given[next] = person[next];
    }
  }
}
console.log("[\n" + out.map((o) => JSON.stringify(o)).join(",\n") + "\n]");
