/**
 * "Did you mean …?": the word of a list that is nearest to a mistyped one.
 */

/** Edits that a word may be away, as a share of its length. */
const TOLERANCE = 0.4;

/** @returns the nearest of the words, or `null` where none is near */
export function nearest(typed: string, words: Iterable<string>): string | null {
  let [best, least]: [string | null, number] = [null, Infinity];
  for (const word of words) {
    const edits = editsBetween(typed.toLowerCase(), word.toLowerCase());
    if (edits < least && edits <= Math.max(typed.length, word.length) * TOLERANCE) [best, least] = [word, edits];
  }
  return best;
}

/** @returns " Did you mean …?", to be put behind a sentence; empty where no word is near */
export function didYouMean(typed: string, words: Iterable<string>): string {
  const word = nearest(typed, words);
  return word === null ? "" : ` Did you mean ${word}?`;
}

/**
 * Insertions, deletions, replacements and swaps of neighbours that make one text of the other.
 * @see https://en.wikipedia.org/wiki/Damerau–Levenshtein_distance (optimal string alignment)
 */
function editsBetween(one: string, other: string): number {
  let [before, row]: [number[], number[]] = [[], Array.from({ length: other.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const replaced = at(row, j - 1) + Number(one[i - 1] !== other[j - 1]);
      const isSwap = one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      const swapped = isSwap ? at(before, j - 2) + 1 : Infinity;
      next.push(Math.min(replaced, at(row, j) + 1, at(next, j - 1) + 1, swapped));
    }
    [before, row] = [row, next];
  }
  return at(row, other.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
