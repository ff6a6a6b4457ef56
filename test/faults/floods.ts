/**
 * Very many webhooks at once: a backlog, and poison of one source beside another.
 */
import { type Parcel, parcelOf, pause, send } from "./load.ts";
import { arrivalOf, type Figures, healthOf, reckon } from "./reckoning.ts";
import { type Bundles, memoryOf, type Stage, startStage } from "./stage.ts";
import { dispute, many, REFUSED_MARK, refusedDispute, shopCustomer, unreadableCustomer } from "./webhooks.ts";

/** Bytes of memory that the Worker may hold, whatever waits on its disk. */
const MOST_MEMORY = 512 * 1024 * 1024;

/** Watches the Worker's memory until it is told to stop. */
function watchMemory(stage: Stage): () => number {
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(most, memoryOf(stage.pid()) ?? 0);
  }, 100);
  return () => {
    clearInterval(timer);
    return most;
  };
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`;

/** So many webhooks wait for a destination that is down; then it is well. */
export async function backlog(bundles: Bundles, count: number, note: (text: string) => void): Promise<Figures> {
  const stage = await startStage(bundles);
  await stage.sandbox.fault({ status: 503 });
  const before = memoryOf(stage.pid()) ?? 0;
  const stopWatching = watchMemory(stage);
  const parcels: Parcel[] = [];
  let begun = Date.now();
  await send(stage.port(), many(count, dispute).map(parcelOf), 32, parcels);
  note(`accepted ${Math.round((count / (Date.now() - begun)) * 1000)} a second`);
  const full = memoryOf(stage.pid()) ?? 0;
  await stage.sandbox.clearFaults();
  begun = Date.now();
  const figures = await reckon(stage, parcels);
  note(`delivered ${Math.round((count / (Date.now() - begun)) * 1000)} a second`);
  const most = stopWatching();
  note(
    `memory of the Worker: ${megabytes(before)} before, ${megabytes(full)} with the backlog on disk, ${megabytes(most)} at most`,
  );
  await stage.end();
  return {
    ...figures,
    problems: [...figures.problems, ...(most > MOST_MEMORY ? [`more than ${megabytes(MOST_MEMORY)} of memory`] : [])],
  };
}

/** So many webhooks of one source cannot be mapped, while another source sends now and then. */
export async function poison(bundles: Bundles, count: number, note: (text: string) => void): Promise<Figures> {
  const stage = await startStage(bundles);
  const stopWatching = watchMemory(stage);
  const poisonous: Parcel[] = [];
  const others: Parcel[] = [];
  const waits: (number | null)[] = [];
  const over = new AbortController();
  const beside = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const parcel = parcelOf(shopCustomer());
      others.push(parcel);
      await send(stage.port(), [parcel], 1);
      waits.push(await arrivalOf(stage, parcel));
      await pause(200);
    }
  };
  const other = beside();
  await send(stage.port(), many(count, unreadableCustomer).map(parcelOf), 32, poisonous);
  const { sources } = await healthOf(stage);
  note(`${sources.stripe?.pending ?? 0} of ${count} were pending when the last was accepted`);
  over.abort();
  await other;
  const figures = await reckon(stage, [...poisonous, ...others], { dead: count });
  const slowest = waits.includes(null) ? null : Math.max(...waits.map(Number));
  note(`the other source: ${waits.length} events, each in Customer.io after ${slowest ?? "more than 30,000"} ms at most`);
  note(`memory of the Worker: ${megabytes(stopWatching())} at most`);
  await stage.end();
  return {
    ...figures,
    problems: [...figures.problems, ...(slowest === null || slowest > 10_000 ? ["the other source had to wait"] : [])],
  };
}

/** The destination refuses one in twenty of a source, wherever it stands. */
export async function refused(bundles: Bundles, count: number, note: (text: string) => void): Promise<Figures> {
  // Slower than elsewhere: what is proven by an acceptance holds for a minute.
  const stage = await startStage(bundles, {}, 60);
  await stage.sandbox.fault({ status: 400, match: REFUSED_MARK });
  const bad = [...many(count / 20, refusedDispute)].map(parcelOf);
  const good = [...many(count - bad.length, dispute)].map(parcelOf);
  const mixture = [...bad, ...good]
    .map((parcel) => ({ parcel, place: Math.random() }))
    .sort((one, other) => one.place - other.place);
  const others = [...many(50, shopCustomer)].map(parcelOf);
  await send(
    stage.port(),
    mixture.map(({ parcel }) => parcel),
  );
  const begun = Date.now();
  await send(stage.port(), others, 1);
  const last = others.at(-1);
  const wait = last === undefined ? null : await arrivalOf(stage, last);
  note(
    `the other source: 50 events, all in Customer.io ${wait === null ? "never" : `${Date.now() - begun} ms`} after the first was sent`,
  );
  // Three bad ones in a row, as chance may have it, are waited for: an hour, which is a minute here.
  const figures = await reckon(stage, [...bad, ...good, ...others], { dead: bad.length, patience: 120 });
  await stage.end();
  return { ...figures, problems: [...figures.problems, ...(wait === null ? ["the other source had to wait"] : [])] };
}

/** The destination refuses everything of one source and nothing of another, for a while. */
export async function oneSourceRefused(bundles: Bundles, count: number, note: (text: string) => void): Promise<Figures> {
  const stage = await startStage(bundles, {}, 60);
  await stage.sandbox.fault({ status: 400, match: REFUSED_MARK });
  const bad = [...many(count, refusedDispute)].map(parcelOf);
  await send(stage.port(), bad);
  const others = [...many(50, shopCustomer)].map(parcelOf);
  let slowest = 0;
  for (const parcel of others) {
    await send(stage.port(), [parcel], 1);
    slowest = Math.max(slowest, (await arrivalOf(stage, parcel)) ?? Number.POSITIVE_INFINITY);
  }
  note(`the other source: 50 events, each in Customer.io after ${slowest} ms at most`);
  await stage.sandbox.clearFaults();
  const figures = await reckon(stage, [...bad, ...others], { dead: "any" });
  await stage.end();
  return { ...figures, problems: [...figures.problems, ...(slowest > 10_000 ? ["the other source had to wait"] : [])] };
}
