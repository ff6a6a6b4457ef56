/**
 * Amplitude: members of cohorts, synced by a webhook.
 *
 * @see https://amplitude.com/docs/data/audiences/third-party-sync/webhook
 */
import * as z from "zod";
import {
  backed,
  decisive,
  defineAdapter,
  each,
  flag,
  id,
  identify,
  maybe,
  on,
  optional,
  person,
  personId,
} from "../src/contract/adapter.ts";
import { propertyNameOf } from "../src/contract/custom-events.ts";
import { token } from "../src/contract/verify.ts";
import { cohortEntered, cohortExited, customFields, withCustom } from "../src/vocabulary/adapter.ts";

const fields = z.looseObject({ email: maybe.text });

const user = z.looseObject({
  ...each(decisive(id), "user_id", "amplitude_id"),
  email: maybe.text,
  user_properties: optional(fields),
});

const cohort = z.object({ cohort_id: id, cohort_name: maybe.text, computed_time: maybe.unixSeconds });

const membership = cohort.extend({ user });

const onMembership = (make: typeof cohortEntered, isMember: boolean) =>
  on(membership, ({ cohort_id, cohort_name, computed_time, user: u }) => {
    const { email = u.email, ...own } = u.user_properties ?? {};
    const who = person({
      record: u,
      email: backed(email),
      ids: [personId("amplitude", u.amplitude_id)],
    });
    const name = propertyNameOf(cohort_name ?? "") ?? cohort_id;
    const made = make(who, { cohort_id, cohort_name, computed_at: computed_time });
    return withCustom([identify(who, { [`cohort_${name}`]: isMember }), made], customFields("user_properties", own));
  });

export default defineAdapter({
  id: "amplitude",
  name: "Amplitude",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Value of the Authorization header of the webhook: at least 16 random characters, chosen by you",
    demo: "tributary_demo_amplitude_0123456789",
  },
  verify: token({ header: "authorization" }),
  userIdFrom: ["user_id"],
  batch: "users[]",
  webhook: z.object({
    body: cohort.extend({ in_cohort: flag, message_id: maybe.id, users: decisive(z.array(user)) }),
  }),
  events: ({ body: { users, in_cohort, message_id, ...about } }, { bodyHash, place, receivedAt }) =>
    (users ?? []).map((one) => ({
      id: `${message_id ?? bodyHash}:${one.user_id ?? one.amplitude_id ?? place}`,
      type: in_cohort ? "enter" : "exit",
      occurredAt: about.computed_time ?? receivedAt,
      test: false,
      data: { ...about, user: one },
    })),
  handlers: { enter: onMembership(cohortEntered, true), exit: onMembership(cohortExited, false) },
});
