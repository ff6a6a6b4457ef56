/**
 * What an object that wakes must know to keep a webhook: whose it is, and which sequence numbers are used up. State and outbox are opened later.
 */
import { numberOf, type Row, type Store } from "./state/store.ts";
import { type Tables, tablesOf } from "./state/tables.ts";

/** What an object that wakes must know. */
export interface Known {
  /** The account's id; `null` in a new database. */
  readonly account: string | null;
  /** The highest sequence number at which a source's inbox is finished: its rows may be gone. */
  readonly finished: number;
}

/** Reads it. */
export function readKnown(store: Store, tables: Tables): Known {
  const row = store.run(
    `SELECT value ->> '$.account' AS account, coalesce(value ->> '$.outbox.last', 0) AS last,
      (SELECT max(value ->> '$.seq') FROM json_each(state.value, '$.cursors')) AS finished FROM state WHERE id = 1`,
  )[0];
  const moved = movedAfter(store, tables, row === undefined ? 0 : numberOf(row, "last"));
  const seqs = [...(row === undefined ? [] : [row]), ...moved].map(({ finished }) => Number(finished));
  return { account: typeof row?.account === "string" ? row.account : null, finished: Math.max(0, ...seqs) };
}

/** How far batches moved the cursors that were sealed after the state's row was written: batches go on in the newest table. */
function movedAfter(store: Store, tables: Tables, last: number): readonly Row[] {
  const days = tablesOf(tables, "outbox").map(({ number }) => number);
  const found: Row[] = [];
  for (const day of days.sort((one, other) => other - one)) {
    const rows = store.run(
      `SELECT id, (SELECT max(value ->> '$[1].seq') FROM json_each(movements, '$.cursors')) AS finished FROM outbox_${day}
        WHERE id > ? ORDER BY id`,
      last,
    );
    found.push(...rows);
    // An older table can have one only if all of this table's are.
    if (rows[0] === undefined || numberOf(rows[0], "id") === last + 1) break;
  }
  return found;
}
