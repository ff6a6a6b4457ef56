/**
 * Senders that begin a large body and do not finish it, against one account, while another account's webhooks come in.
 */
import { connect, type Socket } from "node:net";
import { LOCAL_ADDRESS } from "../../src/cli/workerd.ts";
import { LARGEST_BODY_LIMIT } from "../../src/contract/body-limits.ts";
import { BODY_SHARES } from "../../src/ingest/body-budget.ts";
import { type Parcel, parcelOf, pause, send, unacknowledged } from "./load.ts";
import { type Figures, reckon } from "./reckoning.ts";
import { type Bundles, memoryOf, startStage } from "./stage.ts";
import { mixed } from "./webhooks.ts";

/** What is attacked: a source of another account than the one that is watched. Its signature has no time, so anybody can write one of the right form. */
const TARGET = "/hooks/demo-eu/github";

/** Bytes that a slow sender keeps back. */
const KEPT_BACK = 1000;

/** Bytes that each of so many senders leaves hanging: together all that one isolate holds, to within the size of a small webhook. */
function sizesOf(count: number): readonly number[] {
  const large = Math.floor(BODY_SHARES.total / LARGEST_BODY_LIMIT);
  const rest = BODY_SHARES.total - large * (LARGEST_BODY_LIMIT - KEPT_BACK) - 250;
  return Array.from({ length: count }, (_, index) =>
    index < large ? LARGEST_BODY_LIMIT - KEPT_BACK : Math.floor(rest / (count - large)),
  );
}

const WEBHOOKS = 600;

/** How many times as long a webhook may take beside slow senders. */
const MOST_RATIO = 4;

/** Bytes that the Worker may hold beyond what it held before. */
const MOST_MEMORY = 128 * 1024 * 1024;

/** Milliseconds in which every slow sender has to be refused: the longest time for a body, and some for a busy machine. */
const PATIENCE = 45_000;

interface SlowSender {
  /** Settles with the status of the answer; `null` where the connection ended without one. */
  readonly answered: Promise<number | null>;
  readonly socket: Socket;
}

/** Sends so many bytes of a larger body; of a very large one then one more byte now and then. */
async function begin(port: number, size: number): Promise<SlowSender> {
  const socket = connect({ port, host: LOCAL_ADDRESS, noDelay: true });
  const { promise: answered, resolve } = Promise.withResolvers<number | null>();
  const { promise: written, resolve: go } = Promise.withResolvers<void>();
  let received = "";
  socket.on("data", (chunk) => {
    received += chunk.toString("latin1");
    const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(received) ?? [];
    if (status !== undefined) resolve(Number(status));
  });
  const head = [
    `POST ${TARGET} HTTP/1.1`,
    `host: ${LOCAL_ADDRESS}`,
    "content-type: application/json",
    "x-github-event: issues",
    "x-github-delivery: 00000000-0000-4000-8000-000000000000",
    `x-hub-signature-256: sha256=${"0".repeat(64)}`,
    `content-length: ${size + KEPT_BACK}`,
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\n`);
  socket.write(Buffer.alloc(size, " "), () => go());
  const timer = size > 1024 * 1024 ? setInterval(() => socket.write(" "), 2000) : undefined;
  for (const event of ["error", "close"])
    socket.on(event, () => {
      clearInterval(timer);
      resolve(null);
      go();
    });
  await written;
  return { answered, socket };
}

/** So many slow senders hold their connections open, and as many go away in the middle, while webhooks of another account are answered. */
export async function slowSenders(bundles: Bundles, count: number, note: (text: string) => void): Promise<Figures> {
  const stage = await startStage(bundles);
  const parcels: Parcel[] = [];
  const round = async (webhooks = WEBHOOKS): Promise<number> => {
    const begun = performance.now();
    await send(stage.port(), [...mixed(webhooks)].map(parcelOf), 4, parcels);
    return (performance.now() - begun) / webhooks;
  };
  const crowd = async (): Promise<readonly SlowSender[]> => {
    const senders: SlowSender[] = [];
    // One after the other: the largest have to come first.
    for (const size of sizesOf(count)) senders.push(await begin(stage.port(), size));
    return senders;
  };
  await round(100);
  const usual = await round();
  const before = memoryOf(stage.pid()) ?? 0;

  const slow = await crowd();
  const beside = await round();
  const memory = (memoryOf(stage.pid()) ?? 0) - before;
  const refused = await Promise.race([Promise.all(slow.map(({ answered }) => answered)), pause(PATIENCE).then(() => null)]);
  for (const { socket } of slow) socket.destroy();

  for (const { socket } of await crowd()) socket.destroy();
  const after = await round();

  const lost = unacknowledged(parcels).length;
  const ratio = Math.max(beside, after) / usual;
  const statuses =
    refused === null ? [] : Array.from(Map.groupBy(refused, String), ([status, all]) => `${all.length} times ${status}`);
  note(
    `a webhook took ${usual.toFixed(2)} ms, beside ${count} slow senders ${beside.toFixed(2)} ms, after ${count} that went away ${after.toFixed(2)} ms`,
  );
  note(`slow senders were answered: ${statuses.join(", ")}; the Worker held ${Math.round(memory / 1024 / 1024)} MB more`);
  const figures = await reckon(stage, parcels);
  await stage.end();
  const problems = [
    ...(lost > 0 ? [`${lost} webhooks of the other account were refused`] : []),
    ...(ratio > MOST_RATIO ? [`webhooks of the other account took ${ratio.toFixed(1)} times as long`] : []),
    ...(refused === null ? ["slow senders were not refused"] : []),
    ...(refused?.includes(200) ? ["a slow sender was accepted"] : []),
    ...(memory > MOST_MEMORY ? ["the Worker held too much memory"] : []),
  ];
  return { ...figures, problems: [...figures.problems, ...problems] };
}
