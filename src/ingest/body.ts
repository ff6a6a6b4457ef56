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

/** Bytes that are made room for at first, and at the most ahead of what has come. */
const FIRST_ROOM = 4096;
const MOST_ROOM = 1024 * 1024;

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
  const inflow = inflowOf(body);
  let unread: Unread | null = null;
  let wake = () => {};
  const stop = (reason: Unread) => {
    unread ??= reason;
    wake();
  };
  // A read that never ends is not waited for, and no promise outlives the read that it is for.
  const next = () =>
    new Promise<number>((resolve, reject) => {
      wake = () => resolve(0);
      inflow.more().then(resolve, reject);
    });
  const stopWatching = guard && watch(guard.clock, inflow.size, () => stop("slow"));
  guard?.lease.onEvicted(() => stop("bodies_in_flight"));
  try {
    for (let come = await next(); come > 0 && unread === null; come = unread === null ? await next() : 0) {
      if (inflow.size() > limit) stop("body");
      else if (guard?.lease.take(come) === false) stop("bodies_in_flight");
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
  // The rest is not wanted; whether the sender hears of that changes nothing.
  inflow.cancel().catch(() => undefined);
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

/** What has come of a body, in one piece of memory. */
interface Inflow {
  size(): number;
  /** Waits for more. @returns how many bytes have come; 0 at the end */
  more(): Promise<number>;
  /** To be asked once, at the end. */
  bytes(): Uint8Array<ArrayBuffer>;
  cancel(): Promise<void>;
}

/**
 * Takes a body in. The platform reads into memory that it is given: asked for chunks of its own it makes one for every 4 KB, which costs four times
 * as much, and one for each byte where a body comes byte by byte.
 */
function inflowOf(body: ReadableStream<Uint8Array>): Inflow {
  let memory = new Uint8Array(FIRST_ROOM);
  let size = 0;
  const makeRoom = (least: number): void => {
    if (memory.length - size >= least) return;
    const room = Math.max(size + least, Math.min(2 * memory.length, memory.length + MOST_ROOM));
    memory = new Uint8Array(memory.buffer.transfer(room));
  };
  const ofBytes = byteReaderOf(body);
  if (ofBytes !== null) {
    return {
      size: () => size,
      more: async () => {
        makeRoom(1);
        const { value } = await ofBytes.read(memory.subarray(size));
        // The memory went with the read, and comes back with it.
        if (value === undefined) throw new TypeError("the memory of a body is lost");
        memory = new Uint8Array(value.buffer);
        size += value.length;
        return value.length;
      },
      bytes: () => new Uint8Array(memory.buffer.transfer(size)),
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
    bytes: () => new Uint8Array(memory.buffer.transfer(size)),
    cancel: () => ofChunks.cancel(),
  };
}

/** Reads into memory that it is given; `null` where a stream has chunks of its own. */
function byteReaderOf(body: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | null {
  try {
    return body.getReader({ mode: "byob" });
  } catch {
    return null;
  }
}
