/**
 * Reading a body without trusting its length, its sender's patience or its sender's speed.
 */
import type { Lease } from "./body-budget.ts";
import type { Clock } from "./clock.ts";

/** How long any body may take, milliseconds. Vendors themselves give up after 30 seconds at the latest. */
const LONGEST = 30_000;

/** How long a body may take whatever its size, milliseconds. */
const GRACE = 5_000;

/** Bytes that a sender has to send in each millisecond beyond that. */
const LEAST_RATE = 32;

/** Bytes that are made room for at first. */
const FIRST_ROOM = 4096;

/** What a body of an unknown sender is read under. */
export interface Guard {
  readonly lease: Lease;
  readonly clock: Clock;
}

/** Why reading was given up. `aborted`: the sender went away. `slow`: it took too long. */
export type Unread = "body" | "bodies_in_flight" | "aborted" | "slow";

/** The end of reading. */
export type BodyResult =
  | { readonly ok: true; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly ok: false; readonly reason: Unread };

/**
 * Reads a body to its end, or to `limit` bytes, whichever comes first. Only bytes that have come are charged to the lease: a sender that
 * announces much and sends nothing takes nothing from others.
 * @param guard left out where the sender was chosen by us, and is watched already
 */
export async function readBody(body: ReadableStream<Uint8Array> | null, limit: number, guard?: Guard): Promise<BodyResult> {
  if (body === null) return { ok: true, bytes: new Uint8Array(0) };
  const reader = body.getReader();
  const collected = collector();
  let unread: Unread | null = null;
  let wake = () => {};
  const stop = (reason: Unread) => {
    unread ??= reason;
    wake();
  };
  // A read that never ends is not waited for, and no promise outlives the read that it is for.
  const next = () =>
    new Promise<ReadableStreamReadResult<Uint8Array> | null>((resolve, reject) => {
      wake = () => resolve(null);
      reader.read().then(resolve, reject);
    });
  const stopWatching = guard && watch(guard.clock, collected.size, () => stop("slow"));
  guard?.lease.onEvicted(() => stop("bodies_in_flight"));
  try {
    for (let read = await next(); read !== null && !read.done; read = await next()) {
      if (collected.size() + read.value.length > limit) stop("body");
      else if (guard?.lease.take(read.value.length) === false) stop("bodies_in_flight");
      if (unread !== null) break;
      collected.add(read.value);
    }
  } catch {
    stop("aborted");
  }
  stopWatching?.();
  if (unread === null) {
    guard?.lease.complete();
    return { ok: true, bytes: collected.bytes() };
  }
  guard?.lease.end();
  // The rest is not wanted; whether the sender hears of that changes nothing.
  reader.cancel().catch(() => undefined);
  return { ok: false, reason: unread };
}

/** Calls once when a body is too slow for what has come of it. @returns what ends the watch */
function watch({ now, after }: Clock, size: () => number, isLate: () => void): () => void {
  const begun = now();
  const left = () => begun + Math.min(LONGEST, GRACE + size() / LEAST_RATE) - now();
  const look = () => (left() <= 0 ? isLate() : wait());
  let takeBack = () => {};
  const wait = () => {
    takeBack = after(Math.max(1, left()), look);
  };
  wait();
  return () => takeBack();
}

/** Gathers chunks in one piece of memory: of a body that comes byte by byte each chunk would cost a hundred times its size. */
function collector() {
  let bytes = new Uint8Array(0);
  let size = 0;
  return {
    size: () => size,
    add: (chunk: Uint8Array): void => {
      const needed = size + chunk.length;
      if (needed > bytes.length) {
        bytes = new Uint8Array(
          bytes.buffer.transfer(Math.max(FIRST_ROOM, needed, Math.min(2 * bytes.length, needed + 1024 * 1024))),
        );
      }
      bytes.set(chunk, size);
      size = needed;
    },
    /** To be asked once, at the end. */
    bytes: (): Uint8Array<ArrayBuffer> => new Uint8Array(bytes.buffer.transfer(size)),
  };
}
