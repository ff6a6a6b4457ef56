/**
 * Stytch's members: each belongs to one organization.
 */
import * as z from "zod";
import {
  claimed,
  decisive,
  deleted,
  each,
  flag,
  group,
  id,
  identify,
  list,
  maybe,
  on,
  optional,
  person,
  personId,
  text,
  verified,
} from "../../src/contract/adapter.ts";
import {
  attributionIn,
  customFields,
  invitationSent,
  organizationJoined,
  userSignedUp,
  withCustom,
} from "../../src/vocabulary/adapter.ts";
import { gone, metadata } from "./users.ts";

const member = z.object({
  member: z.looseObject({
    member_id: id,
    organization_id: id,
    external_id: decisive(text),
    status: decisive(text),
    email_address: decisive(text),
    email_address_verified: decisive(flag),
    ...each(maybe.text, "name", "mfa_phone_number"),
    roles: optional(list(z.object({ role_id: text }))),
    created_at: maybe.isoTime,
    ...metadata,
  }),
});

type Member = z.output<typeof member>["member"];

function personOf(m: Member) {
  return person({
    record: m,
    email: m.email_address_verified ? verified(m.email_address) : claimed(m.email_address),
    phone: m.mfa_phone_number ?? undefined,
    ids: [personId("member", m.member_id)],
  });
}

/** The last role is the one beside that of every member. */
const about = (m: Member) => ({ organization_id: m.organization_id, role: m.roles?.at(-1)?.role_id });

const known = (m: Member) => [
  identify(personOf(m), { name: m.name, created_at: m.created_at }),
  group(personOf(m), { kind: "organization", id: m.organization_id }, {}, { role: about(m).role, status: m.status }),
];

const customOf = (m: Member) => [
  ...customFields("trusted_metadata", m.trusted_metadata),
  ...customFields("untrusted_metadata", m.untrusted_metadata),
];

/** A new member; one that is invited or pending has not been there yet. */
export const newMember = on(member, ({ member: m }) => {
  if (m.status === "invited" || m.status === "pending") return withCustom([invitationSent(personOf(m), about(m))], customOf(m));
  const who = personOf(m);
  const joined = [userSignedUp(who, { ...about(m), ...attributionIn(m.untrusted_metadata) }), organizationJoined(who, about(m))];
  return withCustom([...known(m), ...joined], customOf(m));
});

/** A changed member. */
export const changedMember = on(member, ({ member: m }) => withCustom(known(m), customOf(m)));

/** A deleted member. */
export const deletedMember = on(gone, (m) =>
  deleted(person({ record: { member_id: m.id }, ids: [personId("member", m.id)] }), "Account Deleted"),
);
