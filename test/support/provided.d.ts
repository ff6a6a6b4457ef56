import "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** The adapter that the run is about; `null`: it is about everything. */
    adapter: string | null;
    /** Whether each field is tried with every value that it should not have. A run about everything tries a third of them, others for each field. */
    isEveryValue: boolean;
    /** How many histories of people are tried, and the seed from which they follow. */
    histories: { readonly runs: number; readonly seed: number; readonly seconds: number };
  }
}
