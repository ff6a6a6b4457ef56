/**
 * Answers to forms and to the questions of a booking, as properties.
 */
import type { Value } from "../contract/drafts.ts";
import type { Maybe } from "../contract/facts.ts";

/** Most answers of one event, and longest name, characters. */
const MOST = 50;
const LONGEST = 80;

/** Latin letters that are no letter with an accent. */
const LETTERS: { readonly [letter: string]: string } = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ı: "i" };

/** Properties of answers. */
export type Answers = { readonly [Name in `answer_${string}`]: Value };

/**
 * One property for each answer, `answer_<name>` with the question's reference or words in snake_case. Accents are removed; a question in another
 * script is named by its place (`answer_3`), one of the same name as another gets a number (`answer_notes_2`).
 * @param given the reference or words of each question, and its answer; `null`, `undefined` and empty answers are left out
 */
export function answers(given: Maybe<readonly (readonly [words: Maybe<string>, value: Value])[]>): Answers {
  const found = new Map<`answer_${string}`, Value>();
  for (const [place, [words, value]] of (given ?? []).slice(0, MOST).entries()) {
    if (value === null || value === undefined || value === "") continue;
    const name: `answer_${string}` = `answer_${answerName(words) ?? place + 1}`;
    let free = name;
    for (let count = 2; found.has(free); count++) free = `${name}_${count}`;
    found.set(free, value);
  }
  return Object.fromEntries(found);
}

/** Questions that carry a campaign along: they are attribution, and no answers. */
const CAMPAIGN = /^utm_(source|medium|campaign|term|content)$|^[a-z]+clid$/;

/** Whether a question only carries a campaign along, by its reference or words. */
export function isOfCampaign(words: Maybe<string>): boolean {
  return CAMPAIGN.test(answerName(words) ?? "");
}

/** A name in snake_case; `null` where it has other than Latin letters, or none. Endings that are kept for times and amounts get another one. */
export function answerName(words: Maybe<string>): string | null {
  const latin = (words ?? "")
    .toLowerCase()
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[ßæœøłđı]/g, (letter) => LETTERS[letter] ?? "");
  if (/[^\p{ASCII}]/u.test(latin.replace(/[^\p{L}]/gu, ""))) return null;
  const name = latin
    .replace(/[^a-z0-9]+/g, "_")
    .slice(0, LONGEST)
    .replace(/^_+|_+$/g, "");
  if (name === "") return null;
  return /(^|_)(at|minor)$/.test(name) ? `${name}_value` : name;
}
