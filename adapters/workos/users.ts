/**
 * WorkOS's users, sign-ins, connected accounts and waitlist.
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
  verified,
} from "../../src/contract/adapter.ts";
import {
  attributionIn,
  customFields,
  emailVerified,
  type Maker,
  ownEvents,
  passwordChanged,
  userSignedIn,
  userSignedUp,
  withCustom,
} from "../../src/vocabulary/adapter.ts";
import type { CONNECTED_ACCOUNTS } from "./plan.schema.ts";

const { text } = maybe;

const own = ownEvents<typeof CONNECTED_ACCOUNTS>();

/** A user's record, which only events about users hold. */
export const user = z.object({
  object: z.literal("user"),
  id,
  external_id: decisive(anyText),
  ...each(text, "email", "first_name", "last_name", "locale"),
  ...each(maybe.isoTime, "created_at", "last_sign_in_at"),
  email_verified: maybe.boolean,
  metadata: optional(z.looseObject({})),
});

type User = z.output<typeof user>;

/** A sign-in. */
export const session = z.object({
  id,
  user_id: id,
  ...each(text, "organization_id", "auth_method", "user_agent"),
  impersonator: z.unknown(),
});

/** A user who has proved an address, by a code or a link in a mail. */
const prover = z.object({ user_id: id, email: text });

function proverOf({ user_id, email }: z.output<typeof prover>): PersonFacts {
  return person({ email: verified(email), ids: [personId("user", user_id)] });
}

/** @see https://github.com/workos/workos-python/blob/main/src/workos/common/models/waitlist_user.py */
const waitlistUser = z.object({ id, email: text, additional_fields: optional(z.looseObject({})) });

/** An account elsewhere: a user's own, or with `organization_id` alone the organization's. */
const connectedAccount = z.object(each(text, "id", "provider_slug", "user_id", "organization_id", "error_code"));

/** The person of a user's record. */
export function personOf(u: User): PersonFacts {
  return person({
    record: { id: u.id, external_id: u.external_id, metadata: u.metadata },
    email: u.email_verified ? verified(u.email) : claimed(u.email),
    ids: [personId("user", u.id)],
  });
}

/** A new user: the profile and the sign-up. */
export function signedUp(u: User): readonly Draft[] {
  return withCustom([profile(u), userSignedUp(personOf(u), attributionIn(u.metadata))], customFields("metadata", u.metadata));
}

/** A changed user. */
export function changedUser(u: User): readonly Draft[] {
  return withCustom([profile(u)], customFields("metadata", u.metadata));
}

/** Traits of a user. */
export function profile(u: User): Draft {
  return identify(personOf(u), pick(u, "first_name", "last_name", "locale", "created_at", "last_sign_in_at"));
}

/** A user named only by id. */
export function known(userId: Maybe<string>): PersonFacts {
  return person({ ids: [personId("user", userId)] });
}

/** A sign-in by the user; impersonation is ignored. */
export function signedIn(s: z.output<typeof session>): MapResult {
  if (s.impersonator) return ignore("a member of staff impersonating a user");
  return userSignedIn(known(s.user_id), {
    organization_id: s.organization_id,
    method: s.auth_method,
    device: s.user_agent,
  });
}

/** A password that was reset by a link in a mail. */
export const onPasswordReset = on(prover, (p) => passwordChanged(proverOf(p), { method: "reset" }));

/** An address that was verified by a code in a mail. */
export const onEmailVerified = on(prover, (p) => emailVerified(proverOf(p), {}));

/** A waitlist event; only a typed address is known, and what the form asked for beside it. */
export function onWaitlist(make: Maker<{ readonly waitlist_id: string }>) {
  return on(waitlistUser, (w) => {
    const facts = person({ email: claimed(w.email), ids: [reference("waitlist_user", w.id)] });
    const properties = { waitlist_id: w.id, ...attributionIn(w.additional_fields) };
    return make(facts, properties, { custom: customFields("additional_fields", w.additional_fields) });
  });
}

/** A connected account, or one that must be reconnected. */
export function onConnectedAccount(event: keyof (typeof CONNECTED_ACCOUNTS)["events"]) {
  return on(connectedAccount, (a) => {
    const { id: connected_account_id, provider_slug: account_provider, organization_id, error_code } = a;
    return own(event)(known(a.user_id), { connected_account_id, account_provider, organization_id, error_code });
  });
}
