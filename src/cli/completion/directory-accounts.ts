/**
 * The accounts of a Worker's directory, for completion: they are in no file.
 */
import { DIRECTORY_OPERATIONS } from "../../console/directory/operations.ts";
import { targetOf } from "../profiles.ts";

/** Milliseconds for all answers: a person waits at the terminal. */
const PATIENCE = 1_500;

/** Names that are offered. */
const MOST = 1_000;

/**
 * Asks the Worker that a line names by --profile or --to; else that of the profile of the environment, or the local one.
 * @returns none where it does not answer at once, or refuses: completion is not the place to say so
 */
export async function directoryAccounts(words: readonly string[]): Promise<readonly string[]> {
  const found = targetOf({ profile: optionIn(words, "profile"), to: optionIn(words, "to") });
  if (!found.ok) return [];
  const { url, token } = found.target;
  const { path, output } = DIRECTORY_OPERATIONS["directory.list"];
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  const signal = AbortSignal.timeout(PATIENCE);
  const names: string[] = [];
  try {
    for (let cursor: string | null = ""; cursor !== null && names.length < MOST; ) {
      const page = new URL(`/api/v1${path}?cursor=${encodeURIComponent(cursor)}`, url);
      const response = await fetch(page, { headers, redirect: "manual", signal });
      const read = output().parse(await response.json());
      names.push(...read.accounts.map(({ name }) => name));
      cursor = read.next;
    }
  } catch {
    return [];
  }
  return names;
}

/** The value of an option on a line. */
function optionIn(words: readonly string[], name: string): string | undefined {
  const index = words.findLastIndex((word) => word === `--${name}` || word.startsWith(`--${name}=`));
  const word = words[index];
  if (word === undefined) return undefined;
  return word.includes("=") ? word.slice(word.indexOf("=") + 1) : words[index + 1];
}
