/**
 * GitHub Sponsors.
 */
import * as z from "zod";
import { decisive, maybe, money, on, optional } from "../../src/contract/adapter.ts";
import { ownEvents } from "../../src/vocabulary/adapter.ts";
import { account, did } from "./accounts.ts";
import type { GITHUB } from "./plan.schema.ts";

const own = ownEvents<typeof GITHUB>();

const tier = z.object({ name: maybe.text, monthly_price_in_cents: maybe.integer, is_one_time: maybe.flag });

const sponsorship = z.object({
  sponsorship: z.object({ sponsor: decisive(account), sponsorable: optional(account), tier }),
  changes: optional(z.object({ tier: optional(z.object({ from: tier })) })),
  effective_date: maybe.isoTime,
});

type SponsorshipEvent =
  | "Sponsorship Started"
  | "Sponsorship Changed"
  | "Sponsorship Change Scheduled"
  | "Sponsorship Cancellation Scheduled"
  | "Sponsorship Cancelled";

/** A sponsorship event; the person is the sponsor. What they pay and when is not told. */
export function onSponsorship(event: SponsorshipEvent) {
  return on(sponsorship, ({ sponsorship: s, changes, effective_date }) =>
    did(s.sponsor, own(event), {
      tier: s.tier.name,
      previous_tier: changes?.tier?.from.name,
      one_time: s.tier.is_one_time,
      sponsored: s.sponsorable?.login,
      takes_effect_at: effective_date,
      ...money("price", s.tier.monthly_price_in_cents, "USD"),
    }),
  );
}
