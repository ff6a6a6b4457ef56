/**
 * What an adapter says of the tracking plan, in `adapters/<id>/plan.schema.ts`: the families it belongs to, what its vendor does not tell and why,
 * and its own events. For tests, generators and the command line; the Worker imports its types alone.
 */
import type { Family } from "./definition.schema.ts";
import type { EventName, FamilyName } from "./plan.schema.ts";

export { event, family } from "./definition.schema.ts";
export { TICKET_STATUSES } from "./enums.ts";
export { FORM, MEETING, MEETING_ID } from "./forms-and-meetings.schema.ts";
export { TOPIC } from "./projects.schema.ts";
export {
  amount,
  BILLED,
  CURRENCY,
  choice,
  count,
  flag,
  number,
  PAYMENT_METHOD,
  PLAN,
  PRODUCTS,
  SUBSCRIPTION,
  SUBSCRIPTION_ID,
  text,
  texts,
  time,
} from "./shapes.schema.ts";

/** What an adapter says of the tracking plan. */
export interface AdapterPlan {
  readonly families: readonly FamilyName[];
  /** Shared events of these families that the vendor does not tell, and why. */
  readonly lacks: Readonly<Partial<Record<EventName, string>>>;
  /** Events that are in no family, because only this vendor has them. Their names begin with what they are about. */
  readonly own: Family | null;
  /** Whether it passes on events under the sender's own names. */
  readonly relays: boolean;
}

/** Says what an adapter has to do with the tracking plan. */
export function adapterPlan<Name extends FamilyName>(plan: {
  readonly families: readonly Name[];
  readonly lacks?: { readonly [Event in EventName<Name>]?: string };
  readonly own?: Family;
  readonly relays?: true;
}): AdapterPlan {
  return { families: plan.families, lacks: plan.lacks ?? {}, own: plan.own ?? null, relays: plan.relays ?? false };
}

/** One reason for several events that a vendor does not tell. */
export function because<Event extends EventName>(
  reason: string,
  ...events: readonly Event[]
): { readonly [Name in Event]: string };
export function because(reason: string, ...events: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(events.map((event) => [event, reason]));
}

/** Why a vendor that sends e-mails alone tells nothing of other messages. */
export const SENDS_EMAIL_ONLY = because(
  "sends e-mail only",
  "SMS Sent",
  "SMS Delivered",
  "SMS Failed",
  "SMS Received",
  "SMS Link Clicked",
  "WhatsApp Message Sent",
  "WhatsApp Message Delivered",
  "WhatsApp Message Read",
  "WhatsApp Message Failed",
  "WhatsApp Message Received",
  "WhatsApp Message Link Clicked",
);
