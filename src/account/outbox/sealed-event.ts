/**
 * The index of a batch: which vendor events are in it, who each is about, and which bytes of the body are its calls.
 */
import * as z from "zod";
import { STEPS } from "../../identity/resolve.ts";
import type { About } from "../../translate/address.ts";

/** A vendor event in a batch. */
export interface SealedEvent {
  readonly source: string;
  /** The sequence number of its webhook; 0 for the core's own events. */
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  /** ISO 8601 UTC. */
  readonly occurredAt: string;
  /** When it was accepted or replayed, milliseconds since 1970. */
  readonly since: number;
  /** UTF-8 bytes of each of its calls, in order. */
  readonly calls: readonly number[];
  /** Who it is about, and why. */
  readonly about: readonly About[];
}

const aboutSchema = z
  .tuple([z.string(), z.enum(STEPS), z.enum(["verified", "claimed"])])
  .transform(([name, step, trust]): About => ({ name, step, trust }));

const eventSchema = z
  .tuple([
    z.string(),
    z.number(),
    z.string(),
    z.string(),
    z.string(),
    z.number(),
    z.array(z.number()),
    z.array(aboutSchema).optional(),
  ])
  .transform(
    ([source, seq, id, type, occurredAt, since, calls, about = []]): SealedEvent => ({
      ...{ source, seq, id, type, occurredAt, since, calls, about },
    }),
  );

/** The events of a row. */
export function readEvents(text: string): readonly SealedEvent[] {
  return z.array(eventSchema).parse(JSON.parse(text));
}

/** Those events of a row that are wanted, each with its place. Reading one costs far more than passing it. */
export function readWanted(
  text: string,
  isWanted: (seq: unknown, names: () => readonly unknown[]) => boolean,
): readonly { readonly index: number; readonly event: SealedEvent }[] {
  const rows: unknown = JSON.parse(text);
  if (!Array.isArray(rows)) return [];
  return rows.flatMap((row: unknown, index) =>
    Array.isArray(row) && isWanted(row[1], () => namesIn(row[7])) ? [{ index, event: eventSchema.parse(row) }] : [],
  );
}

function namesIn(about: unknown): readonly unknown[] {
  return Array.isArray(about) ? about.map((one: unknown) => (Array.isArray(one) ? one[0] : null)) : [];
}

/** The events of a row as text. */
export function writeEvents(events: readonly SealedEvent[]): string {
  return JSON.stringify(
    events.map(({ source, seq, id, type, occurredAt, since, calls, about }) => [
      ...[source, seq, id, type, occurredAt, since, calls],
      about.map(({ name, step, trust }) => [name, step, trust]),
    ]),
  );
}
