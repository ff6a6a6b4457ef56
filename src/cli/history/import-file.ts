/**
 * Reads a file of recorded webhooks and hands them on, page by page; after an interruption it goes on behind the last page that was kept.
 */
import { createHash } from "node:crypto";
import { closeSync, createReadStream, openSync, readSync, statSync } from "node:fs";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import type { ImportedWebhook } from "./deliver.ts";
import { kindOf, type RecordingKind, readRecording } from "./recordings.ts";

/** Lines of one page, and characters. */
const LINES_AT_ONCE = 100;
const CHARACTERS_AT_ONCE = 2_000_000;

/** Bytes at a file's beginning by which it is recognised. */
const HEAD = 64 * 1024;

/** A page of the file. */
export interface Page {
  readonly webhooks: readonly { readonly line: number; readonly webhook: ImportedWebhook }[];
  /** Lines that are no webhook. */
  readonly refused: readonly { readonly line: number; readonly problem: string }[];
  /** The last line that was read. */
  readonly last: number;
}

/** What to read. */
export interface FileReading {
  readonly path: string;
  /** `null`: each line says itself what it is. */
  readonly kind: RecordingKind | null;
  /** Headers that every webhook has. */
  readonly headers: Readonly<Record<string, string>>;
  /** Lines that are kept already. */
  readonly skip: number;
}

/** The pages of a file. One whose name ends in `.gz` is unpacked. */
export async function* pagesOf({ path, kind, headers, skip }: FileReading): AsyncGenerator<Page> {
  const file = createReadStream(path);
  const input = path.endsWith(".gz") ? file.pipe(createGunzip()) : file;
  // An error of the one is no error of the other.
  file.on("error", (error) => input.destroy(error));
  let page: { webhooks: { line: number; webhook: ImportedWebhook }[]; refused: { line: number; problem: string }[] } =
    emptyPage();
  let [line, characters] = [0, 0];
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    line += 1;
    if (line <= skip || text.trim() === "") continue;
    const read = readLine(text, kind, headers);
    if (typeof read === "string") page.refused.push({ line, problem: read });
    else page.webhooks.push({ line, webhook: read });
    characters += text.length;
    if (page.webhooks.length + page.refused.length < LINES_AT_ONCE && characters < CHARACTERS_AT_ONCE) continue;
    yield { ...page, last: line };
    page = emptyPage();
    characters = 0;
  }
  if (page.webhooks.length + page.refused.length > 0) yield { ...page, last: line };
}

function emptyPage(): { webhooks: { line: number; webhook: ImportedWebhook }[]; refused: { line: number; problem: string }[] } {
  return { webhooks: [], refused: [] };
}

/** @returns what is wrong with the line, where it is no webhook */
function readLine(
  text: string,
  given: RecordingKind | null,
  headers: Readonly<Record<string, string>>,
): ImportedWebhook | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "this is not JSON";
  }
  const kind = given ?? kindOf(value);
  const webhook = kind === null ? null : readRecording(kind, value, headers);
  return webhook ?? (given === null ? "this is no recorded webhook: see --from" : `this is not of the kind ${given}`);
}

/** By what a file is recognised: its size and its beginning. */
export function fingerprintOf(path: string): string {
  const { size } = statSync(path);
  const head = Buffer.alloc(Math.min(size, HEAD));
  const file = openSync(path, "r");
  try {
    readSync(file, head, 0, head.length, 0);
  } finally {
    closeSync(file);
  }
  return createHash("sha256").update(`${size} `).update(head).digest("hex");
}
