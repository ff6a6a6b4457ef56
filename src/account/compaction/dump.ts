/**
 * The content of the database as bytes, in parts, and back.
 */
import * as z from "zod";
import { utf8Bytes } from "../../contract/verify/encoding.ts";
import { concat, numberOf, type SqlValue, type Store, textOf } from "../state/store.ts";

/** Maximum of bytes, and of rows, in one part. */
const ENOUGH = 4_000_000;
const MOST_ROWS = 2_000;

/** The account's own tables, without those of the platform and of SQLite. */
const OWN = "sql IS NOT NULL AND name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*'";

/** Where SQLite keeps the counters of AUTOINCREMENT tables. */
const COUNTERS = "sqlite_sequence";

const blob = z.object({ bytes: z.int().nonnegative() });

/** A part without its blobs, which follow it: each is represented by its length. */
const head = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("tables"), statements: z.array(z.string()) }),
  z.object({
    kind: z.literal("rows"),
    table: z.string(),
    rows: z.array(z.array(z.union([z.string(), z.number(), z.null(), blob]))),
  }),
  z.object({ kind: z.literal("counters"), counters: z.array(z.tuple([z.string(), z.number()])) }),
]);

/** Bytes of the length of the head. */
const LENGTH = 4;

/**
 * The parts of the database, in order. Nothing may be written meanwhile.
 * @param left a table that is left out
 * @param last a table whose rows come last: without them the database counts as incomplete
 */
export function* dump(store: Store, left: string, last: string): Generator<Uint8Array<ArrayBuffer>> {
  const things = store.run(
    `SELECT type, name, sql FROM sqlite_master WHERE ${OWN} AND name <> ? ORDER BY type = 'table' DESC, name`,
    left,
  );
  yield toBytes({ kind: "tables", statements: things.map((row) => textOf(row, "sql")) }, []);
  const names = things.filter(({ type }) => type === "table").map((row) => textOf(row, "name"));
  for (const name of names.filter((table) => table !== last)) yield* rowsOf(store, name);
  const counters = store.run(`SELECT name, seq FROM ${COUNTERS}`);
  yield toBytes({ kind: "counters", counters: counters.map((row) => [textOf(row, "name"), numberOf(row, "seq")]) }, []);
  yield* rowsOf(store, last);
}

/** The rows of a table, ordered by its key, which consists of its first columns. */
function* rowsOf(store: Store, table: string): Generator<Uint8Array<ArrayBuffer>> {
  const info = store.run("SELECT name, pk FROM pragma_table_info(?)", table);
  const columns = info.map((row) => `"${textOf(row, "name")}"`);
  const width = info.filter((row) => numberOf(row, "pk") > 0).length;
  const key = columns.slice(0, width).join(", ");
  const size = columns.map((column) => `coalesce(octet_length(${column}), 0)`).join(" + ");
  let place: readonly SqlValue[] = [];
  for (;;) {
    const behind = `FROM "${table}" ${place.length === 0 ? "" : `WHERE (${key}) > (${place.map(() => "?").join()})`} ORDER BY ${key} LIMIT`;
    // Sizes first: a thousand rows may exceed the memory.
    const sizes = store.run(`SELECT ${size} AS size ${behind} ${MOST_ROWS}`, ...place).map((row) => numberOf(row, "size"));
    if (sizes.length === 0) return;
    const rows = store.run(`SELECT * ${behind} ${enoughOf(sizes)}`, ...place).map((row) => Object.values(row));
    place = rows.at(-1)?.slice(0, width) ?? [];
    const blobs = rows.flat().filter((value) => value instanceof ArrayBuffer);
    const told = rows.map((row) => row.map((value) => (value instanceof ArrayBuffer ? { bytes: value.byteLength } : value)));
    yield toBytes({ kind: "rows", table, rows: told }, blobs);
  }
}

/** How many of these rows fit into a part; at least one. */
function enoughOf(sizes: readonly number[]): number {
  let sum = 0;
  const end = sizes.findIndex((size) => {
    sum += size;
    return sum > ENOUGH;
  });
  return end === -1 ? sizes.length : Math.max(1, end);
}

/** Restores the next part; inside the caller's transaction. @throws Error if it is not a part */
export function restore(store: Store, bytes: Uint8Array<ArrayBuffer>): void {
  const end = LENGTH + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  const part = head.parse(JSON.parse(new TextDecoder().decode(bytes.subarray(LENGTH, end))));
  switch (part.kind) {
    case "tables":
      for (const statement of part.statements) store.run(statement);
      return;
    case "rows": {
      let at = end;
      for (const row of part.rows) {
        const values = row.map((value) => {
          if (value === null || typeof value !== "object") return value;
          at += value.bytes;
          return bytes.slice(at - value.bytes, at).buffer;
        });
        store.run(`INSERT INTO "${part.table}" VALUES (${values.map(() => "?").join()})`, ...values);
      }
      return;
    }
    case "counters":
      // Inserting rows created the counter of their table; an empty table has none yet.
      for (const [table, highest] of part.counters) {
        store.run(`DELETE FROM ${COUNTERS} WHERE name = ?`, table);
        store.run(`INSERT INTO ${COUNTERS} (name, seq) VALUES (?, ?)`, table, highest);
      }
  }
}

function toBytes(part: z.input<typeof head>, blobs: readonly ArrayBuffer[]): Uint8Array<ArrayBuffer> {
  const text = utf8Bytes(JSON.stringify(part));
  const length = new DataView(new ArrayBuffer(LENGTH));
  length.setUint32(0, text.byteLength);
  return concat([new Uint8Array(length.buffer), text, ...blobs.map((bytes) => new Uint8Array(bytes))]);
}
