/**
 * The metrics, read by the Python client of Prometheus: its parser of OpenMetrics is the reference, and refuses what the specification does not allow.
 * Debian has it as python3-prometheus-client.
 * @see https://prometheus.io/docs/specs/om/open_metrics_spec/
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { demoAccounts } from "../../src/cli/accounts.ts";
import { type Local, startLocal } from "../../src/cli/local.ts";
import { localSecrets } from "../../src/cli/secrets.ts";
import { start } from "../../src/cli/start.ts";

const PARSER = `
import json, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
families = text_string_to_metric_families(sys.stdin.read())
print(json.dumps([
  {"name": f.name, "type": f.type, "unit": f.unit, "help": f.documentation,
   "samples": [{"name": s.name, "labels": s.labels, "value": str(s.value)} for s in f.samples]}
  for f in families]))
`;

interface Family {
  readonly name: string;
  readonly type: string;
  readonly unit: string;
  readonly help: string;
  readonly samples: readonly { readonly name: string; readonly labels: Record<string, string>; readonly value: string }[];
}

// Debian's own Python has Debian's packages; another one may come first in the path.
const python = ["/usr/bin/python3", "python3"].find(
  (file) => spawnSync(file, ["-c", "import prometheus_client.openmetrics.parser"]).status === 0,
);
const skip = python === undefined && "there is no prometheus_client: apt-get install python3-prometheus-client";

function judge(text: string): readonly Family[] {
  const { status, stdout, stderr } = spawnSync(python ?? "", ["-c", PARSER], { input: text, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr.trim().split("\n").at(-1));
  const families: readonly Family[] = JSON.parse(stdout);
  return families;
}

let local: Local;
let exposition = "";
const directory = mkdtempSync(join(tmpdir(), "tributary-judges-"));

before(async () => {
  const started = await startLocal({
    ports: { worker: 0, sandbox: 0 },
    directory,
    accounts: () => ({ ok: true, accounts: demoAccounts() }),
    secrets: localSecrets,
    print: () => undefined,
  });
  if (!started.ok) throw new Error(started.problem);
  local = started.local;
  const send = (...flags: readonly string[]) =>
    start(["send", "stripe", "customer.created", "--to", local.urls.worker, ...flags]);
  assert.equal(await send(), 0);
  assert.equal(await send("--duplicate"), 0);
  assert.equal(await send("--tamper"), 0);
  const answer = await fetch(`${local.urls.worker}/metrics`);
  assert.equal(answer.headers.get("content-type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
  exposition = await answer.text();
});

after(async () => {
  await local?.stop();
  rmSync(directory, { recursive: true, force: true });
});

test("they are OpenMetrics, each with its type, its unit and what it means", { skip }, () => {
  const families = judge(exposition);
  const names = families.map(({ name }) => name);
  assert.ok(families.length > 10, names.join());
  assert.equal(new Set(names).size, names.length);
  for (const { name, type, unit, help, samples } of families) {
    assert.match(name, /^tributary_/);
    assert.ok(["counter", "gauge", "histogram"].includes(type), `${name} is a ${type}`);
    assert.ok(unit === "" || name.endsWith(`_${unit}`), name);
    assert.ok(help.length > 10 && samples.length > 0, name);
  }
});

test("what was sent is counted", { skip }, () => {
  const samples = judge(exposition).flatMap((family) => family.samples);
  const count = (name: string, labels: Record<string, string>) =>
    samples.find((sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value))
      ?.value;
  const stripe = { account: "demo", source: "stripe" };
  assert.equal(count("tributary_ledger", { ...stripe, state: "received" }), "3");
  assert.equal(count("tributary_ledger", { ...stripe, state: "duplicate" }), "1");
  assert.equal(count("tributary_ledger_balance", stripe), "0");
});

test("the judge refuses what is none", { skip }, () => {
  for (const broken of [
    exposition.replace("# EOF\n", ""),
    exposition.replace(/_total(?=[{ ])/, ""),
    exposition.replace(/^# TYPE .*\n/, "$&$&"),
    `${exposition}tributary_late 1\n`,
  ])
    assert.throws(() => judge(broken));
});
