/**
 * Time, as far as receiving depends on it.
 */

/** Tells the time, and calls back later. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls once after so many milliseconds. @returns what takes the call back; it may be called at any time */
  after(milliseconds: number, call: () => void): () => void;
}

/** Calls back by the platform's own timers, which end with the request that set them. */
export function platformTimer(milliseconds: number, call: () => void): () => void {
  const timer = setTimeout(call, milliseconds);
  return () => clearTimeout(timer);
}
