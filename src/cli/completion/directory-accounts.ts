/**
 * The accounts of a Worker's directory and their sources, for completion: they are in no file.
 */
import { DIRECTORY_OPERATIONS } from "../../console/directory/operations.ts";
import { targetOf } from "../profiles.ts";

/** Milliseconds for all answers: a person waits at the terminal. */
const PATIENCE = 1_500;

/** Names that are offered. */
const MOST = 1_000;

/** Reads a path of the API below `/api/v1`. @throws where the answer does not come in time, or is none */
type Read = (path: string) => Promise<unknown>;

/**
 * Asks the Worker that a line names by --profile or --to; else that of the profile of the environment, or the local one.
 * @returns none where it does not answer at once, or refuses: completion is not the place to say so
 */
async function asking(words: readonly string[], work: (read: Read) => Promise<readonly string[]>): Promise<readonly string[]> {
  const found = targetOf({ profile: optionIn(words, "profile"), to: optionIn(words, "to") });
  if (!found.ok) return [];
  const { url, token } = found.target;
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  const signal = AbortSignal.timeout(PATIENCE);
  const read: Read = async (path) =>
    (await fetch(new URL(`/api/v1${path}`, url), { headers, redirect: "manual", signal })).json();
  return work(read).catch(() => []);
}

/** The accounts of its directory. @returns as `asking` */
export function directoryAccounts(words: readonly string[]): Promise<readonly string[]> {
  const { path, output } = DIRECTORY_OPERATIONS["directory.list"];
  return asking(words, async (read) => {
    const names: string[] = [];
    for (let cursor: string | null = ""; cursor !== null && names.length < MOST; ) {
      const page = output().parse(await read(`${path}?cursor=${encodeURIComponent(cursor)}`));
      names.push(...page.accounts.map(({ name }) => name));
      cursor = page.next;
    }
    return names;
  });
}

/** The sources of an account of its directory. @returns as `asking` */
export function directorySources(words: readonly string[], account: string): Promise<readonly string[]> {
  const { path, output } = DIRECTORY_OPERATIONS["directory.show"];
  return asking(words, async (read) => {
    const shown = output().parse(await read(path.replace(":name", encodeURIComponent(account))));
    return shown.account.sources.map(({ name }) => name);
  });
}

/** The value of an option on a line. */
function optionIn(words: readonly string[], name: string): string | undefined {
  const index = words.findLastIndex((word) => word === `--${name}` || word.startsWith(`--${name}=`));
  const word = words[index];
  if (word === undefined) return undefined;
  return word.includes("=") ? word.slice(word.indexOf("=") + 1) : words[index + 1];
}
