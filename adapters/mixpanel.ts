/**
 * Mixpanel: members of cohorts, synced by a custom webhook.
 *
 * A sync begins with all members of a cohort, who become no event; after that, Mixpanel sends who entered and who left.
 *
 * @see https://docs.mixpanel.com/docs/cohort-sync/webhooks
 */
import * as z from "zod";
import { backed, decisive, defineAdapter, id, identify, maybe, on, person, personId, text } from "../src/contract/adapter.ts";
import { propertyNameOf } from "../src/contract/custom-events.ts";
import { basicAuth } from "../src/contract/verify.ts";
import { cohortEntered, cohortExited, customFields, withCustom } from "../src/vocabulary/adapter.ts";

const { text: words } = maybe;

const member = z.looseObject({
  ...{ email: words, first_name: words, last_name: words, phone_number: words },
  mixpanel_distinct_id: decisive(id),
});

const membership = z.object({ cohort_id: id, cohort_name: words, member });

const onMembership = (make: typeof cohortEntered | null, isMember: boolean) =>
  on(membership, ({ cohort_id, cohort_name, member: m }) => {
    const { email, first_name, last_name, phone_number: phone, mixpanel_distinct_id: distinctId, ...own } = m;
    const who = person({ record: m, email: backed(email), phone, ids: [personId("distinct", distinctId)] });
    const name = propertyNameOf(cohort_name ?? "") ?? cohort_id;
    const known = identify(who, { first_name, last_name, [`cohort_${name}`]: isMember });
    return withCustom(make ? [known, make(who, { cohort_id, cohort_name })] : [known], customFields("properties", own));
  });

export default defineAdapter({
  id: "mixpanel",
  name: "Mixpanel",
  secret: {
    format: /^[^\s:]+:[\x21-\x7e]{8,}$/,
    hint: "user:password, as entered under Basic Authentication of the webhook",
    demo: "demo:tributary_demo_mixpanel_0000",
  },
  verify: basicAuth(),
  batch: "parameters.members[]",
  webhook: z.object({
    body: z.object({
      action: text,
      parameters: z.object({
        mixpanel_cohort_id: id,
        mixpanel_cohort_name: words,
        mixpanel_session_id: maybe.id,
        members: decisive(z.array(member)),
      }),
    }),
  }),
  // Without this, Mixpanel counts the sync as failed.
  acknowledge: ({ action }) => ({ action, status: "success" }),
  events: ({ body: { action: type, parameters: p } }, { bodyHash, place, receivedAt }) =>
    (p.members ?? []).map((one) => ({
      id: [
        type,
        p.mixpanel_cohort_id,
        p.mixpanel_session_id ?? bodyHash,
        one.mixpanel_distinct_id ?? one.email ?? `${bodyHash}.${place}`,
      ].join(":"),
      type,
      occurredAt: receivedAt,
      test: false,
      data: { cohort_id: p.mixpanel_cohort_id, cohort_name: p.mixpanel_cohort_name, member: one },
    })),
  handlers: {
    members: onMembership(null, true),
    add_members: onMembership(cohortEntered, true),
    remove_members: onMembership(cohortExited, false),
  },
});
