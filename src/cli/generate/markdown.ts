/**
 * Markdown, as the generated pages are written.
 */

/** Text in the font of code. */
export function code(text: string): string {
  return `\`${text}\``;
}

/** A text inside a table's cell. */
export function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

/** A table, with a line break at its end; nothing where it has no rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const lines = [head, head.map(() => "---"), ...rows.map((row) => row.map(cell))];
  return lines.map((row) => `|${row.map((text) => (text === "" ? " " : ` ${text} `)).join("|")}|\n`).join("");
}

/** The place of a heading on its page, as links name it. */
export function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}
