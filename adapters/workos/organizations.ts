/**
 * WorkOS's organizations: members and invitations.
 */
import * as z from "zod";
import type { Draft, MapResult } from "../../src/contract/adapter.ts";
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
  personId,
  pick,
} from "../../src/contract/adapter.ts";
import { type Maker, organizationJoined, organizationLeft } from "../../src/vocabulary/adapter.ts";
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

const invitation = z.object({ id, ...each(text, "email", "organization_id", "accepted_user_id"), expires_at: maybe.isoTime });

/** The organization, and the user's relationship with it. */
export function belongs(m: Membership): Draft {
  const organization = { kind: "organization", id: m.organization_id };
  return group(known(m.user_id), organization, { name: m.organization_name }, { role: m.role?.slug, status: m.status });
}

/** A new member; a pending membership is only an invitation. */
export function joined(m: Membership): MapResult {
  if (m.status === "pending") return ignore("the invitation is not accepted yet");
  return [belongs(m), organizationJoined(known(m.user_id), about(m))];
}

/** A removed member. */
export function left(m: Membership): Draft {
  return organizationLeft(known(m.user_id), about(m));
}

function about(m: Membership) {
  return { ...pick(m, "organization_id", "organization_name"), role: m.role?.slug };
}

/** An invitation. Until it is accepted only the address is known, typed by a member. */
export function onInvitation(make: Maker<ReturnType<typeof aboutInvitation>>) {
  return on(invitation, (i) =>
    make(person({ email: claimed(i.email), ids: [personId("user", i.accepted_user_id)] }), aboutInvitation(i)),
  );
}

/** The address at which it can be accepted is left out by WorkOS, as a secret. */
function aboutInvitation(i: z.output<typeof invitation>) {
  return { invitation_id: i.id, ...pick(i, "organization_id", "expires_at") };
}
