/**
 * The folder of a self-hosted Worker's state: its owner's alone, and one process's at a time.
 */
import { chmodSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import * as z from "zod";

/** The end of opening a folder; a problem is a text for the person at the terminal. */
export type DataFolder = { readonly ok: true; readonly release: () => void } | { readonly ok: false; readonly problem: string };

/** Read, written and entered by its owner; files are never run. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/** Milliseconds that a process which was just ended may take to let go. */
const PATIENCE = 3_000;

const sqliteError = z.object({ errcode: z.number() });

/** @see https://www.sqlite.org/rescode.html#busy */
const BUSY = 5;

/**
 * Makes the folder where it is missing, locks it, and closes it to others: what is in it now, and whatever this process and its children
 * write from now on. The lock is the system's, so that it ends with the process, however that ends.
 * @param path absolute
 */
export async function openDataFolder(path: string): Promise<DataFolder> {
  // What is kept there is about people. SQLite gives its files the mode that is left over.
  process.umask(~FOLDER_MODE & 0o777);
  try {
    mkdirSync(path, { recursive: true, mode: FOLDER_MODE });
    const lock = await lockIn(path);
    if (lock === null) {
      return {
        ok: false,
        problem: `${path} is in use by another process, and two on one folder would deliver everything twice. Stop it first, or choose another folder with --data.`,
      };
    }
    close(path);
    return { ok: true, release: () => lock.close() };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      ok: false,
      problem: `${path} cannot be used (${reason}). Give --data a folder of a local disk that this user owns.`,
    };
  }
}

/** A transaction that is never ended, on a database of its own that stays empty; `null` where another process has it. */
async function lockIn(path: string): Promise<DatabaseSync | null> {
  const database = new DatabaseSync(join(path, "lock.sqlite"));
  for (const deadline = Date.now() + PATIENCE; ; await pause(50)) {
    try {
      database.exec("BEGIN EXCLUSIVE");
      return database;
    } catch (error) {
      const isBusy = sqliteError.safeParse(error).data?.errcode === BUSY;
      if (isBusy && Date.now() < deadline) continue;
      database.close();
      if (isBusy) return null;
      throw error;
    }
  }
}

/** Links are left alone: what they lead to is not in the folder. */
function close(path: string): void {
  chmodSync(path, FOLDER_MODE);
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inside = join(path, entry.name);
    if (entry.isDirectory()) close(inside);
    else if (entry.isFile()) chmodSync(inside, FILE_MODE);
  }
}
