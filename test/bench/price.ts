/**
 * What a million webhooks cost on Cloudflare at list prices, from the rows that the platform counts.
 */
import { runTool } from "../../src/cli/tools.ts";
import { type Section, shown } from "./figures.ts";

/** USD for a million. @see https://developers.cloudflare.com/workers/platform/pricing/ @see https://developers.cloudflare.com/durable-objects/platform/pricing/ */
const PRICES = { request: 0.3, objectRequest: 0.15, row: 1, processorMillisecond: 0.02 };

/** Milliseconds of the processor that a webhook takes at most, from its receipt to its delivery. */
const PROCESSOR = 2;

const GOAL = 2.4;

/** What the test prints that holds the rows to their bounds. */
const PRINTED = /billed rows for each single-event webhook, (\d+) in a batch: ([\d.]+)/g;

/** Counts rows. @throws where the test that counts them fails */
export async function price(): Promise<Section> {
  const { code, output } = await runTool("vitest", ["run", "test/account/account.test.ts", "-t", "billed rows"], false);
  const found = [...output.matchAll(PRINTED)].map(([, batch, rows]) => ({ batch: Number(batch), rows: Number(rows) }));
  if (code !== 0 || found.length === 0) throw new Error(`the rows were not counted:\n${output}`);
  const costs = found.map(({ batch, rows }) => {
    const objects = PRICES.objectRequest * (1 + 1 / batch);
    const processor = PRICES.processorMillisecond * PROCESSOR;
    return { batch, rows, objects, processor, sum: PRICES.request + objects + rows * PRICES.row + processor };
  });
  const usual = costs.find(({ batch }) => batch === 50);
  return {
    title: "Price",
    how: "USD for a million webhooks of one event on Cloudflare, beyond what its plan includes: a request each, a call and an alarm of the object, the rows that it writes, and 2 ms of the processor. How long the object is in memory comes on top: it depends on when the webhooks arrive.",
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
    notes: [`${shown(PRICES.row)} USD for a million rows is most of it: a webhook and its hash are two.`],
  };
}
