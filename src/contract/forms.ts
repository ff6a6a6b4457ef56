/**
 * Forms: field names with brackets, and answers to questions in the company's own words.
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

/** Deepest nesting of brackets that is followed. */
const DEEPEST = 5;

/** A form whose field names have brackets (`data[merges][FNAME]`), as objects within objects. A list (`tags[]`, `tags[0]`) is one by index. */
export function nested(form: Readonly<Record<string, unknown>>, levels = DEEPEST): Readonly<Record<string, unknown>> {
  const groups = new Map<string, [string, unknown][]>();
  const fields = Object.entries(form).flatMap(([name, value]): [string, unknown][] => {
    const [, group, inner, rest] = /^([^[\]]+)\[([^[\]]*)\](.*)$/s.exec(name) ?? [];
    if (levels === 0 || group === undefined) return [[name, value]];
    groups.set(group, [...(groups.get(group) ?? []), [`${inner}${rest}`, value]]);
    return [];
  });
  const inner = [...groups].map(([name, members]): [string, unknown] => [name, nested(Object.fromEntries(members), levels - 1)]);
  return Object.fromEntries([...fields, ...inner]);
}
