/**
 * `npm run test:faults [-- name …]`: what the project promises, tried on the built Worker under faults.
 * FAULTS_WEBHOOKS says how many webhooks a flood has.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { killedUnderLoad, killedWhileFlushing } from "./crashes.ts";
import { down, flapping, refusing } from "./destination.ts";
import { backlog, oneSourceRefused, poison, refused } from "./floods.ts";
import type { Figures } from "./reckoning.ts";
import { slowSenders } from "./slow.ts";
import { type Bundles, makeBundles } from "./stage.ts";
import { fullDisk, killedWhileCompacting, newerSchema, twins } from "./storage.ts";

const FLOOD = Number(process.env.FAULTS_WEBHOOKS ?? 100_000);

/** A scenario, and what else is to be said of it once it is over. */
interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly run: (bundles: Bundles, note: (text: string) => void) => Promise<Figures>;
  /** The negative control: it must lose. */
  readonly mustLose?: boolean;
}

const SCENARIOS: readonly Scenario[] = [
  { name: "kill", title: "kill -9 under load, 20 times", run: (bundles) => killedUnderLoad(bundles, 20) },
  {
    name: "control",
    title: "control: acknowledges first",
    run: (bundles) => killedUnderLoad(bundles, 5, "ack-first"),
    mustLose: true,
  },
  { name: "flush", title: "kill -9 while a batch is sent, 10 times", run: (bundles) => killedWhileFlushing(bundles, 10) },
  { name: "down", title: "destination gone for 30 minutes", run: (bundles) => down(bundles) },
  { name: "flapping", title: "destination flapping", run: (bundles) => flapping(bundles) },
  { name: "400", title: "400 to everything for 30 minutes", run: (bundles, note) => refusing(bundles, 400, note) },
  { name: "401", title: "401 for 30 minutes", run: (bundles, note) => refusing(bundles, 401, note) },
  { name: "disk", title: "storage refuses writes, twice", run: (bundles, note) => fullDisk(bundles, note) },
  { name: "twins", title: "each delivered twice at one instant", run: (bundles) => twins(bundles, 2_000) },
  { name: "schema", title: "newer schema, and back", run: (bundles, note) => newerSchema(bundles, note) },
  {
    name: "compact",
    title: "kill -9 while the database moves, 15 times",
    run: (bundles, note) => killedWhileCompacting(bundles, 15, note),
  },
  {
    name: "slow",
    title: "50 slow senders beside another account",
    run: (bundles, note) => slowSenders(bundles, 50, note),
  },
  { name: "refused", title: "one in twenty refused with 400", run: (bundles, note) => refused(bundles, 1_000, note) },
  {
    name: "source",
    title: "all of one source refused for a while",
    run: (bundles, note) => oneSourceRefused(bundles, 2_000, note),
  },
  {
    name: "backlog",
    title: `a backlog of ${FLOOD.toLocaleString("en")} drained`,
    run: (bundles, note) => backlog(bundles, FLOOD, note),
  },
  {
    name: "poison",
    title: `${FLOOD.toLocaleString("en")} poison beside another source`,
    run: (bundles, note) => poison(bundles, FLOOD, note),
  },
];

const COLUMNS = ["acknowledged", "delivered", "dead", "lost", "sent twice", "out of order", "seconds"] as const;
const FIRST = 40;
const row = (title: string, cells: readonly (string | number)[]) =>
  title.padEnd(FIRST) + cells.map((cell, index) => String(cell).padStart(Math.max(COLUMNS[index]?.length ?? 0, 7) + 2)).join("");
const say = (text: string) => process.stdout.write(`${text}\n`);

/** @param names of scenarios; all of them when empty @returns the exit code */
export async function run(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !SCENARIOS.some((scenario) => scenario.name === name));
  if (unknown.length > 0) {
    say(`There is no ${unknown.join(", ")}. There are: ${SCENARIOS.map(({ name }) => name).join(", ")}`);
    return 2;
  }
  const directory = mkdtempSync(join(tmpdir(), "tributary-builds-"));
  try {
    const bundles = await makeBundles(directory);
    say(row("", COLUMNS));
    let failures = 0;
    for (const scenario of SCENARIOS) {
      if (names.length === 0 || names.includes(scenario.name)) failures += await play(scenario, bundles);
    }
    say(failures === 0 ? "Nothing is lost, nothing out of order, and the ledger balances." : `${failures} failures`);
    return failures === 0 ? 0 : 1;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** @returns how many things were not as promised */
async function play({ title, run, mustLose = false }: Scenario, bundles: Bundles): Promise<number> {
  const begun = Date.now();
  const notes: string[] = [];
  const { acknowledged, delivered, dead, lost, sentTwice, outOfOrder, problems } = await run(bundles, (text) => notes.push(text));
  const seconds = ((Date.now() - begun) / 1000).toFixed(1);
  say(row(title, [acknowledged, delivered, dead, lost, sentTwice, outOfOrder, seconds]));
  for (const note of notes) say(`    ${note}`);
  const honest = [...(lost + outOfOrder > 0 ? ["something is lost or out of order"] : []), ...problems];
  const control = lost > 0 ? [] : ["the control lost nothing: this suite would not see a loss"];
  const failures = mustLose ? control : honest;
  for (const failure of failures) say(`    FAILED: ${failure}`);
  return failures.length;
}
