/**
 * What an operator may do with alerts: try them.
 */
import * as z from "zod";
import { defineOperation, done, refused } from "../operation.ts";
import { isTaken } from "./send.ts";

/** Sends a test message to the operator's webhook. */
export const testAlert = defineOperation({
  method: "POST",
  path: "/alerts/test",
  summary: "Sends a test message to the operator's webhook, signed as alerts are, and says what it answered.",
  input: z.strictObject({}),
  output: () =>
    z.object({
      /** Whether the webhook has it. */
      taken: z.boolean(),
      /** The status of the answer, or why there was none. */
      answer: z.union([z.number(), z.enum(["timeout", "connection"])]),
    }),
  changes: () => 0,
  refusals: {
    conflict: {
      error: "no_alerts",
      message:
        "The account has no alerts, or they cannot be signed: set alerts.url, and the secret that npx tributary doctor names.",
    },
    unusable: { error: "unusable", message: "The account cannot be read." },
  },
  run: async ({ account, configured }) => {
    const found = await configured();
    if (found === null) return refused("unusable");
    if (found.alerts === null) return refused("conflict");
    const answer = await account.alerts.test(found, found.alerts);
    return done({ taken: isTaken(answer), answer });
  },
});
