/**
 * What random inputs follow from, and how long they are tried: a busy machine tries fewer, and too few are a failure.
 */
import * as fc from "fast-check";
import { inject } from "vitest";

/** Milliseconds after which a property gets no further input. Tests may take longer. */
const TIME_LIMIT = 15_000;

/** The part of its runs that a property must have had. */
const LEAST_PART = 0.1;

/** @throws where a run failed, or where there were too few */
function report<Values>(details: fc.RunDetails<Values>): void {
  if (details.failed) throw new Error(fc.defaultReportMessage(details), { cause: details.errorInstance });
  const least = Math.max(1, Math.ceil((details.runConfiguration.numRuns ?? 1) * LEAST_PART));
  if (details.numRuns < least) throw new Error(`The time was over after ${details.numRuns} runs; at least ${least} are needed.`);
}

fc.configureGlobal({ seed: inject("seed"), interruptAfterTimeLimit: TIME_LIMIT, reporter: report });
