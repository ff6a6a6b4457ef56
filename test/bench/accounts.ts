/**
 * Whether acknowledging stays as fast with more accounts, declared or in the directory. Two things are compared. Over one connection 200 accounts with
 * one: no webhook shares anything there, so that the whole difference is what accounts, and as many databases, cost. Over 16 connections the webhooks of one object share commits and
 * calls, and those of different objects never do, whoever keeps them: there 200 accounts are also compared with the floor with as many objects.
 */
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { workerWith } from "../../src/cli/accounts.ts";
import { LOCAL_ADDRESS, type Server, serve } from "../../src/cli/workerd.ts";
import { secretName } from "../../src/secret-names.ts";
import { load } from "./client.ts";
import { startFloor } from "./contenders.ts";
import { type Section, shown, type Table } from "./figures.ts";
import { memoryOf, processorTime, TELLS_TIME } from "./processor.ts";
import { requestOf } from "./samples.ts";
import { median } from "./statistics.ts";

const ACCOUNTS = [1, 20, 200];

/** Each has its own secret. */
const SOURCES = 10;

const ROUNDS = 4;

/** How many webhooks are sent in a round, by connections. */
const LOADS = { 16: 2_000, 1: 800 } as const;

/** A limit that growth may cost, as a part of the speed at the beginning. */
const GOAL = { atLeast: 0.9 };

/** What is asked beside a floor with a commit each, as over one connection: webhooks of different objects share none. */
const UNSHARED = { atLeast: 0.7 };

const ADMIN_TOKEN = randomBytes(24).toString("hex");

type Kind = "declared" | "directory" | "floor";

/** A process with so many accounts, or objects. */
interface Grown {
  readonly kind: Kind;
  readonly accounts: number;
  readonly server: Server;
  /** A webhook for an account. @param turn how many it has had, which decides the source */
  request(account: number, turn: number): Buffer;
}

/** What was measured of one. */
interface Measured {
  /** A figure for each round. */
  readonly perSecond: Readonly<Record<"16" | "1", readonly number[]>>;
  /** Microseconds of the processor for a webhook, over 16 connections. */
  readonly costs: readonly number[];
  readonly megabytes: number;
}

/** Measures growth with accounts. @param file the bundled Worker */
export async function accounts(file: string, directory: string): Promise<Section> {
  const grown: Grown[] = [];
  for (const count of ACCOUNTS) grown.push(await declared(file, directory, count), await floor(directory, count));
  const most = Math.max(...ACCOUNTS);
  grown.push(await inDirectory(file, directory, most));
  const measured = await inTurn(grown);
  for (const { server } of grown) await server.stop();

  const of = (kind: Kind, accounts: number) => measured.get(`${kind} ${accounts}`);
  const speeds = (kind: Kind, accounts: number, connections: "16" | "1") => of(kind, accounts)?.perSecond[connections] ?? [];
  const row = (name: string, kind: Kind, accounts: number) => [
    name,
    shown(median(speeds(kind, accounts, "16"))),
    shown(median(speeds(kind, accounts, "1"))),
    shown(median(of(kind, accounts)?.costs ?? [])),
    shown(of(kind, accounts)?.megabytes ?? Number.NaN),
  ];
  // Of each round, since the machine may be slower in another one.
  const each = (one: readonly number[], other: readonly number[]) =>
    one.map((speed, round) => speed / (other[round] ?? Number.NaN));
  const toOne = (kind: Kind, connections: "16" | "1") => each(speeds(kind, most, connections), speeds(kind, 1, connections));
  const table: Table = [
    ["", "a second, 16 connections", "a second, 1 connection", "µs of the processor, 16 connections", "MB of memory"],
    ...ACCOUNTS.flatMap((count) => [
      row(`${count} declared account${count === 1 ? "" : "s"} of ${SOURCES} sources`, "declared", count),
      row(`the floor, ${count} object${count === 1 ? "" : "s"}`, "floor", count),
    ]),
    row(`${most} accounts of ${SOURCES} sources in the directory`, "directory", most),
  ];
  const keeps = (kind: Kind, connections: "16" | "1") => shown(median(toOne(kind, connections)));
  const beside = (connections: "16" | "1", times: string) =>
    `Over ${times} ${most} accounts together keep ${keeps("declared", connections)} of what one keeps, and ${most} objects of the floor ${keeps("floor", connections)} of what one does.`;
  return {
    title: "Accounts",
    how: `Stripe events for all accounts and sources in turn, each source with a secret of its own, nothing delivered; medians of ${ROUNDS} rounds by turns, ratios those of each round. Over 16 connections webhooks of one object share calls and commits, and those of different objects never do: this is why the floor falls too, and why ours is measured by it.`,
    tables: [table],
    figures: [
      {
        id: "accounts.1",
        name: `Acknowledged with ${most} accounts, to one, 1 connection`,
        value: median(toOne("declared", "1")),
        unit: "",
        goal: GOAL,
      },
      {
        id: "accounts.floor.16",
        name: `Acknowledged with ${most} accounts, to the floor with as many objects, 16 connections`,
        value: median(each(speeds("declared", most, "16"), speeds("floor", most, "16"))),
        unit: "",
        goal: UNSHARED,
      },
      {
        id: "accounts.directory",
        name: `Acknowledged with ${most} accounts in the directory, to ${most} declared, 16 connections`,
        value: median(each(speeds("directory", most, "16"), speeds("declared", most, "16"))),
        unit: "",
        goal: GOAL,
      },
      {
        id: "accounts.16",
        name: `Acknowledged with ${most} accounts, to one, 16 connections`,
        value: median(toOne("declared", "16")),
        unit: "",
        goal: GOAL,
      },
    ],
    notes: [beside("16", "16 connections"), beside("1", "1 connection")],
  };
}

const nameOf = (account: number): string => `a${account}`;
const sourceOf = (source: number): string => `s${source}`;
const sources = Object.fromEntries(Array.from({ length: SOURCES }, (_, index) => [sourceOf(index), { adapter: "stripe" }]));

/** Each is another one: none is known from another source. */
function secretOf(account: number, source: number): string {
  return `whsec_${createHash("sha256").update(`${ADMIN_TOKEN} ${account} ${source}`).digest("hex")}`;
}

function eachSource<Result>(make: (source: number) => Result): readonly Result[] {
  return Array.from({ length: SOURCES }, (_, source) => make(source));
}

function hookOf(account: number, turn: number): Buffer {
  const source = (account + turn) % SOURCES;
  return requestOf("stripe", `/hooks/${nameOf(account)}/${sourceOf(source)}`, secretOf(account, source));
}

async function declared(file: string, directory: string, accounts: number): Promise<Grown> {
  const numbers = Array.from({ length: accounts }, (_, account) => account);
  const config = workerWith(Object.fromEntries(numbers.map((account) => [nameOf(account), { region: "us", sources }])));
  const secrets = Object.fromEntries(
    numbers.flatMap((account) =>
      eachSource((source) => [secretName(nameOf(account), sourceOf(source)), secretOf(account, source)] as const),
    ),
  );
  const state = folder(directory, `declared-${accounts}`);
  const server = await serve({ config, file, port: 0, state, secrets, runtime: "selfhost", sandbox: null }, () => {});
  return { kind: "declared", accounts, server, request: hookOf };
}

async function inDirectory(file: string, directory: string, accounts: number): Promise<Grown> {
  const secrets = { ADMIN_TOKEN, DIRECTORY_KEY: randomBytes(32).toString("base64") };
  const state = folder(directory, `directory-${accounts}`);
  const server = await serve(
    { config: workerWith({}), file, port: 0, state, secrets, runtime: "selfhost", sandbox: null },
    () => {},
  );
  for (let account = 0; account < accounts; account += 1) {
    const answer = await fetch(`http://${LOCAL_ADDRESS}:${server.port}/api/v1/directory/add`, {
      method: "POST",
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify({
        name: nameOf(account),
        account: { region: "us", sources },
        secrets: eachSource((source) => ({
          kind: "secret",
          source: sourceOf(source),
          value: secretOf(account, source),
        })),
      }),
    });
    if (!answer.ok) throw new Error(`account ${account} was not added: ${await answer.text()}`);
  }
  return { kind: "directory", accounts, server, request: hookOf };
}

async function floor(directory: string, accounts: number): Promise<Grown> {
  const { server, path } = await startFloor(folder(directory, `floor-${accounts}`), true);
  return { kind: "floor", accounts, server, request: (account) => requestOf("stripe", path("stripe", account)) };
}

function folder(directory: string, name: string): string {
  mkdirSync(join(directory, name));
  return join(directory, name, "state");
}

async function inTurn(all: readonly Grown[]): Promise<ReadonlyMap<string, Measured>> {
  const taken = new Map(all.map((one) => [one, { 16: [] as number[], 1: [] as number[], costs: [] as number[] }]));
  // The first webhook of a source makes its tables.
  for (const one of all) await send(one, Math.max(500, SOURCES * one.accounts), 16);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [one, { costs, ...speeds }] of taken) {
      // The platform takes objects that nobody asks out of memory: a round must not begin with waking them.
      await send(one, Math.max(200, one.accounts), 16);
      const before = TELLS_TIME ? processorTime(one.server.pid) : Number.NaN;
      speeds[16].push(await send(one, LOADS[16], 16));
      costs.push(((TELLS_TIME ? processorTime(one.server.pid) : Number.NaN) - before) / (LOADS[16] / 1_000));
      speeds[1].push(await send(one, LOADS[1], 1));
    }
  }
  return new Map(
    Array.from(taken, ([{ kind, accounts, server }, { costs, ...speeds }]) => [
      `${kind} ${accounts}`,
      {
        perSecond: speeds,
        costs,
        megabytes: memoryOf(server.pid),
      },
    ]),
  );
}

/** How many are acknowledged a second. Each account, and each of its sources, has its turn. */
async function send({ server, accounts, request }: Grown, webhooks: number, connections: number): Promise<number> {
  const requests = Array.from({ length: webhooks }, (_, index) => request(index % accounts, Math.floor(index / accounts)));
  return (await load(server.port, requests, connections)).perSecond;
}
