/**
 * The store: a disk that is full, two deliveries at one instant, and a release that writes a newer schema.
 */
import { execFileSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import * as z from "zod";
import { type Parcel, parcelOf, parcelsOf, pause, send, unacknowledged } from "./load.ts";
import { type Figures, reckon } from "./reckoning.ts";
import { type Build, type Bundles, type Stage, startStage, type WorkerOptions } from "./stage.ts";
import { dispute, many, mixed, unreadableCustomer } from "./webhooks.ts";

/** Workerd as it is, but a write beyond the limit that {@link limitFiles} sets fails instead of ending it. */
const LIMITABLE: WorkerOptions = { launcher: ["/bin/sh", "-c", 'trap "" XFSZ; exec "$@"', "sh"] };

/** Limits each file that the Worker writes: to it, it is as if the disk were full. */
function limitFiles(stage: Stage, bytes: number | "unlimited"): void {
  execFileSync("prlimit", ["--pid", String(stage.pid()), `--fsize=${bytes}:unlimited`]);
}

/** The store refuses writes from some point on; then there is room again, first after a restart, then without one. */
export async function fullDisk(bundles: Bundles, note: (text: string) => void): Promise<Figures> {
  const stage = await startStage(bundles, LIMITABLE);
  const parcels: Parcel[] = [];
  const refused: number[] = [];
  const fill = async (): Promise<void> => {
    limitFiles(stage, 1_000_000);
    const known = refused.length;
    for (let batches = 0; batches < 200 && refused.length < known + 100; batches += 1) {
      const batch = [...mixed(100)].map(parcelOf);
      parcels.push(...batch);
      await send(stage.port(), batch, 8);
      refused.push(...batch.flatMap(({ refusals }) => refusals));
    }
  };
  await fill();
  await stage.kill();
  await stage.start(LIMITABLE);
  await send(stage.port(), unacknowledged(parcels));
  await fill();
  limitFiles(stage, "unlimited");
  await send(stage.port(), unacknowledged(parcels));
  note(`${refused.length} answers were no 200: ${[...new Set(refused)].join(", ")}`);
  const figures = await reckon(stage, parcels);
  await stage.end();
  const problems = [
    ...(refused.length < 200 ? ["the store refused too few writes: this proves nothing"] : []),
    ...(refused.some((status) => status !== 503) ? ["a refusal was not 503"] : []),
  ];
  return { ...figures, problems: [...figures.problems, ...problems] };
}

/** Each webhook comes twice, at one instant, over two connections. */
export async function twins(bundles: Bundles, pairs: number): Promise<Figures> {
  const stage = await startStage(bundles);
  const parcels = [...many(pairs, dispute)].flatMap((webhook) => [parcelOf(webhook), parcelOf(webhook)]);
  await send(stage.port(), parcels, 32);
  const accepted = parcels.reduce((sum, parcel) => sum + parcel.accepted, 0);
  const figures = await reckon(stage, parcels);
  await stage.end();
  const problems = [
    ...(accepted === pairs ? [] : [`${accepted} events were accepted of ${pairs} that came twice`]),
    ...(figures.sentTwice === 0 ? [] : ["an event was sent twice although nothing failed"]),
  ];
  return { ...figures, problems: [...figures.problems, ...problems] };
}

/** Today's release, the next one with one migration more, and back. */
export async function newerSchema(bundles: Bundles, note: (text: string) => void): Promise<Figures> {
  const stage = await startStage(bundles);
  const parcels: Parcel[] = [];
  const load = async (): Promise<void> => {
    const batch = [...mixed(200), unreadableCustomer()].map(parcelOf);
    parcels.push(...batch);
    await send(stage.port(), batch);
  };
  const change = async (build: Build): Promise<void> => {
    await stage.kill();
    await stage.start({ build });
  };
  // What one release accepted another delivers.
  await stage.sandbox.fault({ status: 503 });
  const versions: number[] = [];
  await load();
  await stage.stop();
  versions.push(schemaOf(stage));
  await stage.start({ build: "newer-schema" });
  await load();
  await stage.stop();
  versions.push(schemaOf(stage));
  await stage.start();
  await load();
  await change("newer-schema");
  await load();
  await change("worker");
  await stage.sandbox.clearFaults();
  await load();
  const figures = await reckon(stage, parcels, { dead: 5 });
  await stage.end();
  note(`schema ${versions.join(", then ")}`);
  const [before = 0, after = 0] = versions;
  return { ...figures, problems: [...figures.problems, ...(after === before + 1 ? [] : ["the newer schema was never there"])] };
}

/** The version of the schema in the account's database, while nobody has it open. */
function schemaOf(stage: Stage): number {
  return Math.max(...valuesIn(stage, "meta", "schema").map(Number));
}

/** The values of a column in the accounts' databases, while nobody has them open; nothing where a table is not there. */
function valuesIn({ state }: Stage, table: string, column: string): readonly unknown[] {
  const folder = join(state, "AccountObject");
  const files = readdirSync(folder).filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name));
  return files.flatMap((name) => {
    const database = new DatabaseSync(join(folder, name));
    const has = database.prepare("SELECT 1 FROM sqlite_master WHERE name = ?").get(table) !== undefined;
    const values = has ? database.prepare(`SELECT ${column} FROM ${table}`).all() : [];
    database.close();
    return values.map((row) => row[column]);
  });
}

/** What the files of copies look like: it changes as soon as one is written to. */
function copiesOf({ state }: Stage): string {
  const folder = join(state, "AccountCopy");
  if (!existsSync(folder)) return "";
  return readdirSync(folder)
    .map((name) => statSync(join(folder, name), { throwIfNoEntry: false }))
    .map((found) => `${found?.size} ${found?.mtimeMs}`)
    .join();
}

const moving = z.object({ error: z.literal("compacting") });

/** The database moves into a new file under load, and the process is killed on the way, at a random moment each time. */
export async function killedWhileCompacting(bundles: Bundles, rounds: number, note: (text: string) => void): Promise<Figures> {
  const stage = await startStage(bundles);
  const parcels = new Set<Parcel>([...mixed(6_000)].map(parcelOf));
  await send(stage.port(), [...parcels]);
  let onTheWay = 0;
  for (let round = 0; round < rounds; round += 1) {
    const taken: Parcel[] = [];
    const load = send(stage.port(), parcelsOf(unacknowledged([...parcels]), mixed()), 8, taken);
    const before = copiesOf(stage);
    await stage.ask("/compact", {});
    // It begins behind the flush that is under way, and takes some hundred milliseconds.
    while (copiesOf(stage) === before) await pause(1);
    await pause(randomInt(0, 150));
    await stage.kill();
    await load;
    for (const parcel of taken) parcels.add(parcel);
    const isThere = valuesIn(stage, "meta", "schema").length > 0 && valuesIn(stage, "moving", "value").length === 0;
    if (!isThere) onTheWay += 1;
    await stage.start();
  }
  while (moving.safeParse(await stage.ask("")).success) await pause(20);
  await send(stage.port(), unacknowledged([...parcels]));
  note(`${onTheWay} of ${rounds} kills met the database on its way`);
  const figures = await reckon(stage, [...parcels]);
  await stage.end();
  const problems = onTheWay === 0 ? ["no kill met a compaction: this proves nothing"] : [];
  return { ...figures, problems: [...figures.problems, ...problems] };
}
