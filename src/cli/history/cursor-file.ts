/**
 * How far a job is, in a file: it is written only once everything before is kept, so that whatever interrupts the job, it goes on from there. The
 * file holds no person's data and no key.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import * as z from "zod";
import { inProject } from "../project.ts";
import { placeSchema, talliesSchema } from "./job.ts";

/** Where the files are, inside the project, unless `TRIBUTARY_PROGRESS` names another folder; git ignores it. */
const FOLDER = ".tributary";

const schema = z.object({
  version: z.literal(1),
  kind: z.enum(["backfill", "recover", "import"]),
  worker: z.string(),
  account: z.string(),
  source: z.string(),
  /** As the command line said, and where it began: later, if it goes on from where it had ended. Milliseconds since 1970. */
  since: z.number(),
  from: z.number(),
  until: z.number(),
  begunAt: z.number(),
  finishedAt: z.number().nullable(),
  place: placeSchema,
  /** Of an import: lines that are kept, and the hash of the file's first ones. */
  lines: z.number().default(0),
  file: z.string().default(""),
  tallies: talliesSchema,
});

/** What the file says. */
export type SavedJob = z.output<typeof schema>;

/** The file of a job. @param target a Worker's address and one of its accounts */
export function cursorFile(
  kind: SavedJob["kind"],
  target: { readonly url: string; readonly account: string },
  source: string,
  of = "",
): string {
  const hash = createHash("sha256")
    .update(JSON.stringify([target.url, of]))
    .digest("hex")
    .slice(0, 8);
  const named = process.env.TRIBUTARY_PROGRESS;
  const folder = named ? resolve(process.env.INIT_CWD ?? process.cwd(), named) : inProject(FOLDER);
  return join(folder, `${kind}-${target.account}-${source}-${hash}.json`);
}

/** A job's file, where there is one; `"unreadable"` where something else is in its place. */
export function readCursor(file: string): SavedJob | "unreadable" | null {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return null;
  }
  try {
    return schema.safeParse(JSON.parse(text)).data ?? "unreadable";
  } catch {
    return "unreadable";
  }
}

/** Replaces the file as a whole: a reader, and a job that is killed meanwhile, find the old one or the new one. */
export function writeCursor(file: string, job: SavedJob): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const next = `${file}.${process.pid}.new`;
  writeFileSync(next, `${JSON.stringify(job)}\n`, { mode: 0o600 });
  renameSync(next, file);
}
