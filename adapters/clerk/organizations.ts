/**
 * Clerk's organizations: creators, members and invitations.
 */
import * as z from "zod";
import type { Draft, PersonFacts, Properties } from "../../src/contract/adapter.ts";
import { claimed, each, group, id, maybe, on, person, pick, track } from "../../src/contract/adapter.ts";
import { known } from "./users.ts";

const { text } = maybe;

/** An organization. */
export const organization = z.object({ id, ...each(text, "name", "slug", "created_by"), created_at: maybe.unixMilliseconds });

/** A membership. */
export const membership = z.object({ id, role: text, organization, public_user_data: z.object({ user_id: id }) });

type Organization = z.output<typeof organization>;
type Membership = z.output<typeof membership>;

const invitation = z.object({ id, email_address: text, organization_id: id, role: text });

function organizationOf(who: PersonFacts, o: Organization, relationship: Properties = {}): Draft {
  return group(who, { kind: "organization", id: o.id }, pick(o, "name", "slug", "created_at"), relationship);
}

function about(o: Organization): Properties {
  return { organization_id: o.id, organization_name: o.name };
}

/** The organization, with its creator as a member. */
export function ofMaker(o: Organization): Draft {
  return organizationOf(known(o.created_by), o);
}

/** A created organization. */
export function organizationCreated(o: Organization): readonly Draft[] {
  return [ofMaker(o), track(known(o.created_by), "Organization Created", about(o))];
}

/** The organization, and the user's relationship with it. */
export function belongs(m: Membership): Draft {
  return organizationOf(known(m.public_user_data.user_id), m.organization, { role: m.role });
}

/** A membership event. */
export function membershipEvent(event: string, m: Membership): Draft {
  return track(known(m.public_user_data.user_id), event, { ...about(m.organization), role: m.role });
}

/** An invitation. Only the address is known, typed by a member. */
export function onInvitation(event: string) {
  return on(invitation, (i) => {
    const properties = { invitation_id: i.id, organization_id: i.organization_id, role: i.role };
    return track(person({ email: claimed(i.email_address) }), event, properties);
  });
}
