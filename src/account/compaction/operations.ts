/**
 * What an operator may do about the database file: have it moved.
 */
import * as z from "zod";
import { defineOperation, done } from "../operation.ts";
import { requestCompaction } from "./request.ts";

/** Moves the database into a new file: what was deleted is gone from the disk then. */
export const compact = defineOperation({
  method: "POST",
  path: "/compact",
  status: 202,
  summary: "Moves the database into a new file, once no erasure is under way. Until that is done, webhooks get 503.",
  input: z.strictObject({}),
  output: () => z.object({}),
  changes: () => 1,
  refusals: { malformed: { error: "bad_compaction", message: "Send application/json: {}" } },
  run: ({ account, runSoon }) => {
    requestCompaction(account.state, account.now());
    runSoon();
    return done({});
  },
});
