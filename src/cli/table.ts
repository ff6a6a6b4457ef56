/**
 * Prints rows as a table.
 */
import { escaped } from "./printer.ts";

/**
 * @param rows texts, a row each: whatever they hold, each stays in its place
 * @returns the rows as lines, with columns as wide as their widest text
 */
export function alignColumns(rows: readonly (readonly string[])[]): readonly string[] {
  return aligned(rows.map((row) => row.map(escaped)));
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows.reduce<number[]>((found, row) => {
    row.forEach((text, index) => {
      found[index] = Math.max(found[index] ?? 0, text.length);
    });
    return found;
  }, []);
  return rows.map((row) =>
    row
      .map((text, index) => text.padEnd(widths[index] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
