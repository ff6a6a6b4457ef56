/**
 * Gumroad's memberships: subscriptions to a product.
 *
 * @see https://github.com/antiwork/gumroad/blob/main/app/modules/subscription/ping_notification.rb
 */
import * as z from "zod";
import type { Properties } from "../../src/contract/adapter.ts";
import { claimed, each, id, maybe, on, person, personId, pick, reference, track } from "../../src/contract/adapter.ts";

const membership = z.object({
  subscription_id: id,
  ...each(maybe.id, "product_id", "user_id"),
  ...each(maybe.text, "product_name", "user_email", "recurrence", "ended_reason", "type"),
  ...each(maybe.isoTime, "free_trial_ends_at", "cancelled_at", "effective_as_of"),
  charge_occurrence_count: maybe.integer,
});

type Membership = z.output<typeof membership>;

/**
 * A membership event.
 * @param more properties of this event only
 */
export function onMembership(event: string, more: (m: Membership) => Properties = () => ({})) {
  return on(membership, (m) => {
    const ids = [personId("user", m.user_id), reference("subscription", m.subscription_id)];
    const facts = person({ record: { purchaser_id: m.user_id }, email: claimed(m.user_email), ids });
    return track(facts, event, {
      ...pick(m, "subscription_id", "product_id", "recurrence"),
      product: m.product_name,
      charges_count: m.charge_occurrence_count,
      trial_ends_at: m.free_trial_ends_at,
      ...more(m),
    });
  });
}
