/**
 * Rows of a file, one after another: JSON lines, or CSV (RFC 4180) whose first record names the columns.
 */
import { CsvError, parse } from "csv-parse";

/** A row and the line it begins in, counted from 1; a problem says what is wrong with its text. */
export type FileRow = { readonly line: number } & (
  | { readonly ok: true; readonly row: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly problem: string }
);

/** Bytes of one CSV record. A longer one is taken for a quote that is never closed. */
const LONGEST_RECORD = 10_000;

/**
 * Reads rows, holding no more of the file than a few of them.
 * @param chunks the file's bytes, UTF-8
 * @param format chosen by the file's extension
 */
export function rowsOf(chunks: AsyncIterable<Uint8Array>, format: "csv" | "jsonl"): AsyncGenerator<FileRow> {
  return format === "csv" ? csvRows(chunks) : jsonRows(chunks);
}

async function* csvRows(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<FileRow> {
  let nextLine = 1;
  let columns: readonly string[] | null = null;
  const rows: FileRow[] = [];
  const parser = parse({
    bom: true,
    record_delimiter: ["\r\n", "\n"],
    relax_column_count: true,
    // With this a quote in the wrong place is a character. Without it the rows up to the next quote would be skipped.
    relax_quotes: true,
    max_record_size: LONGEST_RECORD,
    // Rows are collected here: a stream that fails drops those that are not read yet.
    on_record: (cells, { lines }) => {
      const line = nextLine;
      nextLine = lines + 1;
      const isBlank = cells.length === 1 && cells[0]?.trim() === "";
      if (columns !== null && !isBlank) rows.push({ line, ...fromCells(columns, cells) });
      else if (!isBlank) columns = cells.map((name) => name.trim().toLowerCase());
      return null;
    },
  });
  const fed = (feed: (done: (error?: Error | null) => void) => void): Promise<Error | null> =>
    new Promise((settle) => feed((error) => settle(error ?? null)));
  // The callbacks have the error. Without a reader the stream would not end.
  parser.on("error", () => {}).resume();
  let error: Error | null = null;
  for await (const chunk of chunks) {
    error = await fed((done) => parser.write(chunk, done));
    yield* rows.splice(0);
    if (error !== null) break;
  }
  error ??= await fed((done) => parser.end(done));
  yield* rows.splice(0);
  if (error !== null) yield { line: nextLine, ok: false, problem: problemOf(error) };
}

/** @throws where it is an error of something else */
function problemOf(error: Error): string {
  if (!(error instanceof CsvError)) throw error;
  return error.code === "CSV_MAX_RECORD_SIZE"
    ? `longer than ${LONGEST_RECORD} bytes, perhaps a quote that is never closed; the rest of the file is not read`
    : "a quote is opened and never closed";
}

type Parsed =
  | { readonly ok: true; readonly row: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly problem: string };

/** Empty cells are left out. */
function fromCells(columns: readonly string[], cells: readonly string[]): Parsed {
  if (cells.length > columns.length) return { ok: false, problem: "more cells than columns" };
  if (cells.some((cell) => cell.startsWith('"'))) return { ok: false, problem: "a cell's closing quote is not at its end" };
  const named = columns.map((name, index) => [name, cells[index]?.trim() ?? ""] as const);
  return { ok: true, row: Object.fromEntries(named.filter(([, cell]) => cell !== "")) };
}

/** Lines end at a line feed alone: JSON may hold U+2028, which `node:readline` takes for an end of line. */
async function* jsonRows(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<FileRow> {
  // It drops the byte order mark that some editors put at the beginning of a file.
  const decoder = new TextDecoder();
  let line = 0;
  let rest = "";
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const text of lines) {
      line += 1;
      if (text.trim() !== "") yield { line, ...fromJson(text) };
    }
  }
  if (rest.trim() !== "") yield { line: line + 1, ...fromJson(rest) };
}

function fromJson(text: string): Parsed {
  try {
    const row: unknown = JSON.parse(text);
    if (typeof row === "object" && row !== null && !Array.isArray(row)) return { ok: true, row: { ...row } };
  } catch {
    // The same answer as for a value that is not an object.
  }
  return { ok: false, problem: "is no JSON object" };
}
