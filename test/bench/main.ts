/**
 * `npm run bench`: start-up, acceptance, adapters and what is refused, each beside what it is compared with. Absolute numbers are those of one machine; nothing in
 * the tests depends on any of them.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeBundles } from "../faults/stage.ts";
import { acceptance } from "./acceptance.ts";
import { adapters } from "./adapters.ts";
import { batches } from "./batches.ts";
import { refused } from "./refused.ts";
import { startUp } from "./start-up.ts";

/** @returns the exit code */
export async function run(): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), "tributary-bench-"));
  try {
    const bundles = await makeBundles(directory);
    const parts = [
      () => startUp(bundles, directory),
      () => acceptance(bundles),
      () => batches(bundles),
      () => adapters(),
      () => refused(bundles, directory),
    ];
    for (const part of parts) for (const line of await part()) console.log(line);
    return 0;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
