/**
 * From the start of the process to the first answer at a hook, beside an empty Worker; and the size of the upload.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { demoAccounts, workerWith } from "../../src/cli/accounts.ts";
import { bundle, ENTRIES, modulesOf } from "../../src/cli/bundle.ts";
import type { WranglerConfig } from "../../src/cli/project.ts";
import { ADAPTERS } from "../../src/cli/registry.ts";
import { localSecrets } from "../../src/cli/secrets.ts";
import { LOCAL_ADDRESS, serve } from "../../src/cli/workerd.ts";
import type { Bundles } from "../faults/stage.ts";
import { type Section, shown } from "./figures.ts";
import { median } from "./statistics.ts";

const ROUNDS = 15;

/** Sources of a Worker like most. */
const USUAL = ["stripe", "shopify", "clerk"];

/** Milliseconds that such a Worker may cost at the start. */
const BUDGET = 60;

/** Kilobytes that the whole upload may have, compressed. */
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
  const sources = Object.fromEntries(USUAL.map((name) => [name, {}]));
  const usual = { ...worker, vars: { ...worker.vars, ACCOUNTS: { demo: { region: "us", sources } } } };
  const rounds = isQuick ? 5 : ROUNDS;
  const configured = await bundle(ENTRIES.worker, join(directory, "configured"), true, new Set(USUAL));
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
    how: `From the start of the process to the first answer at the URL of a hook, median of ${rounds}, beside an empty Worker with the same bindings.`,
    tables: [
      [
        ["", "ms"],
        ["an empty Worker", shown(base)],
        [`more with ${USUAL.length} sources`, shown(more(times.usual))],
        ["the same, built with --configured", shown(more(times.configured))],
        ...(isQuick ? [] : [[`more with sources of all ${ADAPTERS.size} adapters, in two accounts`, shown(more(times.all))]]),
      ],
      [
        ["", "KB"],
        [`the whole upload, ${modules.length} modules`, shown(size / 1_000)],
        ["its main module", shown((modules[0]?.byteLength ?? 0) / 1_000)],
        ["the whole upload, gzip", shown(gzip / 1_000)],
        ["the same, built with --configured", shown(configured.gzipSize / 1_000)],
      ],
    ],
    figures: [
      {
        id: "start",
        name: `Start-up with ${USUAL.length} sources, over an empty Worker`,
        value: more(times.usual),
        unit: "ms",
        goal: { atMost: BUDGET },
      },
      { id: "bundle", name: "The whole upload, gzip", value: gzip / 1_000, unit: "KB", goal: { atMost: LARGEST } },
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
