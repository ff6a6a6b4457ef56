/**
 * Users and members of organizations, as an event stream sends them.
 */
import * as z from "zod";
import type { CustomField, Draft, PersonFacts } from "../../src/contract/adapter.ts";
import {
  claimed,
  each,
  group,
  id,
  identify,
  maybe,
  on,
  optional,
  person,
  personId,
  pick,
  verified,
} from "../../src/contract/adapter.ts";
import {
  accountDeleted,
  attribution,
  attributionIn,
  customFields,
  organizationJoined,
  organizationLeft,
  userSignedUp,
  withCustom,
} from "../../src/vocabulary/adapter.ts";
import { methodOf } from "./methods.ts";

const user = z.object({
  user_id: id,
  ...each(maybe.text, "email", "phone_number", "name", "given_name", "family_name", "nickname", "username"),
  email_verified: maybe.flag,
  created_at: maybe.isoTime,
  ...each(optional(z.looseObject({})), "app_metadata", "user_metadata"),
  identities: optional(z.array(z.object({ provider: maybe.text }))),
});

const member = z.object({
  organization: z.object({ id, name: maybe.text, display_name: maybe.text }),
  user: z.object({ user_id: id }),
});

type User = z.output<typeof user>;
type Member = z.output<typeof member>;

/** A new user: the profile and the sign-up. Where the person came from may be in what the browser writes. */
export const onCreatedUser = on(user, (u) => {
  const from = attribution(attributionIn(u.user_metadata), attributionIn(u.app_metadata));
  const signedUp = userSignedUp(personOf(u), { method: methodOf(u.identities?.[0]?.provider), ...from });
  return withCustom([profile(u), signedUp], customOf(u));
});

/** A changed profile. */
export const onUpdatedUser = on(user, (u) => withCustom([profile(u)], customOf(u)));

/** A deleted user. The token does not cover the body, so the deletion is an event and deletes no person. */
export const onDeletedUser = on(user, (u) => accountDeleted(personOf(u), {}));

/** A user who joined an organization. */
export const onAddedMember = on(member, (m) => [
  group(
    memberOf(m),
    { kind: "organization", id: m.organization.id },
    { name: m.organization.display_name ?? m.organization.name },
  ),
  organizationJoined(memberOf(m), organizationOf(m)),
]);

/** A user who left an organization. */
export const onRemovedMember = on(member, (m) => organizationLeft(memberOf(m), organizationOf(m)));

/** User metadata is not in the record: users can write it. */
function personOf(u: User): PersonFacts {
  return person({
    record: { user_id: u.user_id, app_metadata: u.app_metadata },
    email: u.email_verified ? verified(u.email) : claimed(u.email),
    phone: u.phone_number,
    ids: [personId("user", u.user_id)],
  });
}

/** For users without a name Auth0 uses the address or number of the sign-in. */
function profile(u: User): Draft {
  const isName = u.name !== u.email && u.name !== u.phone_number;
  const traits = pick(u, "nickname", "username", "created_at");
  return identify(personOf(u), {
    name: isName ? u.name : undefined,
    first_name: u.given_name,
    last_name: u.family_name,
    ...traits,
  });
}

function memberOf({ user: { user_id } }: Member): PersonFacts {
  return person({ record: { user_id }, ids: [personId("user", user_id)] });
}

function organizationOf({ organization: { id, name, display_name } }: Member) {
  return { organization_id: id, organization_name: display_name ?? name };
}

function customOf(u: User): readonly CustomField[] {
  return [...customFields("app_metadata", u.app_metadata), ...customFields("user_metadata", u.user_metadata)];
}
