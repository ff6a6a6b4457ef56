/**
 * The time and timers of receiving.
 */

/** The time, and timers. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `call` once after so many milliseconds. @returns a function that cancels it, at any time */
  after(milliseconds: number, call: () => void): () => void;
}

/** Sets a timer of the platform. It ends with the request that set it. @returns a function that cancels it */
export function platformTimer(milliseconds: number, call: () => void): () => void {
  const timer = setTimeout(call, milliseconds);
  return () => clearTimeout(timer);
}
