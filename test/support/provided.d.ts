import "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** The adapter that the run is about; `null`: it is about everything. */
    adapter: string | null;
  }
}
