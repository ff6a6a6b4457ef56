/**
 * beehiiv's subscriptions, to a newsletter and to its lists.
 */
import * as z from "zod";
import {
  claimed,
  consent,
  decisive,
  each,
  id,
  identify,
  list,
  maybe,
  optional,
  person,
  personId,
  text,
} from "../../src/contract/adapter.ts";
import { customFields, customList } from "../../src/vocabulary/adapter.ts";

export const subscription = z.looseObject({
  id,
  email: text,
  // Whether an end of it was the person's own choice.
  status: decisive(text),
  ...each(maybe.text, "referring_site", "subscription_tier", "utm_source", "utm_medium", "utm_campaign", "utm_channel"),
  subscription_premium_tier_names: optional(list(text)),
  custom_fields: optional(list(z.object({ name: text, value: z.unknown() }))),
  tags: optional(list(text)),
});

export type Subscription = z.output<typeof subscription>;

export const membership = z.object({ subscription_id: id, email: text, list_name: text });

type Membership = z.output<typeof membership>;

const question = z.object({ prompt: maybe.text });

export const response = z.object({
  ...each(maybe.id, "id", "survey_id"),
  subscription,
  answers: optional(list(z.object({ answer: maybe.text, question_data: optional(question) }))),
});

/** The subscription as it stands, and what goes with an event about it. */
export function known(s: Subscription, at: string) {
  const who = person({ record: s, email: claimed(s.email), ids: [personId("subscription", s.id)] });
  const custom = [...customFields("custom_fields", s.custom_fields), ...customList("tags", s.tags)];
  const tier = { newsletter_tier: s.subscription_tier, premium_tiers: s.subscription_premium_tier_names };
  return { who, tier, more: { custom }, email: { who, at, about: {}, custom }, person: { ...identify(who, tier), custom } };
}

/** A list has a name and no id, so its name stands for it. */
export function ofList({ subscription_id, email, list_name }: Membership, state: "subscribed" | "unsubscribed", at: string) {
  const who = person({ email: claimed(email), ids: [personId("subscription", subscription_id)] });
  const topic = list_name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_|_$/g, "")
    .slice(0, 64);
  const choice = topic === "" ? [] : [consent(who, { channel: "email", state, at, topic })];
  return { who, choice };
}
