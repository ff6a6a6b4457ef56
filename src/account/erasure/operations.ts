/**
 * What an operator may do about erasing: begin to erase a person, and see how far the erasures are.
 */
import * as z from "zod";
import { requestCompaction } from "../compaction/request.ts";
import { defineOperation, done } from "../operation.ts";
import { compactionSchema } from "../state/state.ts";
import { erasureStatusSchema } from "./job.ts";
import { eraseRequest } from "./request.ts";

/** Begins to erase a person. */
export const startErasure = defineOperation({
  method: "POST",
  path: "/erase",
  status: 202,
  summary: "Begins to erase a person: the identity book, waiting events, dead letters, webhooks. It goes on by itself.",
  input: eraseRequest,
  output: erasureStatusSchema,
  changes: () => 1,
  refusals: {
    malformed: {
      error: "bad_erasure",
      message:
        "Send application/json with exactly one of userId, email, id (source:kind:id), and customerio: none, delete or suppress; compact: true moves the database afterwards.",
    },
  },
  run: ({ account, runSoon }, request) => {
    const status = account.erasures.start(request, account.now());
    if (request.compact) requestCompaction(account.state, account.now());
    runSoon();
    return done(status);
  },
});

/** How far the erasures are, and the last compaction. */
export const erasureStatus = defineOperation({
  method: "GET",
  path: "/erase",
  summary: "How far the erasures are, the newest first, and how the last compaction ended.",
  input: z.strictObject({}),
  output: () => z.object({ erasures: z.array(erasureStatusSchema()), compaction: compactionSchema }),
  refusals: {},
  run: ({ account: { erasures, state } }) => done({ erasures: erasures.status(), compaction: state.current().compaction }),
});
