/**
 * Zendesk's users: the customers among them.
 */
import * as z from "zod";
import type { Draft, MapResult, Maybe, PersonFacts } from "../../src/contract/adapter.ts";
import {
  text as anyText,
  backed,
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
  /** 0 means no organization. @see https://developer.zendesk.com/api-reference/webhooks/event-types/webhook-event-types/ */
  organization_id: maybe.id.transform((value) => (value === "0" ? null : value)),
  created_at: maybe.isoTime,
  /** The new value of a changed field, if it is text. */
  change: optional(z.object({ current: text })),
});

type User = z.output<typeof user>;

/** An event of an end user, never of staff. */
export function onCustomer(mapper: (u: User) => MapResult) {
  return on(user, (u) => (u.role && u.role !== "end-user" ? ignore("about staff, not a customer") : mapper(u)));
}

/** The person of a user. The company's own backend gives users external ids. */
export function personOf(u: User): PersonFacts {
  return person({ record: pick(u, "external_id"), email: backed(u.email), ids: [personId("user", u.id)] });
}

/** Traits of a user, with the changed ones. */
export function profile(u: User, more: { readonly name?: Maybe<string> } = {}): Draft {
  return identify(personOf(u), { ...more, ...pick(u, "created_at", "organization_id") });
}
