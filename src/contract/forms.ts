/**
 * Answers to forms, whose questions are in the company's own words.
 */
import type { Maybe } from "./facts.ts";

const ADDRESS = /^[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+$/;

/** The one e-mail address among answers; `undefined` where there is none, or more than one. */
export function onlyAddress(answers: readonly Maybe<string>[]): string | undefined {
  const found = new Map(
    answers.flatMap((answer) => (answer && ADDRESS.test(answer.trim()) ? [[answer.trim().toLowerCase(), answer.trim()]] : [])),
  );
  const [address, ...others] = found.values();
  return others.length === 0 ? address : undefined;
}
