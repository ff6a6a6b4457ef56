/**
 * What a part of the bench finds out: figures, some with a goal, and tables that explain them.
 */

/** One number that was measured. */
export interface Figure {
  /** Short and stable, for programs. */
  readonly id: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Its limit, or none. */
  readonly goal?: { readonly atLeast: number } | { readonly atMost: number };
}

/** A table: the first row is its head. */
export type Table = readonly (readonly string[])[];

/** What a part found out. */
export interface Section {
  readonly title: string;
  /** How it was measured, in one or two sentences. */
  readonly how: string;
  readonly tables: readonly Table[];
  readonly figures: readonly Figure[];
  /** Further lines. */
  readonly notes?: readonly string[];
}

/** Whether a figure meets its goal; `null` if it has none. */
export function isMet({ value, goal }: Figure): boolean | null {
  if (goal === undefined) return null;
  return "atLeast" in goal ? value >= goal.atLeast : value <= goal.atMost;
}

/** A number with as many digits as are of use. */
export function shown(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en");
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

/** The goal of a figure as text. */
export function goalOf({ goal }: Figure): string {
  if (goal === undefined) return "";
  return "atLeast" in goal ? `≥ ${shown(goal.atLeast)}` : `≤ ${shown(goal.atMost)}`;
}

/** A table in Markdown. */
export function markdown([head = [], ...rows]: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

/** A table for a terminal. */
export function plainText(table: Table): string {
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => (row[column] ?? "").length)));
  return table
    .map(
      (row) =>
        `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  ")}`,
    )
    .join("\n");
}

/** The figures with a goal, as a table. */
export function goalTable(figures: readonly Figure[]): Table {
  const rows = figures
    .filter(({ goal }) => goal !== undefined)
    .map((figure) => [figure.name, goalOf(figure), `${shown(figure.value)} ${figure.unit}`.trim(), isMet(figure) ? "yes" : "no"]);
  return [["", "goal", "measured", "met"], ...rows];
}
