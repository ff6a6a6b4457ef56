/**
 * How an account is doing, for its operator.
 */
import * as z from "zod";
import { ALERT_KINDS } from "../config/alert-options.ts";
import { noticeSchema } from "./drift/drift.ts";
import { defineOperation, done } from "./operation.ts";
import { activitySchema } from "./outbox/activity.ts";
import { balanceSchema } from "./state/ledger.ts";
import { deliverySchema } from "./state/state.ts";

const output = () =>
  z.object({
    /** received = delivered + pending + ignored + duplicate + dead + discarded, for each source. */
    sources: z.record(z.string(), balanceSchema()),
    /** When the oldest webhook that is not delivered was received, milliseconds since 1970. */
    oldestPending: z.number().nullable(),
    /** Why nothing is delivered; `null` while delivery works. An operator must act. */
    hold: deliverySchema.shape.hold,
    /** Sources whose events are all refused while those of others are delivered. */
    heldSources: z.array(z.string()),
    /** Failures of the destination in a row. */
    failures: z.number(),
    dead: z.number(),
    /** People who may exist twice in Customer.io and wait for a decision. */
    conflicts: z.number(),
    /** Events that wait for a person, or for the order that they belong to. */
    waiting: z.number(),
    /** On disk. */
    bytes: z.number(),
    /** What changed at vendors: values may go missing. */
    drift: z.array(noticeSchema()),
    alerts: z.object({
      /** Whether the account says where alerts go, and the messages can be signed. */
      on: z.boolean(),
      open: z.array(z.object({ kind: z.enum(ALERT_KINDS), source: z.string().nullable(), since: z.number() })),
      /** Messages that the operator's webhook has not taken. */
      unsent: z.number(),
    }),
    /** What delivery did since the object was started. */
    activity: activitySchema(),
  });

/** How an account is doing. A look at it also wakes a delivery that lost its alarm. */
export const health = defineOperation({
  method: "GET",
  path: "",
  summary: "How the account is doing: its ledger, what delays delivery, and how large its database is.",
  input: z.strictObject({}),
  output,
  refusals: {},
  run: async ({ account, timeScale, wake, configured }) => {
    const { state, dead, conflicts, waiting, store, activity, alerts, drift } = account;
    const found = await configured();
    const { delivery } = state.current();
    if (account.isPending()) wake();
    return done({
      sources: Object.fromEntries(account.balances()),
      oldestPending: account.oldestPending(),
      // Delivery's clock is faster than the world's under a TIME_SCALE.
      hold: delivery.hold && { ...delivery.hold, since: delivery.hold.since / timeScale },
      heldSources: [...delivery.quarantined].flatMap(([source, { failures }]) => (failures > 0 ? [source] : [])),
      failures: delivery.failures,
      dead: dead.count(),
      conflicts: conflicts.countOpen(),
      waiting: waiting.all().length,
      bytes: store.size(),
      drift: found === null ? [] : [...drift.notices(found)],
      alerts: {
        on: (found?.alerts ?? null) !== null,
        open: alerts.open().map(({ kind, source, since }) => ({ kind, source, since })),
        unsent: alerts.waiting(),
      },
      activity: activity.current(),
    });
  },
});
