/**
 * People who exist twice in Customer.io: found by translation, resolved by an operator, or by the core where the account says so.
 */
import { nameOf } from "../../identity/resolve.ts";
import { type Conflict, type ConflictReason, type Fold, followedBy } from "../../translate/merges.ts";
import { numberOf, type Store, textOf } from "../state/store.ts";

/** All states. */
export const CONFLICT_STATES = ["open", "merging", "merged", "dismissed"] as const;

/** `open`: waits for a decision. `merging`: the merge is sent with the next batch. `merged`, `dismissed`: decided. */
export type ConflictState = (typeof CONFLICT_STATES)[number];

/** A conflict of one account. */
export interface StoredConflict extends Conflict {
  readonly number: number;
  /** When it was found, milliseconds since 1970. */
  readonly foundAt: number;
  readonly state: ConflictState;
}

/** Conflicts about one person who exists twice; the others are hints about an address. */
const IS_DOUBLE = "reason NOT IN ('address_change', 'address_taken')";

/** Decided conflicts are kept this long, milliseconds. */
const KEPT = 30 * 86_400_000;

/** The conflicts of one account. */
export interface Conflicts {
  /** Inside the caller's transaction. @returns whether it is new */
  add(conflict: Conflict, now: number): boolean;
  /** In these states, oldest first. @param after the number of the last one of the page before */
  list(states: readonly ConflictState[], after: number, limit: number): readonly StoredConflict[];
  find(number: number): StoredConflict | null;
  /** About these keys, in every state, oldest first. */
  about(keys: readonly string[]): readonly StoredConflict[];
  /** How many are open. */
  countOpen(): number;
  /** Whether a merge is to be sent. */
  isMerging(): boolean;
  /** Inside the caller's transaction. */
  set(number: number, state: ConflictState): void;
  /** Conflicts that name a profile which went on under another key name that key; inside the caller's transaction. */
  follow(fold: Fold): void;
  /** Deletes conflicts about these keys; inside the caller's transaction. */
  forget(keys: readonly string[]): void;
  /** Deletes decided ones that are old; inside the caller's transaction. */
  prune(now: number): void;
}

/** Opens the conflicts. */
export function openConflicts(store: Store): Conflicts {
  const where = (condition: string, ...values: readonly (string | number)[]): readonly StoredConflict[] =>
    store.run(`SELECT id, keep, fold, reason, at, found_at, state FROM conflict WHERE ${condition}`, ...values).map((row) => ({
      number: numberOf(row, "id"),
      keep: textOf(row, "keep"),
      fold: textOf(row, "fold"),
      reason: reasonOf(textOf(row, "reason")),
      at: numberOf(row, "at"),
      foundAt: numberOf(row, "found_at"),
      state: stateOf(textOf(row, "state")),
    }));
  return {
    add: ({ keep, fold, reason, at }, now) => {
      // That addresses change is said once, until an operator dismisses it, and never again.
      const known =
        reason === "address_change"
          ? where("reason = 'address_change' LIMIT 1")
          : where("keep = ? AND fold = ? AND state IN ('open', 'merging') LIMIT 1", keep, fold);
      if (known.length > 0) return false;
      store.run(
        "INSERT INTO conflict (keep, fold, reason, at, found_at, state) VALUES (?, ?, ?, ?, ?, 'open')",
        keep,
        fold,
        reason,
        at,
        now,
      );
      return true;
    },
    list: (states, after, limit) =>
      where("id > ? AND state IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT ?", after, JSON.stringify(states), limit),
    find: (number) => where("id = ?", number)[0] ?? null,
    about: (keys) =>
      where(
        "keep IN (SELECT value FROM json_each(?1)) OR fold IN (SELECT value FROM json_each(?1)) ORDER BY id",
        JSON.stringify(keys),
      ),
    countOpen: () => numberOf(store.run("SELECT count(*) AS count FROM conflict WHERE state = 'open'")[0], "count"),
    isMerging: () => store.run("SELECT 1 FROM conflict WHERE state = 'merging' LIMIT 1").length > 0,
    set: (number, state) => {
      store.run("UPDATE conflict SET state = ? WHERE id = ?", state, number);
    },
    follow: ({ former, key }) => {
      for (const conflict of where(`(keep = ?1 OR fold = ?1) AND ${IS_DOUBLE}`, former)) {
        const followed = followedBy(conflict, { former, key });
        if (followed === null) store.run("UPDATE conflict SET state = 'merged' WHERE id = ?", conflict.number);
        else
          store.run(
            "UPDATE conflict SET keep = ?, fold = ?, reason = ? WHERE id = ?",
            followed.keep,
            followed.fold,
            followed.reason,
            conflict.number,
          );
      }
    },
    forget: (keys) => {
      store.run(
        "DELETE FROM conflict WHERE keep IN (SELECT value FROM json_each(?1)) OR fold IN (SELECT value FROM json_each(?1))",
        JSON.stringify(keys),
      );
    },
    prune: (now) => {
      store.run(
        "DELETE FROM conflict WHERE state IN ('merged', 'dismissed') AND reason <> 'address_change' AND found_at < ?",
        now - KEPT,
      );
    },
  };
}

/** Why an operator cannot merge the two of a conflict; `null` if that is possible. */
export function obstacleToMerge({ keep, fold, reason }: Conflict): string | null {
  const [kept, folded] = [nameOf(keep), nameOf(fold)];
  switch (reason) {
    case "address_change":
      return `${folded} is a former address of ${kept} and no second person: there is nothing to merge. Allow changes of addresses in Customer.io, then dismiss it.`;
    case "address_taken":
      return `${folded} and ${kept} are two people who have had one address: merging would make one of them. Settle it in Customer.io, then dismiss it.`;
    default:
      return null;
  }
}

/** What an operator reads of a conflict. */
export function describeConflict({ keep, fold, reason }: Conflict): string {
  const [kept, folded] = [nameOf(keep), nameOf(fold)];
  switch (reason) {
    case "address_change":
      return `Addresses of known people change: the first was that of ${kept}, formerly ${folded}. Customer.io takes the new one only if the workspace allows it: Settings, Workspace, Identifiers. If it does, dismiss this; it is not said again.`;
    case "address_left_first":
      return `${folded} became a person before ${kept} was known to have this address. Merging folds ${folded} into ${kept}.`;
    case "address_changed":
      return `${folded} is the former address of ${kept}, and both became people. Merging folds ${folded} into ${kept}. If addresses change often, allow it in Customer.io: Settings, Workspace, Identifiers.`;
    case "address_taken":
      return `${kept} has an address that ${folded}, who was deleted or shares it, may still have in Customer.io. Look whether ${kept} has it there; if not, delete ${folded} there or give them another address.`;
    case "merged":
      return `A vendor merged ${folded} into ${kept}. Merging does the same in Customer.io.`;
  }
}

/** All reasons. */
export const CONFLICT_REASONS = ["address_left_first", "address_changed", "merged", "address_taken", "address_change"] as const;

function reasonOf(text: string): ConflictReason {
  return CONFLICT_REASONS.find((reason) => reason === text) ?? "address_left_first";
}

function stateOf(text: string): ConflictState {
  return CONFLICT_STATES.find((state) => state === text) ?? "open";
}
