/**
 * Stytch's users of consumer projects.
 */
import * as z from "zod";
import {
  claimed,
  decisive,
  deleted,
  each,
  id,
  identify,
  maybe,
  on,
  optional,
  person,
  personId,
  text,
  verified,
} from "../../src/contract/adapter.ts";
import { attributionIn, customFields, userSignedUp, withCustom } from "../../src/vocabulary/adapter.ts";

/** Only a record that is gone has no more than its id. */
export const gone = z.object({ id });

const proven = z.object({ verified: maybe.boolean });

/** Metadata: `trusted_metadata` is written by the company's backend, `untrusted_metadata` by the person's browser too. */
export const metadata = each(optional(z.looseObject({})), "trusted_metadata", "untrusted_metadata");

const user = z.object({
  user: z.looseObject({
    user_id: id,
    external_id: decisive(text),
    name: optional(z.object(each(maybe.text, "first_name", "last_name"))),
    emails: decisive(z.array(proven.extend({ email: text }))),
    phone_numbers: optional(z.array(proven.extend({ phone_number: text }))),
    created_at: maybe.isoTime,
    ...metadata,
  }),
});

type User = z.output<typeof user>["user"];

/** A proven address counts before one that was typed. */
function personOf(u: User) {
  const address = u.emails?.find((one) => one.verified) ?? u.emails?.[0];
  const phone = u.phone_numbers?.find((one) => one.verified) ?? u.phone_numbers?.[0];
  return person({
    record: u,
    email: address?.verified ? verified(address.email) : claimed(address?.email),
    phone: u.phone_numbers && (phone?.phone_number ?? null),
    ids: [personId("user", u.user_id)],
  });
}

const profile = (u: User) =>
  identify(personOf(u), { first_name: u.name?.first_name, last_name: u.name?.last_name, created_at: u.created_at });

const customOf = (u: User) => [
  ...customFields("trusted_metadata", u.trusted_metadata),
  ...customFields("untrusted_metadata", u.untrusted_metadata),
];

/** A new user. */
export const newUser = on(user, ({ user: u }) =>
  withCustom([profile(u), userSignedUp(personOf(u), attributionIn(u.untrusted_metadata))], customOf(u)),
);

/** A changed user. */
export const changedUser = on(user, ({ user: u }) => withCustom([profile(u)], customOf(u)));

/** A deleted user. */
export const deletedUser = on(gone, (u) =>
  deleted(person({ record: { user_id: u.id }, ids: [personId("user", u.id)] }), "Account Deleted"),
);
