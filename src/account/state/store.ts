/**
 * The account object's database, with Cloudflare's limits everywhere: local workerd accepts larger values.
 */

/** Largest text or blob, bytes. @see https://developers.cloudflare.com/durable-objects/platform/limits/ */
export const LARGEST_VALUE = 1_900_000;

/** Largest row, bytes: the same limit, which SQLite sets for a row as for a value. What a row has beside its values is less than the difference. */
const LARGEST_ROW = 2_000_000;

/** Most parameters of one statement. @see https://developers.cloudflare.com/durable-objects/platform/limits/ */
const MOST_PARAMETERS = 100;

/** A SQLite value. */
export type SqlValue = string | number | ArrayBuffer | null;

/** What a statement is given: of bytes a view will do, and is not copied. */
export type SqlInput = SqlValue | Uint8Array<ArrayBuffer>;

/** One row, by column name. */
export type Row = Record<string, SqlValue>;

/** The database. Statements and table names are constants of this folder; values are always parameters. */
export interface Store {
  /** Runs one statement and returns its rows. @throws Error if a limit is exceeded or the database fails */
  run(statement: string, ...values: readonly SqlInput[]): Row[];
  /** Commits all writes of `work`, or none. */
  transaction<Result>(work: () => Result): Result;
  /** Runs `undo` if the transaction that is under way fails, or one around it: for what memory holds of the database. */
  onRollback(undo: () => void): void;
  /** Bytes on disk. */
  size(): number;
  /** Whether the database is larger. To ask costs nothing far below the limit. @param limit bytes on disk */
  exceeds(limit: number): boolean;
}

/** The part of an object's storage that the store uses. */
export interface SqlStorageLike {
  readonly sql: {
    exec<Found extends Row>(statement: string, ...values: SqlInput[]): { toArray(): Found[] };
    readonly databaseSize: number;
  };
  transactionSync<Result>(work: () => Result): Result;
}

/** What a statement can add to the database beside its values, bytes: a page at most, since it changes one table. */
const AROUND = 4_096;

/** The store over an object's own storage. */
export function openStore(storage: SqlStorageLike): Store {
  // The platform counts pages to tell the size, which takes longer than a write.
  let measured = Number.POSITIVE_INFINITY;
  let written = 0;
  /** What is to be undone if the present transaction fails; `null` outside of one. */
  let undoing: (() => void)[] | null = null;
  return {
    run: (statement, ...values) => {
      if (values.length > MOST_PARAMETERS) throw new Error(`more than ${MOST_PARAMETERS} parameters in one statement`);
      written += AROUND;
      for (const value of values) {
        const size = sizeOf(value);
        if (size > LARGEST_VALUE) throw new Error(`a value of more than ${LARGEST_VALUE} bytes`);
        written += size;
      }
      return storage.sql.exec<Row>(statement, ...values).toArray();
    },
    transaction: (work) => {
      const outer = undoing;
      const own: (() => void)[] = [];
      undoing = own;
      try {
        const result = storage.transactionSync(work);
        outer?.push(...own);
        return result;
      } catch (error) {
        for (const undo of own.reverse()) undo();
        throw error;
      } finally {
        undoing = outer;
      }
    },
    onRollback: (undo) => undoing?.push(undo),
    size: () => storage.sql.databaseSize,
    exceeds: (limit) => {
      if (measured + 2 * written <= limit) return false;
      measured = storage.sql.databaseSize;
      written = 0;
      return measured > limit;
    },
  };
}

/** Splits a list into parts of few lengths, since the platform keeps statements prepared by their text: powers of two, the longest first. */
export function* inPowers<Item>(items: readonly Item[], most: number): Generator<readonly Item[]> {
  let from = 0;
  for (let length = 2 ** Math.floor(Math.log2(most)); length >= 1; length /= 2)
    for (; from + length <= items.length; from += length) yield items.slice(from, from + length);
}

/**
 * Writes rows of one table with few statements.
 * @param statement makes the statement of its placeholders
 */
export function writeRows(store: Store, rows: readonly (readonly SqlInput[])[], statement: (values: string) => string): void {
  const [first] = rows;
  if (first === undefined) return;
  if (rows.some(isTooLarge)) throw new Error(`a row of more than ${LARGEST_ROW} bytes`);
  const row = `(${first.map(() => "?").join(", ")})`;
  for (const some of inPowers(rows, MOST_PARAMETERS / first.length))
    store.run(statement(some.map(() => row).join(", ")), ...some.flat());
}

const encoder = new TextEncoder();

function sizeOf(value: SqlInput): number {
  if (typeof value === "object") return value?.byteLength ?? 0;
  // A UTF-16 unit is at most three bytes of UTF-8: only long texts are counted exactly.
  if (typeof value === "string") return value.length * 3 <= LARGEST_VALUE ? value.length : encoder.encode(value).byteLength;
  return 0;
}

function isTooLarge(row: readonly SqlInput[]): boolean {
  const sum = (ofText: (text: string) => number): number =>
    row.reduce<number>((bytes, value) => bytes + (typeof value === "string" ? ofText(value) : sizeOf(value)), 0);
  return sum((text) => 3 * text.length) > LARGEST_ROW && sum((text) => encoder.encode(text).byteLength) > LARGEST_ROW;
}

/** The text in a column. @throws TypeError if it holds none: a defect */
export function textOf(row: Row | undefined, column: string): string {
  const value = row?.[column];
  if (typeof value !== "string") throw new TypeError(`${column} is no text`);
  return value;
}

/** The number in a column. @throws TypeError if it holds none: a defect */
export function numberOf(row: Row | undefined, column: string): number {
  const value = row?.[column];
  if (typeof value !== "number") throw new TypeError(`${column} is no number`);
  return value;
}

/** The bytes in a column; empty if it is null. */
export function bytesOf(row: Row | undefined, column: string): Uint8Array<ArrayBuffer> {
  const value = row?.[column];
  return value instanceof ArrayBuffer ? new Uint8Array(value) : new Uint8Array();
}

/** Splits bytes into values within the limit; at least one. @param beside bytes that the row of the first has beside it */
export function split(body: Uint8Array<ArrayBuffer>, beside = 0): readonly ArrayBuffer[] {
  let end = Math.max(0, LARGEST_VALUE - beside);
  const parts = [body.slice(0, end).buffer];
  for (; end < body.byteLength; end += LARGEST_VALUE) parts.push(body.slice(end, end + LARGEST_VALUE).buffer);
  return parts;
}

/** Joins bytes. */
export function concat(parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const only = parts.length === 1 ? parts[0] : undefined;
  if (only !== undefined) return only;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
