/**
 * An account with any number of kept webhooks, without sending each: a few are kept and delivered by the product, and their rows are copied in its
 * database, over the days of the retention, each copy with its own numbers, ids, people, times and dedupe hash.
 */
import { hash } from "node:crypto";
import { closeSync, fsyncSync, openSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import * as z from "zod";
import { openDedupeStore } from "../../src/account/inbox/dedupe-store.ts";
import { openStore, type Row, type SqlInput, type Store } from "../../src/account/state/store.ts";

const DAY = 86_400_000;

/** Days of the retention, and the length of a generation of the dedupe store. */
const DAYS = 7;

/** The number that each event of the bench carries, which is also its person's: 8 hex digits of the run, and 9 of its own. */
const NUMBER = /[0-9a-f]{8}\d{9}/;

/** What stands for the run in the numbers of copies. */
const COPIED = "c0ffee00";

const text = z.string();
const logRow = z.object({ envelope: text, body: z.instanceof(Uint8Array) });
const batchRow = z.object({ events: text, movements: text, body: z.instanceof(Uint8Array) });
const personRow = z.object({ key: text, value: text });
const eventsSchema = z.array(z.tuple([text, z.int(), text, text, text, z.int()], z.json()));
const counts = z.looseObject({ received: z.int(), delivered: z.int(), since: z.int() });
const stateSchema = z.looseObject({
  cursors: z.record(text, z.object({ seq: z.int(), events: z.int() })),
  ledger: z.record(text, counts),
  outbox: z.looseObject({ last: z.int(), open: z.array(z.json()) }),
});

/** What was copied. */
export interface Kept {
  /** The id of the newest event, and how many batches there are. */
  readonly newest: string;
  readonly batches: number;
}

/**
 * Fills the database of the only account object in a state that no process uses. Its webhooks must be of one source, and delivered.
 * @param state the folder of the databases @param count how many webhooks it keeps afterwards
 */
export function keep(state: string, source: string, count: number): Kept {
  const folder = join(state, "AccountObject");
  const [name, ...others] = readdirSync(folder).filter((file) => /^[0-9a-f]{64}\.sqlite$/.test(file));
  if (name === undefined || others.length > 0) throw new Error("there must be one account object");
  const database = new DatabaseSync(join(folder, name));
  // A machine that loses power loses the whole bench. The product sets its own mode when it opens the database.
  for (const setting of ["journal_mode = OFF", "synchronous = OFF", "temp_store = MEMORY"]) database.exec(`PRAGMA ${setting}`);
  database.exec("BEGIN");
  const kept = fill(database, source, count);
  database.exec("COMMIT");
  database.exec("PRAGMA journal_mode = WAL");
  database.close();
  // The disk must be done with it before anything is measured.
  const file = openSync(join(folder, name), "r+");
  fsyncSync(file);
  closeSync(file);
  return kept;
}

function fill(database: DatabaseSync, source: string, count: number): Kept {
  const tables = z
    .array(z.object({ name: text, sql: text }))
    .parse(database.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'table'").all());
  const made = (pattern: RegExp) => tables.filter((table) => pattern.test(table.name)).at(-1) ?? { name: "", sql: "" };
  const [log, outbox] = [made(/^log_\d+_/), made(/^outbox_\d+$/)];
  const row = logRow.parse(database.prepare(`SELECT envelope, body FROM "${log.name}" ORDER BY seq LIMIT 1`).get());
  const batch = batchRow.parse(
    database.prepare(`SELECT events, movements, body FROM ${outbox.name} ORDER BY length(events) DESC LIMIT 1`).get(),
  );
  const own = NUMBER.exec(row.envelope)?.[0];
  const received = /"receivedAt":(\d{13})/.exec(row.envelope)?.[1];
  const keptAt = /"keptAt":(\d{13})/.exec(row.envelope)?.[1];
  if (own === undefined || received === undefined || keptAt === undefined) throw new Error("the webhook has no number and time");

  const now = Date.now();
  const today = Math.floor(now / DAY);
  // The newest was kept now, and the oldest is not retired yet.
  const pace = Math.floor(((DAYS - 1) * DAY) / count);
  const timeOf = (number: number) => now - (count - number) * pace;
  const nameOf = (number: number) => `${COPIED}${String(number).padStart(9, "0")}`;
  const keyAt = (number: number): Uint8Array => keyOf(source, `evt_${nameOf(number)}`);
  database.function("dedupe_key", (number) => keyAt(Number(number)));
  /** The numbers of the webhooks that are kept from one time until before another. */
  const between = (from: number, to: number) => {
    const first = (time: number) => Math.min(count + 1, Math.max(1, Math.ceil(count - (now - time) / pace)));
    return numbers(first(from), first(to) - 1);
  };
  /** A text with the numbers and times of a copy, in SQL. */
  const copyOf = (template: string) =>
    template
      .split(new RegExp(`(${own}|${received}|${keptAt})`))
      .map((part) => (part === own ? "name" : part === received || part === keptAt ? "at" : `'${part.replaceAll("'", "''")}'`))
      .join(" || ");
  const body = new TextDecoder().decode(row.body);
  const numbers = (from: number, to: number) =>
    `(WITH RECURSIVE counted(number) AS (SELECT ${from} WHERE ${from <= to} UNION ALL SELECT number + 1 FROM counted WHERE number < ${to})
      SELECT number, '${COPIED}' || printf('%09d', number) AS name, ${now} - (${count} - number) * ${pace} AS at FROM counted)`;

  for (let day = today - DAYS + 1; day <= today; day += 1) {
    const table = log.name.replace(/\d+/, String(day));
    database.exec(log.sql.replace(log.name, table).replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS"));
    database.exec(`DELETE FROM "${table}"`);
    database.exec(
      `INSERT INTO "${table}" (seq, events, ignored, duplicates, event_keys, envelope, body)
        SELECT number, 1, 0, 0, dedupe_key(number), ${copyOf(row.envelope)}, CAST(${copyOf(body)} AS BLOB) FROM ${between(day * DAY, (day + 1) * DAY)}`,
    );
  }
  fillDedupeStore(database, { count, keyAt, timeOf });
  for (const table of ["book_person", "book_address", "profile"]) {
    const known = z.array(personRow).parse(database.prepare(`SELECT key, value FROM ${table} WHERE instr(key, ?) > 0`).all(own));
    database.exec(`DELETE FROM ${table}`);
    for (const { key, value } of known)
      database
        .prepare(
          `INSERT INTO ${table} (key, value) SELECT replace(?1, ?3, name), replace(?2, ?3, name) FROM ${numbers(1, count)}`,
        )
        .run(key, value, own);
  }
  const batches = fillOutbox(database, { outbox, batch, count, today, timeOf, nameOf });
  const kept = stateSchema.parse(JSON.parse(text.parse(database.prepare("SELECT value FROM state").get()?.value)));
  const before = counts.parse(kept.ledger[source]);
  const written = {
    ...kept,
    cursors: { ...kept.cursors, [source]: { seq: count, events: 0 } },
    ledger: { ...kept.ledger, [source]: { ...before, received: count, delivered: count, since: timeOf(1) } },
    outbox: { ...kept.outbox, last: batches },
  };
  database.prepare("UPDATE state SET value = ?").run(JSON.stringify(written));
  return { newest: `evt_${nameOf(count)}`, batches };
}

interface Filling {
  readonly outbox: { readonly name: string; readonly sql: string };
  readonly batch: z.output<typeof batchRow>;
  readonly count: number;
  readonly today: number;
  readonly timeOf: (number: number) => number;
  readonly nameOf: (number: number) => string;
}

/** Copies a batch until every webhook is in one. @returns how many there are */
function fillOutbox(database: DatabaseSync, { outbox, batch, count, today, timeOf, nameOf }: Filling): number {
  const tableOf = (day: number) => outbox.name.replace(/\d+/, String(day));
  for (let day = today - DAYS + 1; day <= today; day += 1) {
    database.exec(outbox.sql.replace(outbox.name, tableOf(day)).replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS"));
    database.exec(`DELETE FROM ${tableOf(day)}`);
  }
  const insert = new Map<number, ReturnType<DatabaseSync["prepare"]>>();
  const statementOf = (day: number) => {
    const known = insert.get(day);
    if (known !== undefined) return known;
    const columns = "(id, sealed_at, late, trail, events, movements, body)";
    const made = database.prepare(`INSERT INTO ${tableOf(day)} ${columns} VALUES (?, ?, NULL, NULL, ?, ?, ?)`);
    insert.set(day, made);
    return made;
  };
  const events = eventsSchema.parse(JSON.parse(batch.events));
  let id = 0;
  for (let from = 0; from < count; from += events.length) {
    id += 1;
    const copies = events.slice(0, count - from).map((event, index) => {
      const number = from + index + 1;
      const [of, , , ...rest] = JSON.parse(JSON.stringify(event).replaceAll(new RegExp(NUMBER, "g"), nameOf(number)));
      return [of, number, `evt_${nameOf(number)}`, rest[0], rest[1], timeOf(number), ...rest.slice(3)];
    });
    const sealedAt = timeOf(Math.min(count, from + events.length)) + 25;
    statementOf(Math.min(today, Math.floor(sealedAt / DAY))).run(
      id,
      sealedAt,
      JSON.stringify(copies),
      batch.movements,
      batch.body,
    );
  }
  return id;
}

/** Lets the dedupe store keep all keys, as many at a time as come in a busy commit. */
function fillDedupeStore(
  database: DatabaseSync,
  { count, keyAt, timeOf }: Pick<Filling, "count" | "timeOf"> & { readonly keyAt: (number: number) => Uint8Array },
): void {
  const store = storeOver(database);
  for (const { name } of store.run("SELECT name FROM sqlite_master WHERE name GLOB 'keys_[0-9]*'"))
    store.run(`DROP TABLE ${name}`);
  const dedupe = openDedupeStore({
    store,
    retention: DAYS * DAY,
    known: new Map(),
    rows: { after: () => [], tell: () => ({ webhooks: 0, keys: 0, found: [] }) },
  });
  for (let from = 1; from <= count; from += 50) {
    const some = Array.from({ length: Math.min(50, count - from + 1) }, (_, index) => from + index);
    const webhooks = some.map((number) => ({ keys: new Uint32Array(Uint8Array.from(keyAt(number)).buffer), seq: number }));
    dedupe.keep(webhooks, timeOf(from));
  }
}

/** A database of Node as an object has it. */
function storeOver(database: DatabaseSync): Store {
  const exec = <Found extends Row>(statement: string, ...values: SqlInput[]) => ({
    toArray: (): Found[] => {
      const given = values.map((value) => (value instanceof ArrayBuffer ? new Uint8Array(value) : value));
      const rows = database.prepare(statement).all(...given);
      for (const row of rows)
        for (const [column, value] of Object.entries(row))
          if (value instanceof Uint8Array) Object.assign(row, { [column]: Uint8Array.from(value).buffer });
      return z.custom<Found[]>(Array.isArray).parse(rows);
    },
  });
  return openStore({ sql: { exec, databaseSize: 0 }, transactionSync: (work) => work() });
}

/** As the dedupe store makes it. */
function keyOf(source: string, event: string): Uint8Array {
  return hash("sha256", JSON.stringify([source, event]), "buffer").subarray(0, 16);
}
