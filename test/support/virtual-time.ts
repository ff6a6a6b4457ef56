/**
 * Time that passes when a test says so, and bodies that come when a test says so.
 */
import type { Clock } from "../../src/ingest/clock.ts";

/** A clock that stands still. */
export interface VirtualTime extends Clock {
  /** Lets so many milliseconds pass, and calls back whoever waited for one of them. */
  pass(milliseconds: number): void;
  /** How many wait. */
  waiting(): number;
}

/** @param start milliseconds since 1970 */
export function virtualTime(start: number): VirtualTime {
  let time = start;
  const timers = new Set<{ readonly at: number; readonly call: () => void }>();
  return {
    now: () => time,
    after: (milliseconds, call) => {
      const timer = { at: time + milliseconds, call };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    pass: (milliseconds) => {
      const end = time + milliseconds;
      const next = () => [...timers].filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0];
      for (let timer = next(); timer !== undefined; timer = next()) {
        timers.delete(timer);
        time = Math.max(time, timer.at);
        timer.call();
      }
      time = end;
    },
    waiting: () => timers.size,
  };
}

/** A body that a test sends piece by piece. */
export interface SentBody {
  readonly stream: ReadableStream<Uint8Array>;
  /** Sends a piece, and settles when its reader asks for the next. */
  send(bytes: Uint8Array): Promise<void>;
  /** Settles when its reader asks for the first piece. */
  readonly begun: Promise<void>;
  end(): void;
  wasCancelled(): boolean;
}

/** A body of which nothing has come yet. @param type `bytes` where its reader may bring the memory, as that of a request does */
export function sentBody(type?: "bytes"): SentBody {
  let asked = Promise.withResolvers<void>();
  const begun = asked.promise;
  let cancelled = false;
  let controller: ReadableByteStreamController | ReadableStreamDefaultController<Uint8Array> | null = null;
  const source = {
    start: (given: ReadableByteStreamController | ReadableStreamDefaultController<Uint8Array>) => {
      controller = given;
    },
    pull: () => asked.resolve(),
    cancel: () => {
      cancelled = true;
    },
  };
  const stream =
    type === undefined
      ? new ReadableStream<Uint8Array>(source, { highWaterMark: 0 })
      : new ReadableStream({ ...source, type }, { highWaterMark: 0 });
  return {
    stream,
    begun,
    send: (bytes) => {
      asked = Promise.withResolvers();
      controller?.enqueue(bytes);
      return asked.promise;
    },
    end: () => {
      controller?.close();
      // A reader that waits with memory of its own gets it back.
      if (controller !== null && "byobRequest" in controller) controller.byobRequest?.respond(0);
    },
    wasCancelled: () => cancelled,
  };
}
