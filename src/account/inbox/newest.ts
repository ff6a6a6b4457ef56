/**
 * When a source's newest webhook came.
 */
import { type Store, textOf } from "../state/store.ts";
import { readEnvelope } from "./envelope.ts";

/** When the newest webhook of a source was received, milliseconds since 1970; `null` if none is kept. */
export function newestOf(store: Store, source: string): number | null {
  const tables = store
    .run("SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'log_[0-9]*_' || ?", source)
    .map((row) => textOf(row, "name"))
    .sort((one, other) => Number(other.split("_")[1]) - Number(one.split("_")[1]));
  for (const name of tables) {
    const row = store.run(`SELECT envelope FROM "${name}" WHERE envelope IS NOT NULL ORDER BY seq DESC LIMIT 1`)[0];
    if (row !== undefined) return readEnvelope(textOf(row, "envelope")).receivedAt;
  }
  return null;
}
