/**
 * Rows of a file, one after another: JSON lines, or CSV (RFC 4180) whose first record names the columns.
 */

/** A record of a file and the line that it begins in, counted from 1. */
export interface FileRecord {
  readonly line: number;
  readonly text: string;
}

/** A row; a problem is what is wrong with its text. */
export type FileRow = { readonly line: number } & (
  | { readonly ok: true; readonly row: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly problem: string }
);

/** Characters of a record that runs over several lines. */
const LONGEST_RECORD = 10_000;

/** Reads rows without holding more than one of them. @param format by the ending of the file's name */
export async function* rowsOf(chunks: AsyncIterable<string>, format: "csv" | "jsonl"): AsyncGenerator<FileRow> {
  let columns: readonly string[] | null = null;
  for await (const { line, text } of recordsOf(chunks, format === "csv")) {
    if (text.trim() === "") continue;
    if (format === "jsonl") yield { line, ...fromJson(text) };
    else if (columns === null) columns = cellsOf(text).map((name) => name.trim().toLowerCase());
    else yield { line, ...fromCells(columns, cellsOf(text)) };
  }
}

/** Lines; with `quotes` a line does not end where a quote is open. */
async function* recordsOf(chunks: AsyncIterable<string>, quotes: boolean): AsyncGenerator<FileRecord> {
  let line = 1;
  let begun = 1;
  let rest = "";
  let record = "";
  let isOpen = false;
  const end = (part: string): boolean => {
    record += part;
    if (quotes && part.split('"').length % 2 === 0) isOpen = !isOpen;
    // A quote that is never closed must not take the rest of the file.
    if (record.length > LONGEST_RECORD) isOpen = false;
    return !isOpen;
  };
  for await (const chunk of chunks) {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) {
      line += 1;
      if (end(part)) {
        yield { line: begun, text: clean(record, begun) };
        record = "";
        begun = line;
      } else record += "\n";
    }
  }
  end(rest);
  if (record !== "") yield { line: begun, text: clean(record, begun) };
}

/** Without what editors put at the beginning of a file and the end of a line. */
function clean(text: string, line: number): string {
  return (line === 1 ? text.replace(/^\u{feff}/u, "") : text).replace(/\r$/, "");
}

function cellsOf(text: string): readonly string[] {
  const cells = `,${text}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g);
  return Array.from(cells, ([, quoted, plain = ""]) => quoted?.replaceAll('""', '"') ?? plain);
}

type Parsed =
  | { readonly ok: true; readonly row: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly problem: string };

/** Empty cells are left out. */
function fromCells(columns: readonly string[], cells: readonly string[]): Parsed {
  if (cells.length > columns.length) return { ok: false, problem: "more cells than columns" };
  const named = columns.map((name, index) => [name, cells[index]?.trim() ?? ""] as const);
  return { ok: true, row: Object.fromEntries(named.filter(([, cell]) => cell !== "")) };
}

function fromJson(text: string): Parsed {
  try {
    const row: unknown = JSON.parse(text);
    if (typeof row === "object" && row !== null && !Array.isArray(row)) return { ok: true, row: { ...row } };
  } catch {
    // The same answer as for what is no object.
  }
  return { ok: false, problem: "is no JSON object" };
}
