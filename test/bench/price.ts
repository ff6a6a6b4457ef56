/**
 * What a million webhooks cost on Cloudflare at list prices: from the rows that the platform counts, and from the processor's time that is measured
 * here, from the receipt of a webhook to its delivery.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "../../src/cli/tools.ts";
import { pause } from "../faults/load.ts";
import { load } from "./client.ts";
import { startWorker } from "./contenders.ts";
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

/** Webhooks that arrive together, and how often. */
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
  const costs = found.map(({ batch, rows }) => {
    const objects = PRICES.objectRequest * (1 + 1 / batch);
    const processor = PRICES.processorMillisecond * milliseconds;
    return { batch, rows, objects, processor, sum: PRICES.request + objects + rows * PRICES.row + processor };
  });
  const usual = costs.find(({ batch }) => batch === TOGETHER);
  const measured =
    time === null
      ? `${UNMEASURED} ms of the processor, which this system does not tell`
      : `${milliseconds.toFixed(2)} ms of the processor, measured here for Stripe events of 2 KB that arrive ${TOGETHER} at a time and leave ${time.together.toFixed(0)} to a request, HTTP, disk and log included, times ${FACTOR} for Cloudflare's processor`;
  const month = (PRICES.gigabyteSecond * OBJECT * SECONDS_OF_A_MONTH) / 1_000_000;
  return {
    title: "Price",
    how: `USD for a million webhooks of one event on Cloudflare, beyond what its plan includes: a request each, a call and a share of an alarm of the object, the rows that it writes, and ${measured}. All of that time is counted as the Worker's, though Cloudflare bills an object by duration instead.`,
    tables: [
      [
        ["", "rows each", "request", "object", "rows", "processor", "together"],
        ...costs.map(({ batch, rows, objects, processor, sum }) => [
          `${batch} in a batch`,
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
              goal: { atMost: 2.3 },
            },
            { id: "price", name: "A million webhooks, 50 in a batch", value: usual.sum, unit: "USD", goal: { atMost: GOAL } },
          ],
    notes: [
      `Rows are most of it, at ${shown(PRICES.row)} USD for a million: a webhook and its hash are two, and a batch has its own. Without any time of the processor it would still be ${usual === undefined ? "more" : `${(usual.sum - usual.processor).toFixed(2)} USD`}.`,
      `Duration comes on top, since it depends on when webhooks arrive and not on how many: an account whose webhooks never pause for ten seconds costs ${month.toFixed(2)} USD a month, however many they are.`,
    ],
  };
}

/** Milliseconds of the processor for each webhook, and how many of them left in one request. */
async function processorOf(
  file: string,
  directory: string,
): Promise<{ readonly milliseconds: number; readonly together: number }> {
  const sink = await startSink();
  mkdirSync(join(directory, "price"));
  const state = join(directory, "price", "state");
  const { server, path } = await startWorker({ file, state, delivering: { to: sink.host, timeScale: 1 } });
  const some = async (times: number): Promise<void> => {
    for (let time = 0; time < times; time += 1) {
      const before = sink.calls();
      await load(
        server.port,
        requestsOf("stripe", TOGETHER, () => path("stripe")),
        16,
      );
      // Each webhook makes one call at least.
      while (sink.calls() - before < TOGETHER) await pause(5);
    }
    while (performance.now() - sink.lastAt() < 500) await pause(50);
  };
  try {
    await some(20);
    const before = { time: processorTime(server.pid), requests: sink.requests() };
    await some(TIMES);
    const webhooks = TIMES * TOGETHER;
    return {
      milliseconds: (processorTime(server.pid) - before.time) / webhooks,
      together: webhooks / (sink.requests() - before.requests),
    };
  } finally {
    await server.stop();
    sink.stop();
  }
}
