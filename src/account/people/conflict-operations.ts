/**
 * What an operator may do with conflicts: list them, and decide about one.
 */
import * as z from "zod";
import { nameOf } from "../../identity/resolve.ts";
import { defineOperation, done, refused } from "../operation.ts";
import { nextOf, wholeNumber } from "../page.ts";
import { CONFLICT_REASONS, CONFLICT_STATES, describeConflict, obstacleToMerge, type StoredConflict } from "./conflicts.ts";

/** Conflicts in one answer. */
const PAGE = 100;

/** A conflict, as the API answers it. */
export const conflictSchema = () =>
  z.object({
    number: z.number(),
    state: z.enum(CONFLICT_STATES),
    reason: z.enum(CONFLICT_REASONS),
    /** The identifier of the person who stays, and of the other one. */
    keep: z.string(),
    fold: z.string(),
    /** When the fact that showed it was true, and when it was found, milliseconds since 1970. */
    at: z.number(),
    foundAt: z.number(),
    /** Whether it can be merged; others are settled in Customer.io and dismissed. */
    mergeable: z.boolean(),
    /** What happened and what can be done, for people. */
    text: z.string(),
  });

/** A conflict as the API answers it. */
export function toAnswer(conflict: StoredConflict): z.output<ReturnType<typeof conflictSchema>> {
  const { number, state, reason, keep, fold, at, foundAt } = conflict;
  const [kept, folded] = [nameOf(keep), nameOf(fold)];
  const mergeable = obstacleToMerge(conflict) === null;
  return { number, state, reason, keep: kept, fold: folded, at, foundAt, mergeable, text: describeConflict(conflict) };
}

/** Conflicts, oldest first, a page at a time; and how many are open in all. */
export const listConflicts = defineOperation({
  method: "GET",
  path: "/conflicts",
  summary: "Lists people who exist twice in Customer.io, oldest first, at most 100; next is the cursor of the page behind.",
  input: z.strictObject({
    state: z.enum(CONFLICT_STATES).default("open"),
    cursor: wholeNumber.default(0),
  }),
  output: () =>
    z.object({
      conflicts: z.array(conflictSchema()),
      open: z.number(),
      /** The cursor of the next page; `null` after the last. */
      next: z.string().nullable(),
    }),
  refusals: {
    malformed: {
      error: "bad_query",
      message: `state is one of ${CONFLICT_STATES.join(", ")}; cursor is what the page before gave as next.`,
    },
  },
  run: ({ account: { conflicts } }, { state, cursor }) => {
    const page = conflicts.list([state], cursor, PAGE);
    return done({ conflicts: page.map(toAnswer), open: conflicts.countOpen(), next: nextOf(page, PAGE) });
  },
});

/** Decides about a conflict. A merge is sent with the next batch, and cannot be undone. */
export const decideConflict = defineOperation({
  method: "POST",
  path: "/conflicts",
  summary: "Merges the two people of a conflict in Customer.io, which cannot be undone, or dismisses it.",
  input: z.strictObject({ number: z.int().positive(), decision: z.enum(["merge", "dismiss"]) }),
  output: conflictSchema,
  changes: () => 1,
  refusals: {
    malformed: { error: "bad_query", message: "Send application/json with number, and decision: merge or dismiss." },
    absent: { error: "not_found", message: "There is no conflict of this number." },
    conflict: { problem: "Why it cannot be merged, and what to do." },
  },
  // Not during a translation: it may be merging the two, and then they cannot be left as they are.
  run: ({ account: { store, conflicts, alone }, wake }, { number, decision }) =>
    alone(async () => {
      const conflict = conflicts.find(number);
      if (conflict === null) return refused("absent");
      if (conflict.state === "merged") return refused("conflict", "It is merged already, and that cannot be undone.");
      const obstacle = decision === "merge" ? obstacleToMerge(conflict) : null;
      if (obstacle !== null) return refused("conflict", obstacle);
      const state = decision === "merge" ? "merging" : "dismissed";
      store.transaction(() => conflicts.set(number, state));
      if (decision === "merge") wake();
      return done(toAnswer({ ...conflict, state }));
    }),
});
