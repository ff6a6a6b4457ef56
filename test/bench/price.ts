/**
 * What a million webhooks cost on Cloudflare at list prices: from the rows that the platform counts, and from calls and processor's time that are
 * measured here.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { bundle } from "../../src/cli/bundle.ts";
import { runTool } from "../../src/cli/tools.ts";
import { LOCAL_ADDRESS } from "../../src/cli/workerd.ts";
import { pause } from "../faults/load.ts";
import { load } from "./client.ts";
import { type Contender, startWorker } from "./contenders.ts";
import { type Section, shown } from "./figures.ts";
import { processorTime, TELLS_TIME } from "./processor.ts";
import { requestsOf } from "./samples.ts";
import { startSink } from "./sink.ts";

/**
 * USD for a million, and for a million gigabyte-seconds.
 * @see https://developers.cloudflare.com/workers/platform/pricing/ @see https://developers.cloudflare.com/durable-objects/platform/pricing/
 */
const PRICES = { request: 0.3, objectRequest: 0.15, row: 1, processorMillisecond: 0.02, gigabyteSecond: 12.5 };

/** Memory that an object is billed for, gigabytes. */
const OBJECT = 0.128;

/** How much longer Cloudflare's processor is assumed to take than this one. Nothing is known of it: the price hardly depends on it. */
const FACTOR = 1;

/** Milliseconds of the processor for a webhook where this system does not tell them. */
const UNMEASURED = 2;

/** Webhooks that arrive together, each over a connection of its own, and how often. */
const TOGETHER = 50;
const TIMES = 40;

const SECONDS_OF_A_MONTH = 30 * 86_400;

const GOAL = 2.4;

/** What the test prints that holds the rows to their bounds. */
const PRINTED = /billed rows for each single-event webhook, (\d+) in a batch: ([\d.]+)/g;

/** Counts rows and time. @param file the bundled Worker @throws where the test that counts rows fails */
export async function price(file: string, directory: string): Promise<Section> {
  const { code, output } = await runTool("vitest", ["run", "test/account/account.test.ts", "-t", "billed rows"], false);
  const found = [...output.matchAll(PRINTED)].map(([, batch, rows]) => ({ batch: Number(batch), rows: Number(rows) }));
  if (code !== 0 || found.length === 0) throw new Error(`the rows were not counted:\n${output}`);
  const time = TELLS_TIME ? await processorOf(file, directory) : null;
  const milliseconds = (time?.milliseconds ?? UNMEASURED) * FACTOR;
  const calls = await callsFor(directory);
  const scenarios = found.flatMap(({ batch, rows }) => [
    ...(batch === TOGETHER ? [{ name: `${batch} in a batch, kept by ${calls.toFixed(1)} calls`, batch, rows, calls }] : []),
    { name: batch === 1 ? "1 in a batch" : `${batch} in a batch, kept by a call each`, batch, rows, calls: batch },
  ]);
  const costs = scenarios.map(({ name, batch, rows, calls: made }) => {
    const objects = (PRICES.objectRequest * (made + 1)) / batch;
    const processor = PRICES.processorMillisecond * milliseconds;
    return { name, rows, objects, processor, sum: PRICES.request + objects + rows * PRICES.row + processor };
  });
  const [usual] = costs;
  const measured =
    time === null
      ? `${UNMEASURED} ms of the processor, which this system does not tell`
      : `${milliseconds.toFixed(2)} ms of the processor, measured here for Stripe events of 2 KB that arrive ${TOGETHER} at a time, HTTP, disk, log and what their object takes to keep them included, times ${FACTOR} for Cloudflare's processor. To deliver them takes ${time.delivering.toFixed(2)} ms more, ${time.together.toFixed(0)} to a request: that is the object's time, which Cloudflare bills by duration`;
  const month = (PRICES.gigabyteSecond * OBJECT * SECONDS_OF_A_MONTH) / 1_000_000;
  return {
    title: "Price",
    how: `USD for a million webhooks of one event on Cloudflare, beyond what its plan includes: a request each, its share of the calls that keep it and of the alarm that delivers it, the rows that the object writes, and ${measured}.`,
    tables: [
      [
        ["", "rows each", "request", "object", "rows", "processor", "together"],
        ...costs.map(({ name, rows, objects, processor, sum }) => [
          name,
          ...[rows, PRICES.request, objects, rows * PRICES.row, processor, sum].map((value) => value.toFixed(2)),
        ]),
      ],
    ],
    figures:
      usual === undefined
        ? []
        : [
            {
              id: "rows",
              name: "Billed rows of a webhook, 50 in a batch",
              value: usual.rows,
              unit: "rows",
              goal: { atMost: 1.15 },
            },
            {
              id: "price",
              name: "A million webhooks, 50 in a batch and in shared calls",
              value: usual.sum,
              unit: "USD",
              goal: { atMost: GOAL },
            },
          ],
    notes: [
      `Calls are counted here, where ${TOGETHER} webhooks arrive at once over as many connections, in one isolate: those that reach an isolate together share a call of the object. Cloudflare may run a Worker in several isolates at a time, and does not say in how many; where each webhook of a batch reaches another one, each is kept by a call of its own.`,
      `Rows are most of it, at ${shown(PRICES.row)} USD for a million: a webhook is one, its hash a twentieth of one later, and a batch has its own. Without any time of the processor it would still be ${usual === undefined ? "more" : `${(usual.sum - usual.processor).toFixed(2)} USD`}.`,
      `Duration comes on top, since it depends on when webhooks arrive and not on how many: an account whose webhooks never pause for ten seconds costs ${month.toFixed(2)} USD a month, however many they are.`,
    ],
  };
}

/** Milliseconds of the processor for each webhook: until it is kept, and more until it is delivered. `together`: how many left in one request. */
interface Times {
  readonly milliseconds: number;
  readonly delivering: number;
  readonly together: number;
}

async function processorOf(file: string, directory: string): Promise<Times> {
  const sink = await startSink();
  mkdirSync(join(directory, "price"));
  const keep = await startWorker({ file, state: join(directory, "price", "kept") });
  const deliver = await startWorker({
    file,
    state: join(directory, "price", "delivered"),
    delivering: { to: sink.host, timeScale: 1 },
  });
  const some = async ({ server, path }: Contender, times: number): Promise<void> => {
    for (let time = 0; time < times; time += 1) {
      const before = sink.calls();
      await load(
        server.port,
        requestsOf("stripe", TOGETHER, () => path("stripe")),
        TOGETHER,
      );
      // Each webhook makes one call at least.
      while (server === deliver.server && sink.calls() - before < TOGETHER) await pause(5);
    }
    while (server === deliver.server && performance.now() - sink.lastAt() < 500) await pause(50);
  };
  let sent = 0;
  const timeOf = async (contender: Contender): Promise<number> => {
    await some(contender, 20);
    const [before, requests] = [processorTime(contender.server.pid), sink.requests()];
    await some(contender, TIMES);
    sent = sink.requests() - requests;
    return (processorTime(contender.server.pid) - before) / (TIMES * TOGETHER);
  };
  try {
    const milliseconds = await timeOf(keep);
    const whole = await timeOf(deliver);
    return { milliseconds, delivering: Math.max(0, whole - milliseconds), together: (TIMES * TOGETHER) / sent };
  } finally {
    await keep.server.stop();
    await deliver.server.stop();
    sink.stop();
  }
}

/** How many calls of the object keep webhooks that arrive together. */
async function callsFor(directory: string): Promise<number> {
  const made = await bundle("test/bench/contenders/counting/index.ts", join(directory, "counting"));
  if (!made.ok) throw new Error(made.output);
  mkdirSync(join(directory, "calls"));
  const { server, path } = await startWorker({ file: made.file, state: join(directory, "calls", "state") });
  const counted = async (): Promise<number> => Number(await (await fetch(`http://${LOCAL_ADDRESS}:${server.port}/calls`)).text());
  const some = async (times: number): Promise<void> => {
    for (let time = 0; time < times; time += 1)
      await load(
        server.port,
        requestsOf("stripe", TOGETHER, () => path("stripe")),
        TOGETHER,
      );
  };
  try {
    await some(20);
    const before = await counted();
    await some(TIMES);
    return ((await counted()) - before) / TIMES;
  } finally {
    await server.stop();
  }
}
