/**
 * Zendesk's users: the customers among them.
 */
import * as z from "zod";
import type { Draft, MapResult, Maybe, PersonFacts } from "../../src/contract/adapter.ts";
import {
  text as anyText,
  claimed,
  decisive,
  each,
  id,
  identify,
  ignore,
  maybe,
  on,
  optional,
  person,
  personId,
  pick,
} from "../../src/contract/adapter.ts";

const { text } = maybe;

const user = z.object({
  id,
  role: decisive(anyText),
  ...each(text, "email", "external_id"),
  /** An organization that there is none of is 0. @see https://developer.zendesk.com/api-reference/webhooks/event-types/webhook-event-types/ */
  organization_id: maybe.id.transform((value) => (value === "0" ? null : value)),
  created_at: maybe.isoTime,
  /** Of a field that changed: what it is now, where that is text. */
  change: optional(z.object({ current: text })),
});

type User = z.output<typeof user>;

/** What happened to a user who is a customer: the subject, never staff. */
export function onCustomer(mapper: (u: User) => MapResult) {
  return on(user, (u) => (u.role && u.role !== "end-user" ? ignore("about staff, not a customer") : mapper(u)));
}

/** Who a user is. */
export function personOf(u: User): PersonFacts {
  return person({ record: pick(u, "external_id"), email: claimed(u.email), ids: [personId("user", u.id)] });
}

/** What is known of a user, and what has become known now. */
export function profile(u: User, more: { readonly name?: Maybe<string> } = {}): Draft {
  return identify(personOf(u), { ...more, ...pick(u, "created_at", "organization_id") });
}
