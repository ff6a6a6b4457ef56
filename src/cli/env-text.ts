/**
 * The text of a file of `NAME=value` lines, as editors of any system save it.
 */

/** The text without a byte order mark, with the line ends of Unix: Node's reader of such files takes neither. */
export function envText(text: string): string {
  return text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
}
