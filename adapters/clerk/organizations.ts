/**
 * Clerk's organizations: creators, members and invitations.
 */
import * as z from "zod";
import type { Draft, PersonFacts, Properties } from "../../src/contract/adapter.ts";
import { claimed, each, group, id, maybe, on, optional, person, personId, pick } from "../../src/contract/adapter.ts";
import { organizationCreated as created, customFields, type Maker } from "../../src/vocabulary/adapter.ts";
import { known } from "./users.ts";

const { text } = maybe;

/** An organization. */
export const organization = z.object({ id, ...each(text, "name", "slug", "created_by"), created_at: maybe.unixMilliseconds });

/** A membership. */
export const membership = z.object({ id, role: text, organization, public_user_data: z.object({ user_id: id }) });

type Organization = z.output<typeof organization>;
type Membership = z.output<typeof membership>;

/** `user_id` is that of the person who accepted it. @see https://github.com/clerk/javascript/pull/6887 */
const invitation = z.object({
  id,
  organization_id: id,
  ...each(text, "email_address", "role", "url", "user_id"),
  expires_at: maybe.unixMilliseconds,
  public_organization_data: optional(z.object({ name: text })),
  public_metadata: optional(z.looseObject({})),
});

function organizationOf(who: PersonFacts, o: Organization, relationship: Properties = {}): Draft {
  return group(who, { kind: "organization", id: o.id }, pick(o, "name", "slug", "created_at"), relationship);
}

function about(o: Organization) {
  return { organization_id: o.id, organization_name: o.name };
}

/** The organization, with its creator as a member. */
export function ofMaker(o: Organization): Draft {
  return organizationOf(known(o.created_by), o);
}

/** A created organization. */
export function organizationCreated(o: Organization): readonly Draft[] {
  return [ofMaker(o), created(known(o.created_by), about(o))];
}

/** The organization, and the user's relationship with it. */
export function belongs(m: Membership): Draft {
  return organizationOf(known(m.public_user_data.user_id), m.organization, { role: m.role });
}

/** A membership event. */
export function membershipEvent(make: Maker<ReturnType<typeof about> & Pick<Membership, "role">>, m: Membership): Draft {
  return make(known(m.public_user_data.user_id), { ...about(m.organization), role: m.role });
}

/** An invitation. Until it is accepted only the address is known, typed by a member. */
export function onInvitation(make: Maker<ReturnType<typeof aboutInvitation>>) {
  return on(invitation, (i) => {
    const who = person({ email: claimed(i.email_address), ids: [personId("user", i.user_id)] });
    return make(who, aboutInvitation(i), { custom: customFields("public_metadata", i.public_metadata) });
  });
}

function aboutInvitation(i: z.output<typeof invitation>) {
  return {
    invitation_id: i.id,
    organization_id: i.organization_id,
    organization_name: i.public_organization_data?.name,
    role: i.role,
    invitation_url: i.url,
    expires_at: i.expires_at,
  };
}
