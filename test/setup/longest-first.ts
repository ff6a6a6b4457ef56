/**
 * The order of test files where none has been timed yet, as in a fresh clone: the longest first, so that all workers finish together. Vitest goes by
 * the size of files, which says little of how long they take. Later it knows.
 */
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The files that take longest, the longest first. */
export const LONGEST: readonly string[] = [
  "test/node/cli-commands.test.ts",
  "test/node/adapters-hostile.test.ts",
  "test/node/data-folder.test.ts",
  "test/node/setup.test.ts",
  "test/node/regions.test.ts",
  "test/node/cli-history.test.ts",
  "test/node/adapters-requests.test.ts",
  "test/node/selfhost-stop.test.ts",
  "test/node/alarms.test.ts",
  "test/node/adapters-money.test.ts",
  "test/node/adapters-plan.test.ts",
  "test/node/sandbox.test.ts",
  "test/node/hand-over.test.ts",
  "test/ingest/preview.test.ts",
  "test/contract/adapters.test.ts",
  "test/account/adapters-history.test.ts",
  "test/identity/histories.test.ts",
  "test/identity/one-person.test.ts",
  "test/account/large-log.test.ts",
  "test/contract/adapters-signatures.test.ts",
  "test/account/compaction.test.ts",
  "test/account/account.test.ts",
];

function rankOf({ moduleId }: TestSpecification): number {
  const rank = LONGEST.findIndex((file) => moduleId.replaceAll("\\", "/").endsWith(`/${file}`));
  return rank === -1 ? LONGEST.length : rank;
}

/** Vitest asks for a class. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    if (files.some((file) => this.ctx.cache.getTestSpecificationResult(file) !== undefined)) return sorted;
    // Projects run one after the other, in the order in which they now stand.
    const projects = [...new Set(sorted.map(({ project }) => project))];
    return projects.flatMap((project) =>
      sorted.filter((file) => file.project === project).toSorted((one, other) => rankOf(one) - rankOf(other)),
    );
  }
}
