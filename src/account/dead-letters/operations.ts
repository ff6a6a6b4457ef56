/**
 * What an operator may do with dead letters: list them, look at one, replay them, discard them.
 */
import * as z from "zod";
import { encode } from "../../contract/verify/encoding.ts";
import { defineOperation, done, refused } from "../operation.ts";
import { nextOf, wholeNumber } from "../page.ts";
import { deadLetterSchema, deadQuery } from "./dead-letters.ts";
import { giveUp, replay } from "./replay.ts";

/** Dead letters in one answer. */
const PAGE = 100;

/** Dead letters, oldest first, a page at a time; and how many there are in all. */
export const listDead = defineOperation({
  method: "GET",
  path: "/dead",
  summary: "Lists the dead letters that match every filter, oldest first, at most 100; next is the cursor of the page behind.",
  input: deadQuery.omit({ numbers: true }).extend({
    since: wholeNumber.optional(),
    before: wholeNumber.optional(),
    cursor: wholeNumber.default(0),
  }),
  output: () =>
    z.object({
      letters: z.array(deadLetterSchema()),
      total: z.number(),
      /** The cursor of the next page; `null` after the last. */
      next: z.string().nullable(),
    }),
  refusals: {},
  run: ({ account: { dead } }, { cursor, ...query }) => {
    const letters = dead.find(query, cursor, PAGE);
    return done({ letters, total: dead.count(query), next: nextOf(letters, PAGE) });
  },
});

/** A dead letter with its webhook. */
export const showDead = defineOperation({
  method: "GET",
  path: "/dead/:number",
  summary: "Shows one dead letter with its webhook as it came; the body is base64.",
  // Numbers begin at 1: what is not a number names no dead letter either.
  input: z.strictObject({ number: wholeNumber.catch(0) }),
  output: () =>
    z.object({
      letter: deadLetterSchema(),
      /** Milliseconds since 1970. */
      receivedAt: z.number(),
      headers: z.record(z.string(), z.string()),
      query: z.record(z.string(), z.string()),
      body: z.base64(),
    }),
  refusals: { absent: { error: "not_found", message: "There is no dead letter of this number." } },
  run: ({ account: { dead } }, { number }) => {
    const letter = dead.find({ numbers: [number] }, 0, 1)[0];
    const webhook = dead.webhookOf(number);
    if (letter === undefined || webhook === null) return refused("absent");
    const { receivedAt, headers, query, body } = webhook;
    return done({ letter, receivedAt, headers, query, body: encode(body, "base64") });
  },
});

/** Which dead letters are moved. Without a filter, `all` must say that every one is meant. */
const moveRequest = deadQuery
  .extend({ all: z.literal(true).optional() })
  .refine((query) => Object.values(query).some((filter) => filter !== undefined));

const moved = () => z.object({ moved: z.number() });

const MALFORMED = {
  error: "bad_query",
  message:
    'Send application/json with any of: numbers, source, type, reason, since, before (milliseconds since 1970), text; or { "all": true }.',
};

/** Puts dead letters back at the end of the inbox. */
export const replayDead = defineOperation({
  method: "POST",
  path: "/dead/replay",
  summary:
    "Puts dead letters back at the end of the inbox, at most 500; repeat until none is moved. Their order is not restored.",
  input: moveRequest,
  output: moved,
  changes: ({ moved: count }) => count,
  refusals: { malformed: MALFORMED },
  run: async ({ account, wake }, { all: _, ...query }) => {
    const count = replay(account, query, account.now());
    wake();
    return done({ moved: count });
  },
});

/** Gives dead letters up. */
export const discardDead = defineOperation({
  method: "POST",
  path: "/dead/discard",
  summary: "Discards dead letters with their webhooks, at most 500; repeat until none is moved.",
  input: moveRequest,
  output: moved,
  changes: ({ moved: count }) => count,
  refusals: { malformed: MALFORMED },
  run: ({ account }, { all: _, ...query }) => done({ moved: giveUp(account, query, account.now()) }),
});
