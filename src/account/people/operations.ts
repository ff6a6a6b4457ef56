/**
 * What an operator may do with the identity book: fill it from rows or from a vendor's list of customers, and export it. Nothing is sent to
 * Customer.io.
 */
import * as z from "zod";
import { defineOperation, done, refused } from "../operation.ts";
import { exportPage, MOST_ROWS, pull, seed, seedAnswerSchema } from "./seed.ts";

/** Bytes of one request that fills the book. */
const LARGEST_SEED = 2 * 1024 * 1024;

const BAD_ROWS = {
  error: "bad_rows",
  message: `Send application/json of 2 MB at most: { "rows": [ … ] }, 1 to ${MOST_ROWS} objects with source or vendor, kind, id, email, user_id, trust, at.`,
};

/** A page of the identity book. */
export const exportIdentities = defineOperation({
  method: "GET",
  path: "/identities",
  summary: "Exports a page of the identity book, as rows that can be imported again.",
  input: z.strictObject({
    /** What the page before gave as `next`; empty for the first. */
    cursor: z
      .union([
        z.literal(""),
        z
          .string()
          .max(500)
          .regex(/^(people|addresses)\//),
      ])
      .default(""),
  }),
  output: () =>
    z.object({
      /** Columns as an import takes them; a column that does not apply is left out. */
      rows: z.array(z.record(z.string(), z.string().optional())),
      /** Where the next page begins; `null` after the last. */
      next: z.string().nullable(),
    }),
  refusals: { malformed: { error: "bad_query", message: "cursor, alone: take it from the page before." } },
  run: ({ account: { book } }, { cursor }) => done(exportPage(book, cursor)),
});

/** Takes rows into the identity book. */
export const seedIdentities = defineOperation({
  method: "POST",
  path: "/identities",
  summary: "Takes rows into the identity book. A bad row is refused on its own.",
  limit: LARGEST_SEED,
  input: z.strictObject({ rows: z.array(z.unknown()).min(1).max(MOST_ROWS) }),
  output: seedAnswerSchema,
  changes: ({ written }) => written,
  refusals: {
    malformed: BAD_ROWS,
    too_large: BAD_ROWS,
    unusable: { error: "unusable", message: "The account cannot be read." },
  },
  run: async ({ account, configured }, { rows }) => {
    const found = await configured();
    return found === null ? refused("unusable") : done(await seed(account, found, rows));
  },
});

/** Takes a page of the vendor's customers into the identity book. */
export const pullIdentities = defineOperation({
  method: "POST",
  path: "/identities/pull",
  summary: "Takes one page of a vendor's customers into the identity book, by the API key that is configured for the source.",
  limit: LARGEST_SEED,
  input: z.strictObject({
    source: z.string(),
    /** What the page before gave as `next`; `null` for the first. */
    page: z.string().max(500).nullable(),
  }),
  output: () => z.object({ people: z.number(), written: z.number(), next: z.string().nullable() }),
  changes: ({ written }) => written,
  refusals: {
    malformed: { error: "bad_query", message: "Send source, and page as the page before gave it." },
    not_json: BAD_ROWS,
    too_large: BAD_ROWS,
    conflict: { problem: "Why the source cannot be pulled from, and what to do." },
  },
  run: async ({ account, configured }, { source, page }) => {
    const state = (await configured())?.sources.get(source);
    if (!state?.ok) return refused("conflict", state?.problem ?? "The account has no such source.");
    const answer = await pull(account, state.source, page);
    if (!answer.ok) return refused("conflict", answer.problem);
    const { people, written, next } = answer;
    return done({ people, written, next });
  },
});
