/**
 * Whether acknowledging stays as fast as it was: with more webhooks kept in one account, and with more accounts. And what the process needs of memory.
 */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "./client.ts";
import { type Contender, startWorker } from "./contenders.ts";
import { type Section, shown } from "./figures.ts";
import { requestsOf } from "./samples.ts";
import { median } from "./statistics.ts";

const ACCOUNTS = [1, 20, 200];
const ROUNDS = 3;
const WEBHOOKS = 2_000;

/** How many webhooks are kept at the end. `BENCH_KEPT=1000000` takes a quarter of an hour more. */
const KEPT = Number(process.env.BENCH_KEPT) || 100_000;

/** How many are made and sent at a time while an account is filled. */
const AT_ONCE = 5_000;

/** A limit that both may cost, as a part of the speed at the beginning. */
const GOAL = { atLeast: 0.9 };

/** Measures growth. @param file the bundled Worker */
export async function growing(file: string, directory: string): Promise<Section> {
  const fresh = await started(file, directory, "fresh", 1);
  const full = await started(file, directory, "full", 1);
  for (let kept = 0; kept < KEPT; kept += AT_ONCE) await one(full, Math.min(AT_ONCE, KEPT - kept), 1, 64);
  const memory = { full: megabytes(full.server.pid), fresh: 0 };
  const kept = await inTurn([
    [fresh, 1],
    [full, 1],
  ]);
  memory.fresh = megabytes(fresh.server.pid);
  await fresh.server.stop();
  await full.server.stop();

  const contenders: (readonly [Contender, number])[] = [];
  for (const accounts of ACCOUNTS) contenders.push([await started(file, directory, `accounts-${accounts}`, accounts), accounts]);
  const byAccounts = await inTurn(contenders);
  const needs = contenders.map(([{ server }]) => megabytes(server.pid));
  for (const [{ server }] of contenders) await server.stop();

  const [empty = 0, grown = 0] = kept;
  const [single = 0] = byAccounts;
  return {
    title: "Growth",
    how: `Stripe events over 16 connections, nothing delivered; medians of ${ROUNDS} rounds by turns. Memory is that of the whole process afterwards.`,
    tables: [
      [
        ["", "acknowledged a second", "MB of memory"],
        ["hardly any webhooks kept", shown(empty), shown(memory.fresh)],
        [`${shown(KEPT)} webhooks kept`, shown(grown), shown(memory.full)],
        ...ACCOUNTS.map((accounts, index) => [
          `${accounts} account${accounts === 1 ? "" : "s"}`,
          shown(byAccounts[index] ?? 0),
          shown(needs[index] ?? 0),
        ]),
      ],
    ],
    figures: [
      { id: "kept", name: `Acknowledged with ${shown(KEPT)} webhooks kept, to none`, value: grown / empty, unit: "", goal: GOAL },
      {
        id: "accounts",
        name: `Acknowledged with up to ${ACCOUNTS.at(-1)} accounts, to one, the slowest`,
        value: Math.min(...byAccounts) / single,
        unit: "",
        goal: GOAL,
      },
    ],
  };
}

function started(file: string, directory: string, name: string, accounts: number): Promise<Contender> {
  mkdirSync(join(directory, name));
  return startWorker({ file, state: join(directory, name, "state"), accounts });
}

/** How many each acknowledges a second. */
async function inTurn(contenders: readonly (readonly [Contender, number])[]): Promise<readonly number[]> {
  // The first webhook of an account creates its object.
  for (const [contender, accounts] of contenders) await one(contender, Math.max(500, 2 * accounts), accounts, 16);
  const speeds = contenders.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [index, [contender, accounts]] of contenders.entries())
      speeds[index]?.push(await one(contender, WEBHOOKS, accounts, 16));
  return speeds.map(median);
}

async function one({ server, path }: Contender, webhooks: number, accounts: number, connections: number): Promise<number> {
  const requests = requestsOf("stripe", webhooks, (index) => path("stripe", index % accounts));
  return (await load(server.port, requests, connections)).perSecond;
}

/** What a process holds in memory, where the system tells it. @see https://man7.org/linux/man-pages/man5/proc_pid_status.5.html */
function megabytes(pid: number): number {
  try {
    const [, kibibytes = ""] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return (Number(kibibytes) * 1_024) / 1_000_000;
  } catch {
    return Number.NaN;
  }
}
