/**
 * Users and members of organizations, as an event stream sends them.
 */
import * as z from "zod";
import type { Draft, PersonFacts, Properties } from "../../src/contract/adapter.ts";
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
  track,
  verified,
} from "../../src/contract/adapter.ts";

const user = z.object({
  user_id: id,
  ...each(maybe.text, "email", "phone_number", "name", "given_name", "family_name", "nickname", "username"),
  email_verified: maybe.flag,
  created_at: maybe.isoTime,
  app_metadata: optional(z.looseObject({})),
});

const member = z.object({
  organization: z.object({ id, name: maybe.text, display_name: maybe.text }),
  user: z.object({ user_id: id }),
});

type User = z.output<typeof user>;
type Member = z.output<typeof member>;

/** A new user: the profile and the sign-up. */
export const onCreatedUser = on(user, (u) => [profile(u), track(personOf(u), "User Signed Up")]);

/** A changed profile. */
export const onUpdatedUser = on(user, profile);

/** A deleted user. The token does not cover the body, so the deletion is an event and deletes no person. */
export const onDeletedUser = on(user, (u) => track(personOf(u), "Account Deleted"));

/** A user who joined an organization. */
export const onAddedMember = on(member, (m) => [
  group(
    memberOf(m),
    { kind: "organization", id: m.organization.id },
    { name: m.organization.display_name ?? m.organization.name },
  ),
  track(memberOf(m), "Organization Joined", organizationOf(m)),
]);

/** A user who left an organization. */
export const onRemovedMember = on(member, (m) => track(memberOf(m), "Organization Left", organizationOf(m)));

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
  const name = u.name === u.email || u.name === u.phone_number ? null : u.name;
  const traits = pick(u, "nickname", "username", "created_at");
  return identify(personOf(u), { name, first_name: u.given_name, last_name: u.family_name, ...traits });
}

function memberOf({ user: { user_id } }: Member): PersonFacts {
  return person({ record: { user_id }, ids: [personId("user", user_id)] });
}

function organizationOf({ organization: { id, name, display_name } }: Member): Properties {
  return { organization_id: id, organization_name: display_name ?? name };
}
