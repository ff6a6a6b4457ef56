/**
 * Ends a run in which every file has ended and the runner has not: workerd sometimes never answers its last message. The exit code is the tests'.
 */
import type { Reporter } from "vitest/node";

/** Milliseconds after the last file. The runner itself takes less than a second. */
const PATIENCE = 30_000;

/** A reporter that watches the end. */
export function endOfRun(): Reporter {
  let left = Number.POSITIVE_INFINITY;
  let hasFailed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    onTestRunStart: (specifications) => {
      left = specifications.length;
    },
    onTestModuleEnd: (module) => {
      left -= 1;
      hasFailed ||= !module.ok();
      if (left > 0) return;
      timer = setTimeout(() => {
        process.stderr.write(
          `Every file has ended (${hasFailed ? "some failed" : "all passed"}), and the runner has not: it is ended.\n`,
        );
        process.exit(hasFailed ? 1 : 0);
      }, PATIENCE);
    },
    onTestRunEnd: () => clearTimeout(timer),
  };
}
