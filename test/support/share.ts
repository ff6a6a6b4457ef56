/**
 * How much of what can be tried is tried. `TESTS=all`, and a run about one adapter, try all of it; else it is a fixed share.
 */
import { inject } from "vitest";

/** Whether all of it is tried. */
export const IS_WHOLE = inject("isWhole");

/** How many are tried of so many, such as the inputs of a property. */
export function runsOf(all: number): number {
  return IS_WHOLE ? all : Math.ceil(all / 4);
}
