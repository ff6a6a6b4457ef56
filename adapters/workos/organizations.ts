/**
 * WorkOS's organizations: members and invitations.
 */
import * as z from "zod";
import type { Draft, MapResult, Properties } from "../../src/contract/adapter.ts";
import {
  text as anyText,
  claimed,
  decisive,
  each,
  group,
  id,
  ignore,
  maybe,
  on,
  optional,
  person,
  pick,
  track,
} from "../../src/contract/adapter.ts";
import { known } from "./users.ts";

const { text } = maybe;

/** A membership. */
export const membership = z.object({
  ...each(id, "id", "user_id", "organization_id"),
  organization_name: text,
  status: decisive(anyText),
  role: optional(z.object({ slug: text })),
});

type Membership = z.output<typeof membership>;

const invitation = z.object({ id, email: text, organization_id: text, expires_at: maybe.isoTime });

/** The organization, and the user's relationship with it. */
export function belongs(m: Membership): Draft {
  const organization = { kind: "organization", id: m.organization_id };
  return group(known(m.user_id), organization, { name: m.organization_name }, { role: m.role?.slug, status: m.status });
}

/** A new member; a pending membership is only an invitation. */
export function joined(m: Membership): MapResult {
  if (m.status === "pending") return ignore("the invitation is not accepted yet");
  return [belongs(m), track(known(m.user_id), "Organization Joined", about(m))];
}

/** A removed member. */
export function left(m: Membership): Draft {
  return track(known(m.user_id), "Organization Left", about(m));
}

function about(m: Membership): Properties {
  return { ...pick(m, "organization_id", "organization_name"), role: m.role?.slug };
}

/** An invitation. Only the address is known, typed by a member. */
export function onInvitation(event: string) {
  return on(invitation, (i) => {
    const properties = { invitation_id: i.id, ...pick(i, "organization_id", "expires_at") };
    return track(person({ email: claimed(i.email) }), event, properties);
  });
}
