import "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** The adapter that the run is about; `null`: it is about everything. */
    adapter: string | null;
    /** How many histories of people are tried, and the seed from which they follow. */
    histories: { readonly runs: number; readonly seed: number; readonly seconds: number };
  }
}
