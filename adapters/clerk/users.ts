/**
 * Clerk's users, sign-ins and waitlist.
 */
import * as z from "zod";
import type { CustomField, Draft, MapResult, Maybe, PersonFacts } from "../../src/contract/adapter.ts";
import {
  text as anyText,
  claimed,
  decisive,
  each,
  firstItem,
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
  verified,
} from "../../src/contract/adapter.ts";
import {
  attribution,
  attributionIn,
  customFields,
  type Maker,
  userSignedIn,
  userSignedUp,
  waitlistApproved,
  waitlistDenied,
  waitlistJoined,
  withCustom,
} from "../../src/vocabulary/adapter.ts";

const { text, unixMilliseconds: time } = maybe;

/** A user's record, which only events about users hold. */
export const user = z.object({
  object: z.literal("user"),
  id,
  ...each(decisive(anyText), "external_id", "primary_email_address_id", "primary_phone_number_id"),
  ...each(text, "first_name", "last_name", "username", "locale"),
  ...each(time, "created_at", "last_sign_in_at"),
  email_addresses: z.array(z.object({ id, email_address: text, verification: optional(z.object({ status: text })) })),
  // Not `list`: the first address is the primary one if none is named, so a bad item must not be dropped.
  phone_numbers: optional(z.array(z.object({ id, phone_number: text }))),
  banned: maybe.boolean,
  public_metadata: optional(z.looseObject({})),
  private_metadata: optional(z.looseObject({})),
  unsafe_metadata: optional(z.looseObject({})),
  external_accounts: optional(z.array(z.object({ provider: text }))),
  password_enabled: maybe.boolean,
});

type User = z.output<typeof user>;

/** A deleted user; no other body has `deleted`. */
export const deletedUser = z.object({ object: z.literal("user"), id, deleted: z.literal(true) });

/** A sign-in. */
export const session = z.object({
  id,
  user_id: id,
  actor: z.unknown(),
  last_active_organization_id: text,
  latest_activity: optional(z.object(each(text, "browser_name", "device_type", "city", "country"))),
});

const waitlistEntry = z.object({ id, email_address: text, status: decisive(anyText) });

/** The person of a user's record. Unsafe metadata is left out: visitors can write it. */
export function personOf(u: User): PersonFacts {
  const email = u.email_addresses.find((address) => address.id === u.primary_email_address_id) ?? u.email_addresses[0];
  const phone = u.phone_numbers?.find((number) => number.id === u.primary_phone_number_id) ?? firstItem(u.phone_numbers);
  const trusted = email?.verification?.status === "verified" ? verified : claimed;
  const { external_id, public_metadata, private_metadata } = u;
  return person({
    record: { id: u.id, external_id, public_metadata, private_metadata },
    email: trusted(email?.email_address),
    phone: phone === null ? null : phone?.phone_number,
    ids: [personId("user", u.id)],
  });
}

/** A new user: the profile and the sign-up. Where the person came from is usually in what the browser may write. */
export function signedUp(u: User): readonly Draft[] {
  const from = attribution(attributionIn(u.unsafe_metadata), attributionIn(u.public_metadata));
  return withCustom([profile(u), userSignedUp(personOf(u), { method: methodOf(u), ...from })], customOf(u));
}

/** A changed user. */
export function changedUser(u: User): readonly Draft[] {
  return withCustom([profile(u)], customOf(u));
}

/** Private metadata is for the company's backend alone. */
function customOf(u: User): readonly CustomField[] {
  return [...customFields("public_metadata", u.public_metadata), ...customFields("unsafe_metadata", u.unsafe_metadata)];
}

/** Clerk's names of providers are like `oauth_google`. */
function methodOf(u: User): string | undefined {
  const provider = u.external_accounts?.[0]?.provider?.replace(/^oauth_/, "");
  return provider || (u.password_enabled ? "password" : undefined);
}

/** Traits of a user. */
export function profile(u: User): Draft {
  const traits = pick(u, "first_name", "last_name", "username", "locale", "created_at", "last_sign_in_at", "banned");
  return identify(personOf(u), traits);
}

/** A user named only by id. */
export function known(userId: Maybe<string>): PersonFacts {
  return person({ ids: [personId("user", userId)] });
}

/** A sign-in by the user; impersonation is ignored. */
export function signedIn(s: z.output<typeof session>): MapResult {
  if (s.actor) return ignore("a member of staff impersonating a user");
  const { browser_name, device_type, city, country } = s.latest_activity ?? {};
  const device = [browser_name, device_type].filter(Boolean).join(", ");
  return userSignedIn(known(s.user_id), { organization_id: s.last_active_organization_id, device, city, country });
}

/** A new entry of the waitlist. */
export const onWaitlistJoined = on(waitlistEntry, (w) => waitlistEvent(waitlistJoined, w));

/** A changed entry of the waitlist. */
export const onWaitlistUpdated = on(waitlistEntry, (w) => {
  if (w.status === "invited") return waitlistEvent(waitlistApproved, w);
  if (w.status === "rejected") return waitlistEvent(waitlistDenied, w);
  return ignore("followed by user.created when the invitation is accepted");
});

/** A person on the waitlist: only a typed address is known. */
function waitlistEvent(make: Maker<{ readonly waitlist_id: string }>, w: z.output<typeof waitlistEntry>): Draft {
  const facts = person({ email: claimed(w.email_address), ids: [reference("waitlist_entry", w.id)] });
  return make(facts, { waitlist_id: w.id });
}
