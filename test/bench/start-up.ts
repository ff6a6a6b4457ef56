/**
 * From the start of the process to the first answer at a hook, beside an empty Worker; and the size of the upload.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { demoAccounts, workerWith } from "../../src/cli/accounts.ts";
import { BUDGETS, bundle, ENTRIES, modulesOf } from "../../src/cli/bundle.ts";
import { USUAL_SOURCES } from "../../src/cli/examples.ts";
import type { WranglerConfig } from "../../src/cli/project.ts";
import { ADAPTERS } from "../../src/cli/registry.ts";
import { localSecrets } from "../../src/cli/secrets.ts";
import { LOCAL_ADDRESS, serve } from "../../src/cli/workerd.ts";
import type { Bundles } from "../faults/stage.ts";
import { type Section, shown } from "./figures.ts";
import { median } from "./statistics.ts";

const ROUNDS = 15;

/** Milliseconds that such a Worker may cost at the start. */
const BUDGET = 60;

/** Kilobytes that its upload may have, compressed. */
const LARGEST = 300;

/** A Worker of the same bindings that does nothing. */
const EMPTY = `import { DurableObject } from "cloudflare:workers";
export class AccountObject extends DurableObject {}
export class AccountCopy extends DurableObject {}
export class AccountDirectory extends DurableObject {}
export default { fetch: () => new Response("here") };
`;

/** What start-up costs. @param isQuick fewer rounds */
export async function startUp(bundles: Pick<Bundles, "worker">, directory: string, isQuick: boolean): Promise<Section> {
  const file = join(directory, "empty.js");
  writeFileSync(file, EMPTY);
  const worker = workerWith(demoAccounts());
  const sources = Object.fromEntries(USUAL_SOURCES.map((name) => [name, {}]));
  const usual = { ...worker, vars: { ...worker.vars, ACCOUNTS: { demo: { region: "us", sources } } } };
  const rounds = isQuick ? 5 : ROUNDS;
  const configured = await bundle(ENTRIES.worker, join(directory, "configured"), true, new Set(USUAL_SOURCES));
  if (!configured.ok) throw new Error(configured.output);
  const times: Record<"empty" | "usual" | "configured" | "all", number[]> = { empty: [], usual: [], configured: [], all: [] };
  // By turns, so that whatever else the machine does slows all.
  for (let round = 0; round < rounds; round += 1) {
    times.empty.push(await timed(usual, file, directory));
    times.usual.push(await timed(usual, bundles.worker, directory));
    times.configured.push(await timed(usual, configured.file, directory));
    if (!isQuick) times.all.push(await timed(worker, bundles.worker, directory));
  }
  const base = median(times.empty);
  const more = (which: readonly number[]): number => median(which) - base;
  const folder = dirname(bundles.worker);
  const modules = modulesOf(bundles.worker).map((name) => readFileSync(join(folder, name)));
  const size = Buffer.concat(modules).byteLength;
  const gzip = gzipSync(Buffer.concat(modules)).byteLength;
  return {
    title: "Start-up and size",
    how: `From the start of the process to the first answer at the URL of a hook, median of ${rounds}, beside an empty Worker with the same bindings. What is deployed has the adapters of its declared sources, and all where there is a directory of accounts.`,
    tables: [
      [
        ["", "ms"],
        ["an empty Worker", shown(base)],
        [`more with ${USUAL_SOURCES.length} sources, as it is deployed`, shown(more(times.configured))],
        ["the same, all adapters in the upload", shown(more(times.usual))],
        ...(isQuick ? [] : [[`more with sources of all ${ADAPTERS.size} adapters, in two accounts`, shown(more(times.all))]]),
      ],
      [
        ["", "KB"],
        [
          `the upload with ${USUAL_SOURCES.length} sources, ${configured.modules} modules, gzip`,
          shown(configured.gzipSize / 1_000),
        ],
        ["the same, uncompressed", shown(configured.size / 1_000)],
        [`with all ${ADAPTERS.size} adapters, for a directory of accounts, ${modules.length} modules, gzip`, shown(gzip / 1_000)],
        ["the same, uncompressed", shown(size / 1_000)],
      ],
    ],
    figures: [
      {
        id: "start",
        name: `Start-up with ${USUAL_SOURCES.length} sources, over an empty Worker`,
        value: more(times.configured),
        unit: "ms",
        goal: { atMost: BUDGET },
      },
      {
        id: "bundle",
        name: `The upload with ${USUAL_SOURCES.length} sources, gzip`,
        value: configured.gzipSize / 1_000,
        unit: "KB",
        goal: { atMost: LARGEST },
      },
      {
        id: "bundle.all",
        name: "The upload with all adapters, gzip",
        value: gzip / 1_000,
        unit: "KB",
        goal: { atMost: BUDGETS.worker / 1_000 },
      },
    ],
  };
}

let started = 0;

async function timed(config: WranglerConfig, file: string, directory: string): Promise<number> {
  started += 1;
  const folder = join(directory, `start-${started}`);
  mkdirSync(folder);
  const begun = performance.now();
  const secrets = localSecrets();
  const server = await serve(
    { config, file, port: 0, state: join(folder, "state"), secrets, runtime: "local", sandbox: null },
    () => {},
  );
  await (await fetch(`http://${LOCAL_ADDRESS}:${server.port}/hooks/demo/stripe`)).text();
  const took = performance.now() - begun;
  await server.stop();
  return took;
}
