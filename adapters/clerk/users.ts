/**
 * Clerk's users, their sign-ins, and who waits to become one.
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
  reference,
  track,
  verified,
} from "../../src/contract/adapter.ts";

const { text, unixMilliseconds: time } = maybe;

/** A user's own record, which the events about users hold, and they alone. */
export const user = z.object({
  object: z.literal("user"),
  id,
  ...each(decisive(anyText), "external_id", "primary_email_address_id", "primary_phone_number_id"),
  ...each(text, "first_name", "last_name", "username", "locale"),
  ...each(time, "created_at", "last_sign_in_at"),
  email_addresses: z.array(z.object({ id, email_address: text, verification: optional(z.object({ status: text })) })),
  // Not a list without its bad items: the first stands for the primary one where none is named.
  phone_numbers: optional(z.array(z.object({ id, phone_number: text }))),
  banned: maybe.boolean,
  public_metadata: optional(z.looseObject({})),
  private_metadata: optional(z.looseObject({})),
});

type User = z.output<typeof user>;

/** What is left of a user in the event that deletes it; no other body has `deleted`. */
export const deletedUser = z.object({ object: z.literal("user"), id, deleted: z.literal(true) });

/** A sign-in. */
export const session = z.object({ id, user_id: id, actor: z.unknown(), last_active_organization_id: text });

const waitlistEntry = z.object({ id, email_address: text, status: decisive(anyText) });

/** Who a user is, by the user's own record. Unsafe metadata is no part of it: visitors write it. */
export function personOf(u: User): PersonFacts {
  const email = u.email_addresses.find((address) => address.id === u.primary_email_address_id) ?? u.email_addresses[0];
  const phone = u.phone_numbers?.find((number) => number.id === u.primary_phone_number_id) ?? u.phone_numbers?.[0];
  const trusted = email?.verification?.status === "verified" ? verified : claimed;
  const { external_id, public_metadata, private_metadata } = u;
  return person({
    record: { id: u.id, external_id, public_metadata, private_metadata },
    email: trusted(email?.email_address),
    phone: phone?.phone_number,
    ids: [personId("user", u.id)],
  });
}

/** What is known of a user. */
export function profile(u: User): Draft {
  const traits = pick(u, "first_name", "last_name", "username", "locale", "created_at", "last_sign_in_at", "banned");
  return identify(personOf(u), traits);
}

/** A user whom an event names by the id alone. */
export function known(userId: Maybe<string>): PersonFacts {
  return person({ ids: [personId("user", userId)] });
}

/** A sign-in, where it was the user's own. */
export function signedIn(s: z.output<typeof session>): MapResult {
  if (s.actor) return ignore("a member of staff impersonating a user");
  return track(known(s.user_id), "User Signed In", { session_id: s.id, organization_id: s.last_active_organization_id });
}

/** Somebody asked for an invitation. */
export const onWaitlistJoined = on(waitlistEntry, (w) => waitlistEvent("Waitlist Joined", w));

/** Somebody who asked was invited, or denied, or came. */
export const onWaitlistUpdated = on(waitlistEntry, (w) =>
  w.status === "invited"
    ? waitlistEvent("Waitlist Invitation Sent", w)
    : ignore("followed by user.created when the invitation is accepted"),
);

/** Who waits is known by the address alone that they typed. */
function waitlistEvent(event: string, w: z.output<typeof waitlistEntry>): Draft {
  const facts = person({ email: claimed(w.email_address), ids: [reference("waitlist_entry", w.id)] });
  return track(facts, event, { waitlist_entry_id: w.id });
}
