/**
 * How a command ends: the one table of exit codes.
 */
import { printProblem } from "./printer.ts";

/** Every ending, the code that the process exits with, and what it says to a script. */
export const EXIT_CODES = {
  ok: { code: 0, meaning: "Done, and everything is as it should be." },
  failed: { code: 1, meaning: "It was tried and failed, or what was looked at is not as it should be." },
  usage: { code: 2, meaning: "The command line, or a file or variable that it names, is wrong. Nothing was done." },
  "not allowed": {
    code: 3,
    meaning: "The Worker refused (401 or 403): `ADMIN_TOKEN`, or a source's secret, is missing or wrong.",
  },
  "not reachable": { code: 4, meaning: "Nothing answers at the URL: connection refused, unknown host, time-out." },
} as const;

/** The name of an ending. */
export type Exit = keyof typeof EXIT_CODES;

/** Prints what is wrong and what to do about it. @returns the ending that was given */
export function fail<Given extends Exit>(exit: Given, problem: string): Given {
  printProblem(problem);
  return exit;
}

/** The ending of a tool or a test suite of the project, by its exit code. Codes that are not in the table are failures. */
export function exitOfCode(code: number): "ok" | "failed" | "usage" {
  if (code === EXIT_CODES.ok.code) return "ok";
  return code === EXIT_CODES.usage.code ? "usage" : "failed";
}

/** The ending that an HTTP status of a Worker means, where it is not the one that was wanted. */
export function exitOfStatus(status: number): "failed" | "not allowed" {
  return status === 401 || status === 403 ? "not allowed" : "failed";
}
