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
  track,
  verified,
} from "../../src/contract/adapter.ts";

const { text } = maybe;

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
export const session = z.object({ id, user_id: id, organization_id: text, auth_method: text, impersonator: z.unknown() });

/** A reset password. */
export const passwordReset = z.object({ user_id: id, email: text });

/** @see https://github.com/workos/workos-python/blob/main/src/workos/common/models/waitlist_user.py */
const waitlistUser = z.object({ id, email: text, waitlist_id: text });

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

/** Traits of a user. */
export function profile(u: User): Draft {
  return identify(personOf(u), pick(u, "first_name", "last_name", "locale", "created_at", "last_sign_in_at"));
}

/** A user named only by id, or with an address of unknown verification. */
export function known(userId: Maybe<string>, email?: Maybe<string>): PersonFacts {
  return person({ email: claimed(email), ids: [personId("user", userId)] });
}

/** A sign-in by the user; impersonation is ignored. */
export function signedIn(s: z.output<typeof session>): MapResult {
  if (s.impersonator) return ignore("a member of staff impersonating a user");
  const properties = { session_id: s.id, organization_id: s.organization_id, method: s.auth_method };
  return track(known(s.user_id), "User Signed In", properties);
}

/** A waitlist event; only a typed address is known. */
export function onWaitlist(event: string) {
  return on(waitlistUser, (w) => {
    const facts = person({ email: claimed(w.email), ids: [reference("waitlist_user", w.id)] });
    return track(facts, event, { waitlist_user_id: w.id, waitlist_id: w.waitlist_id });
  });
}

/** A connected account, or one that must be reconnected. */
export function onConnectedAccount(event: string) {
  return on(connectedAccount, (a) => {
    const { id: connected_account_id, provider_slug: account_provider, organization_id, error_code } = a;
    return track(known(a.user_id), event, { connected_account_id, account_provider, organization_id, error_code });
  });
}
