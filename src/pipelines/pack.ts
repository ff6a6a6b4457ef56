/**
 * Packs calls into batches by size. Each call is serialised only once.
 */
import type { Call } from "./calls.ts";
import { BATCH_BYTES, byteLength } from "./limits.ts";

/** A call as JSON text and its length in UTF-8 bytes. */
export interface SerialisedCall {
  readonly text: string;
  readonly bytes: number;
}

/** A batch body and its content. */
export interface PackedBatch {
  /** JSON text, the body of `POST /v1/batch`. Do not send it if `calls` is 0. */
  readonly body: string;
  /** UTF-8 bytes of the body. */
  readonly bytes: number;
  /** Calls in the body. */
  readonly calls: number;
  /** The first so many groups are completely in it. */
  readonly groups: number;
  /** The first so many calls of the next group are in it: only if that group is the first and larger than a batch. */
  readonly partial: number;
}

const OPENING = '{"batch":[';
const CLOSING = "]}";

/** Calls that were measured last: they are sent next. A table that lets go of calls by itself makes collecting garbage dearer. */
const measured = new Map<Call, SerialisedCall>();
const MOST_MEASURED = 50;

/** Serialises a call; once, if it is asked for the same one soon again. */
export function serialise(call: Call): SerialisedCall {
  const known = measured.get(call);
  if (known !== undefined) return known;
  const text = JSON.stringify(call);
  const made = { text, bytes: byteLength(text) };
  if (measured.size >= MOST_MEASURED) measured.clear();
  measured.set(call, made);
  return made;
}

/** Bytes of calls, with separators. */
export function bytesOf(calls: readonly SerialisedCall[]): number {
  return calls.reduce((sum, call) => sum + call.bytes + 1, 0);
}

/**
 * Packs groups into one batch, in order. A group is the calls of one vendor event. It is split only if it is larger than a batch.
 * @param limit most UTF-8 bytes of the body
 */
export function packBatch(groups: readonly (readonly SerialisedCall[])[], limit: number = BATCH_BYTES): PackedBatch {
  const texts: string[] = [];
  let bytes = OPENING.length + CLOSING.length;
  const take = (calls: readonly SerialisedCall[]): boolean => {
    const commas = texts.length > 0 ? calls.length : Math.max(calls.length - 1, 0);
    const more = calls.reduce((sum, call) => sum + call.bytes, commas);
    if (bytes + more > limit) return false;
    for (const call of calls) texts.push(call.text);
    bytes += more;
    return true;
  };

  let whole = 0;
  while (whole < groups.length && take(groups[whole] ?? [])) whole += 1;
  let partial = 0;
  const larger = texts.length === 0 ? (groups[whole] ?? []) : [];
  while (partial < larger.length && take(larger.slice(partial, partial + 1))) partial += 1;
  return { body: OPENING + texts.join(",") + CLOSING, bytes, calls: texts.length, groups: whole, partial };
}
