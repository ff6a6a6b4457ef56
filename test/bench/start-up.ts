/**
 * From the start of the process to the first answer, beside an empty Worker.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { demoAccounts, workerWith } from "../../src/cli/accounts.ts";
import type { WranglerConfig } from "../../src/cli/project.ts";
import { ADAPTERS } from "../../src/cli/registry.ts";
import { localSecrets } from "../../src/cli/secrets.ts";
import { LOCAL_ADDRESS, serve } from "../../src/cli/workerd.ts";
import type { Bundles } from "../faults/stage.ts";
import { median } from "./statistics.ts";

const ROUNDS = 15;

/** Sources of a Worker like most. */
const USUAL = ["stripe", "shopify", "clerk"];

/** Milliseconds that such a Worker may cost at the start. */
const BUDGET = 60;

/** A Worker of the same bindings that does nothing. */
const EMPTY = `import { DurableObject } from "cloudflare:workers";
export class AccountObject extends DurableObject {}
export class AccountCopy extends DurableObject {}
export default { fetch: () => new Response("here") };
`;

/** What start-up costs. */
export async function startUp(bundles: Bundles, directory: string): Promise<readonly string[]> {
  const file = join(directory, "empty.js");
  writeFileSync(file, EMPTY);
  const worker = workerWith(demoAccounts());
  const sources = Object.fromEntries(USUAL.map((name) => [name, {}]));
  const usual = { ...worker, vars: { ...worker.vars, ACCOUNTS: { demo: { region: "us", sources } } } };
  const times = { empty: [0], usual: [0], all: [0] };
  // By turns, so that whatever else the machine does slows all.
  for (let round = 0; round < ROUNDS; round += 1) {
    times.empty.push(await timed(usual, file, directory));
    times.usual.push(await timed(usual, bundles.worker, directory));
    times.all.push(await timed(worker, bundles.worker, directory));
  }
  const base = median(times.empty.slice(1));
  const more = (which: readonly number[]): string => `${(median(which.slice(1)) - base).toFixed(0)} ms more`;
  const isOver = median(times.usual.slice(1)) - base > BUDGET;
  return [
    `start-up to the first answer, median of ${ROUNDS}`,
    `  an empty Worker ${base.toFixed(0)} ms; with ${USUAL.length} sources ${more(times.usual)} (budget ${BUDGET} ms${isOver ? ": EXCEEDED" : ""}); with sources of all ${ADAPTERS.size} adapters, in two accounts, ${more(times.all)}`,
  ];
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
  await (await fetch(`http://${LOCAL_ADDRESS}:${server.port}/healthz`)).text();
  const took = performance.now() - begun;
  await server.stop();
  return took;
}
