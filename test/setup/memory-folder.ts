/**
 * Where the databases of the objects stand that tests in workerd make: in memory, where the system keeps such a folder and there is room. They
 * sync thousands of times, and nobody reads them after the run.
 */
import { statfsSync } from "node:fs";
import { freemem } from "node:os";

const FOLDER = "/dev/shm";

/** Bytes that must be free, in the folder and in memory: many times what the tests write. */
const ROOM = 4_000_000_000;

/** The folder; `null` where there is none, or too little room. */
export function memoryFolder(): string | null {
  try {
    const { bavail, bsize } = statfsSync(FOLDER);
    return Math.min(bavail * bsize, freemem()) > ROOM ? FOLDER : null;
  } catch {
    return null;
  }
}
