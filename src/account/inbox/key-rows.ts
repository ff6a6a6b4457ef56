/**
 * Keys in the rows of webhooks, where they are until they move into a block.
 */
import { bytesOf, numberOf, type Store, textOf } from "../state/store.ts";
import { type DayTable, type DayTables, KEYS } from "./day-tables.ts";
import { bytesOfKeys, KEY, type Keys, type WebhookKeys } from "./key-entries.ts";

/** Bytes of a key. */
const BYTES = KEY * Uint32Array.BYTES_PER_ELEMENT;

/** An empty list, as SQLite writes it. */
const NONE = "[]";

/** What is told of keys that were not read. */
export interface ToldKeys {
  /** How many webhooks have keys, and how many. */
  readonly webhooks: number;
  readonly keys: number;
  /** The webhooks that may have one of those that were asked for, oldest first. */
  readonly found: readonly WebhookKeys[];
}

/** The keys in the rows of webhooks. */
export interface KeyRows {
  /** Those of webhooks after a sequence number, oldest first. */
  after(seq: number): readonly WebhookKeys[];
  /** Counts them, and looks for some without reading the others. */
  tell(seq: number, keys: Keys): ToldKeys;
}

/** Opens them. */
export function openKeyRows(store: Store, tables: DayTables): KeyRows {
  const inOrder = (webhooks: readonly WebhookKeys[]): readonly WebhookKeys[] =>
    webhooks.toSorted((one, other) => one.seq - other.seq);

  /** The tables that may have webhooks after a sequence number. Of older ones not even the last number is read: an object that wakes has not asked for it yet. */
  function* tablesAfter(seq: number): Generator<DayTable> {
    for (const source of new Set(tables.all().map((table) => table.source))) {
      const [newest, ...older] = tables.of(source).toReversed();
      if (newest === undefined || newest.last <= seq) continue;
      for (const table of [newest, ...older]) {
        // An earlier release made the others. One before it may have keys, if that release was gone back to.
        if (table.hasKeys) yield table;
        if (store.run(`SELECT 1 FROM "${table.name}" WHERE seq <= ? LIMIT 1`, seq).length > 0) break;
      }
    }
  }

  const rowsWhere = ({ name }: DayTable, condition: string, value: string | number): readonly WebhookKeys[] =>
    store
      .run(`SELECT seq, ${KEYS} AS keys FROM "${name}" WHERE ${condition} AND ${KEYS} IS NOT NULL ORDER BY seq`, value)
      .map((row) => ({ seq: numberOf(row, "seq"), keys: new Uint32Array(bytesOf(row, "keys").buffer) }));

  return {
    after: (seq) => inOrder([...tablesAfter(seq)].flatMap((table) => rowsWhere(table, "seq > ?", seq))),
    tell: (seq, keys) => {
      const wanted = Array.from({ length: keys.length / KEY }, (_, number) => keys.slice(number * KEY, (number + 1) * KEY));
      const has = wanted.map(() => `instr(${KEYS}, ?) > 0`).join(" OR ") || "0";
      let [webhooks, count] = [0, 0];
      const found: WebhookKeys[] = [];
      for (const table of tablesAfter(seq)) {
        const [row] = store.run(
          `SELECT count(nullif(length(${KEYS}), 0)) AS webhooks, coalesce(sum(length(${KEYS})), 0) AS bytes,
              json_group_array(seq) FILTER (WHERE ${has}) AS seqs
            FROM "${table.name}" WHERE seq > ?`,
          ...wanted.map(bytesOfKeys),
          seq,
        );
        webhooks += numberOf(row, "webhooks");
        count += numberOf(row, "bytes") / BYTES;
        const seqs = textOf(row, "seqs");
        if (seqs !== NONE) found.push(...rowsWhere(table, "seq IN (SELECT value FROM json_each(?))", seqs));
      }
      return { webhooks, keys: count, found: inOrder(found) };
    },
  };
}
