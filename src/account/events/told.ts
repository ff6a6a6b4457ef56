/**
 * Which events were told to Customer.io lately, by name and source: read from the newest sealed batches.
 */
import * as z from "zod";
import { defineOperation, done } from "../operation.ts";
import { tablesIn } from "../outbox/outbox.ts";
import { bytesOf, numberOf, type Store } from "../state/store.ts";

/** Batches, and bytes of them, that one answer reads. */
const MOST_BATCHES = 50;
const MOST_BYTES = 2_000_000;

const toldSchema = () => z.object({ event: z.string(), source: z.string(), count: z.number() });

type Told = z.output<ReturnType<typeof toldSchema>>;

const batchSchema = z.object({
  batch: z.array(
    z.object({ event: z.string().optional(), properties: z.looseObject({ source: z.string().optional() }).optional() }),
  ),
});

/** The events that were told lately. */
export const listTold = defineOperation({
  method: "GET",
  path: "/told",
  summary: "Counts the events that were told to Customer.io lately, by name and source: those of the newest batches, at most 50.",
  input: z.strictObject({}),
  output: () =>
    z.object({
      events: z.array(toldSchema()),
      /** When the oldest of these batches was sealed, milliseconds since 1970; `null` if there is none. */
      since: z.number().nullable(),
    }),
  refusals: {},
  run: ({ account: { store } }) => {
    const found = new Map<string, Told>();
    let since: number | null = null;
    let [batches, bytes] = [0, 0];
    for (const { table, id, sealedAt, size } of newestBatches(store)) {
      batches += 1;
      bytes += size;
      if (batches > MOST_BATCHES || (batches > 1 && bytes > MOST_BYTES)) break;
      since = sealedAt;
      const [read] = store.run(`SELECT body FROM ${table} WHERE id = ?`, id);
      const text = new TextDecoder().decode(bytesOf(read, "body"));
      for (const { event, properties } of batchSchema.parse(JSON.parse(text)).batch) {
        if (event === undefined) continue;
        const { source = "" } = properties ?? {};
        const key = JSON.stringify([event, source]);
        found.set(key, { event, source, count: (found.get(key)?.count ?? 0) + 1 });
      }
    }
    return done({ events: [...found.values()], since });
  },
});

/** Batches, newest first. A day's table is read once the one after it is used up. */
function* newestBatches(store: Store) {
  for (const table of tablesIn(store).toReversed())
    for (const row of store.run(
      `SELECT id, sealed_at, length(body) AS size FROM ${table} ORDER BY id DESC LIMIT ${MOST_BATCHES}`,
    ))
      yield { table, id: numberOf(row, "id"), sealedAt: numberOf(row, "sealed_at"), size: numberOf(row, "size") };
}
