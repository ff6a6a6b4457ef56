/**
 * Reads a request body without trusting its declared length or the speed of its sender.
 */
import type { Lease } from "./body-budget.ts";
import type { Clock } from "./clock.ts";

/** Longest time for any body, milliseconds. Vendors give up after at most 30 seconds. */
const LONGEST = 30_000;

/** Time for a body of any size, milliseconds. */
const GRACE = 5_000;

/** After that a sender must have sent at least so many bytes per millisecond. */
const LEAST_RATE = 32;

/** Bytes of memory allocated at first, and at most ahead of the bytes that arrived unless a length is declared. */
const FIRST_ROOM = 4096;
const MOST_ROOM = 1024 * 1024;

/** A body of at most this declared length is read to its end at once: each read is a turn of the event loop. It arrives within `GRACE`. */
const READ_AT_ONCE = 64 * 1024;

/** The limits for a body of an unverified sender. */
export interface Guard {
  readonly lease: Lease;
  readonly clock: Clock;
  /** The length that the sender declared, bytes; 0 if it declared none. A hint, which need not be true. */
  readonly declared: number;
}

/** Why reading stopped. `body`: larger than the limit. `bodies_in_flight`: no memory left. `aborted`: the sender disconnected. `slow`: too slow. */
export type Unread = "body" | "bodies_in_flight" | "aborted" | "slow";

/** A body, or why it was not read to its end. */
export type BodyResult =
  | { readonly ok: true; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly ok: false; readonly reason: Unread };

/**
 * Reads a body to its end, or until it is larger than `limit` bytes. Beyond a declared length that is read at once, only bytes that arrived are
 * charged to the lease, so a sender that declares a large body and sends nothing takes no room.
 * @param guard left out for answers of hosts that we chose, which have a timeout of their own
 */
export async function readBody(body: ReadableStream<Uint8Array> | null, limit: number, guard?: Guard): Promise<BodyResult> {
  if (body === null) return { ok: true, bytes: new Uint8Array(0) };
  const declared = Math.min(guard?.declared ?? 0, limit);
  const atOnce = declared > 0 && declared <= READ_AT_ONCE ? declared : 0;
  let charged = atOnce > FIRST_ROOM ? atOnce : 0;
  if (charged > 0 && guard?.lease.take(charged) === false) return { ok: false, reason: "bodies_in_flight" };
  const inflow = inflowOf(body, declared, atOnce);
  let unread: Unread | null = null;
  let wake = () => {};
  const stop = (reason: Unread) => {
    unread ??= reason;
    wake();
  };
  // `stop` ends the wait for a read that never ends. No promise outlives its read.
  const next = () =>
    new Promise<number>((resolve, reject) => {
      wake = () => resolve(0);
      inflow.more().then(resolve, reject);
    });
  const stopWatching = guard && watch(guard.clock, inflow.size, () => stop("slow"));
  guard?.lease.onEvicted(() => stop("bodies_in_flight"));
  try {
    for (let come = await next(); come > 0 && unread === null; come = unread === null ? await next() : 0) {
      const more = Math.max(0, inflow.size() - charged);
      charged += more;
      if (inflow.size() > limit) stop("body");
      else if (guard?.lease.take(more) === false) stop("bodies_in_flight");
    }
  } catch {
    stop("aborted");
  }
  stopWatching?.();
  if (unread === null) {
    guard?.lease.complete();
    return { ok: true, bytes: inflow.bytes() };
  }
  guard?.lease.end();
  // Whether cancelling succeeds changes nothing for us.
  inflow.cancel().catch(() => undefined);
  return { ok: false, reason: unread };
}

/** Calls `isLate` once when a body is too slow for its size so far. @returns a function that stops watching */
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

/** The bytes of a body that arrived, in one buffer. */
interface Inflow {
  size(): number;
  /** Waits for more bytes. @returns how many arrived; 0 at the end */
  more(): Promise<number>;
  /** All bytes. Call it once, at the end. One unused byte may follow them in the buffer. */
  bytes(): Uint8Array<ArrayBuffer>;
  cancel(): Promise<void>;
}

/**
 * Reads a body into one growing buffer. If the platform allocates the chunks, it makes one for every 4 KB, which costs four times as much, and
 * one for every byte of a body that arrives byte by byte.
 * @param declared length; believed once half of it arrived, because growing the buffer step by step copies a large body three times
 * @param atOnce the same length where its memory is taken at first; otherwise 0
 */
function inflowOf(body: ReadableStream<Uint8Array>, declared: number, atOnce: number): Inflow {
  // One byte more, so that the read that finds the end needs no larger buffer.
  const full = declared + 1;
  let memory = new Uint8Array(atOnce > 0 ? full : FIRST_ROOM);
  let size = 0;
  const makeRoom = (least: number): void => {
    if (memory.length - size >= least) return;
    const steps = Math.max(size + least, Math.min(2 * memory.length, memory.length + MOST_ROOM));
    const isBelieved = full >= size + least && 2 * size >= declared;
    memory = new Uint8Array(memory.buffer.transfer(isBelieved ? full : steps));
  };
  // Cutting the buffer to size copies it.
  const bytes = () => new Uint8Array(memory.length - size <= 1 ? memory.buffer : memory.buffer.transfer(size), 0, size);
  const ofBytes = byteReaderOf(body);
  if (ofBytes !== null) {
    const least = atOnce > 0 ? full : 1;
    let hasEnded = false;
    return {
      size: () => size,
      more: async () => {
        if (hasEnded) return 0;
        makeRoom(1);
        const asked = Math.min(least, memory.length - size);
        const { value } = await ofBytes.readAtLeast(asked, memory.subarray(size));
        // The read takes the buffer away and gives it back.
        if (value === undefined) throw new TypeError("a read did not give its buffer back");
        memory = new Uint8Array(value.buffer);
        size += value.length;
        hasEnded = value.length < asked;
        return value.length;
      },
      bytes,
      cancel: () => ofBytes.cancel(),
    };
  }
  const ofChunks = body.getReader();
  return {
    size: () => size,
    more: async () => {
      for (let read = await ofChunks.read(); !read.done; read = await ofChunks.read()) {
        const { length } = read.value;
        if (length === 0) continue;
        makeRoom(length);
        memory.set(read.value, size);
        size += length;
        return length;
      }
      return 0;
    },
    bytes,
    cancel: () => ofChunks.cancel(),
  };
}

/** A reader that fills a given buffer; `null` if the stream has chunks of its own. */
function byteReaderOf(body: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | null {
  try {
    return body.getReader({ mode: "byob" });
  } catch {
    return null;
  }
}
