import "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** The adapter that the run is about; `null`: it is about everything. */
    adapter: string | null;
    /** Whether all that can be tried is; see `share.ts`. */
    isWhole: boolean;
    /** What random inputs follow from. */
    seed: number;
  }
}
