/**
 * One campaign for all vendors that bill: a second attempt to collect a payment failed, for the plan Pro, and the person came from the newsletter.
 * Each vendor's file here says which webhooks make it true.
 */
import type { Webhook } from "../support/changed-fixtures.ts";

/** What starts the campaign, and what must be true of the event, or of the person at that time. */
export const CAMPAIGN = {
  event: "Payment Failed",
  attempt: 2,
  plan_name: "Pro",
  utm_source: "newsletter",
} as const;

/** A condition of the campaign. */
export type Condition = Exclude<keyof typeof CAMPAIGN, "event">;

/** The trait that says the same of the person. An attempt is of the event alone. */
const TRAITS: { readonly [Name in Condition]?: string } = { plan_name: "plan_name", utm_source: "first_utm_source" };

/** What a vendor's file says. */
export interface Story {
  /** What the vendor sends about one customer, so that the campaign starts for them. The ids in the fixtures belong together. */
  readonly webhooks: readonly Webhook[];
  /** Conditions that the vendor cannot tell, and why. */
  readonly cannot: { readonly [Name in Condition]?: string };
}

/** Says which webhooks of a vendor make the campaign true. */
export function story(webhooks: Story["webhooks"], cannot: Story["cannot"] = {}): Story {
  return { webhooks, cannot };
}

/** A call, as Customer.io gets it. */
export interface Call {
  readonly type: string;
  readonly event?: string | undefined;
  readonly properties?: Readonly<Record<string, unknown>> | undefined;
  readonly traits?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Which conditions the calls about one person meet when the campaign's event comes, the best of such events.
 * @returns `null` where the event never comes
 */
export function conditionsMet(calls: readonly Call[]): ReadonlySet<Condition> | null {
  const traits: Record<string, unknown> = {};
  for (const call of calls) if (call.type === "identify") Object.assign(traits, call.traits);
  const met = calls
    .filter(({ event }) => event === CAMPAIGN.event)
    .map(({ properties = {} }) => new Set(CONDITIONS.filter((name) => isMet(name, properties, traits))));
  return met.sort((a, b) => b.size - a.size)[0] ?? null;
}

function isMet(
  name: Condition,
  properties: Readonly<Record<string, unknown>>,
  traits: Readonly<Record<string, unknown>>,
): boolean {
  const trait = TRAITS[name];
  return properties[name] === CAMPAIGN[name] || (trait !== undefined && traits[trait] === CAMPAIGN[name]);
}

/** All conditions. */
export const CONDITIONS: readonly Condition[] = ["attempt", "plan_name", "utm_source"];
