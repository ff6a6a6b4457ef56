/**
 * How wide a text is on a terminal, and how it is broken into rows.
 */

/** Characters that take two columns: East Asian wide ones, and emoji. @see https://www.unicode.org/reports/tr11/ */
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6]/u;

/** Characters that take none: they stand on the one before. */
const NARROW = /[\p{Mn}\p{Me}]/u;

/** The columns of a text that has no control characters. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += columnsOf(character);
  return width;
}

function columnsOf(character: string): number {
  if (character >= " " && character <= "~") return 1;
  if (NARROW.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** The text with spaces behind it, up to a width. */
export function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - widthOf(text)));
}

/** As much of a text as a width has room for; what is left out is shown by `…`. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  return `${head(text, width - 1)}…`;
}

/** A text as rows of at most a width. Words are broken where they do not fit into a row of their own. */
export function rowsOf(text: string, width: number): readonly string[] {
  const rows: string[] = [];
  let row = "";
  for (const word of text.split(" ")) {
    if (row !== "" && widthOf(row) + 1 + widthOf(word) <= width) {
      row += ` ${word}`;
      continue;
    }
    if (row !== "") rows.push(row);
    row = word;
    while (widthOf(row) > width) {
      const first = head(row, width);
      rows.push(first);
      row = row.slice(first.length);
    }
  }
  return row === "" ? rows : [...rows, row];
}

/** The first characters of a text, as many as fit; one at least. */
function head(text: string, width: number): string {
  let [taken, used] = ["", 0];
  for (const character of text) {
    used += columnsOf(character);
    if (used > width && taken !== "") break;
    taken += character;
  }
  return taken;
}
