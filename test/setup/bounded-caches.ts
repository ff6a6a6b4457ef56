/**
 * Bounds of the caches of transformed and compiled modules. Tests run copies of the project in folders of their own, and no later run finds those
 * modules again.
 */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { inProject } from "../../src/cli/project.ts";

/** The most files of each cache: some four times as many as a run makes. */
const CACHES = { "node_modules/.vitest-cache": 10_000, "node_modules/.cache/tributary": 20_000 } as const;

/** Empties a cache that has grown too large: the run that begins fills it again. */
export function boundCaches(): void {
  for (const [cache, most] of Object.entries(CACHES)) {
    const folder = inProject(cache);
    if (existsSync(folder) && readdirSync(folder, { recursive: true }).length > most)
      rmSync(folder, { recursive: true, force: true });
  }
}
