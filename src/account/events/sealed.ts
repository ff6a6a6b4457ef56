/**
 * Reads events from the record of sealed batches.
 */
import type { Wait } from "../../translate/result.ts";
import { tablesIn } from "../outbox/outbox.ts";
import { readWanted, type SealedEvent } from "../outbox/sealed-event.ts";
import { type Ended, NO_TRAIL, type Trail, trailSchema } from "../outbox/trail.ts";
import { numberOf, type Row, type Store, textOf } from "../state/store.ts";

/** A vendor event in a sealed batch. */
export interface SealedIn {
  readonly batch: number;
  /** Milliseconds since 1970. */
  readonly sealedAt: number;
  readonly event: SealedEvent;
  /** Its place in the batch. */
  readonly index: number;
  /** What it had waited for; `null` if it had not. */
  readonly waited: Wait | null;
}

/** Batches of one table whose index names one of these people, newest first, each with their events. */
export function batchesNaming(
  store: Store,
  table: string,
  below: number,
  names: readonly string[],
  limit: number,
): readonly { readonly batch: number; readonly sealedAt: number; readonly events: readonly SealedIn[] }[] {
  const wanted = new Set<unknown>(names);
  return store
    .run(
      `SELECT id, sealed_at, events FROM ${table} WHERE id < ? AND EXISTS (SELECT 1 FROM json_each(?) WHERE instr(events, value) > 0)
        ORDER BY id DESC LIMIT ?`,
      below,
      JSON.stringify(names.map((name) => JSON.stringify(name))),
      limit,
    )
    .map((row) => ({
      batch: numberOf(row, "id"),
      sealedAt: numberOf(row, "sealed_at"),
      events: sealedIn(row, (_, about) => about().some((name) => wanted.has(name))),
    }));
}

/** Sequence numbers of the webhooks with an event that ended so, newest batch first. */
export function seqsEndedAs(store: Store, as: Ended["as"], limit: number): readonly number[] {
  const found: number[] = [];
  for (const table of tablesIn(store).toReversed()) {
    const rows = store.run(
      `SELECT trail FROM ${table} WHERE trail IS NOT NULL AND instr(trail, ?) > 0 ORDER BY id DESC LIMIT ?`,
      `"as":"${as}"`,
      limit,
    );
    for (const row of rows) found.push(...trailOf(row).ended.flatMap((line) => (line.as === as ? [line.seq] : [])));
    if (found.length >= limit) break;
  }
  return found;
}

/** The requests that a finished batch was sent with. They stand in the row of a later batch. */
export function attemptsOf(store: Store, batch: number): Trail["answered"][number]["attempts"] {
  for (const table of tablesIn(store)) {
    const row = store.run(
      `SELECT trail FROM ${table} WHERE id > ? AND trail IS NOT NULL AND instr(trail, ?) > 0 ORDER BY id LIMIT 1`,
      batch,
      `{"batch":${batch},`,
    )[0];
    const found = row && trailOf(row).answered.find((one) => one.batch === batch);
    if (found !== undefined) return found.attempts;
  }
  return [];
}

/** Events of a row with `id`, `sealed_at` and `events`. @param waited what the trail of the row says of them */
export function sealedIn(
  row: Row,
  isWanted: Parameters<typeof readWanted>[1],
  waited: Trail["waited"] = trailOf(row).waited,
): readonly SealedIn[] {
  const [batch, sealedAt] = [numberOf(row, "id"), numberOf(row, "sealed_at")];
  const waits = new Map((waited ?? []).map(({ seq, id, what, until }) => [`${seq}/${id}`, { what, until }]));
  return readWanted(textOf(row, "events"), isWanted).map((one) => {
    const { seq, id } = one.event;
    return { batch, sealedAt, ...one, waited: waits.get(`${seq}/${id}`) ?? null };
  });
}

/** The trail of a row; an empty one where there is none, or it was not read. */
export function trailOf({ trail }: Row): Trail {
  return typeof trail === "string" ? trailSchema.parse(JSON.parse(trail)) : NO_TRAIL;
}
