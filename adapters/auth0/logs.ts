/**
 * Entries of Auth0's log, for tenants whose plan has no event stream.
 */
import * as z from "zod";
import type { PersonFacts } from "../../src/contract/adapter.ts";
import {
  blank,
  claimed,
  decisive,
  each,
  id,
  identify,
  maybe,
  on,
  optional,
  person,
  personId,
  verified,
} from "../../src/contract/adapter.ts";
import { invitationAccepted, type Maker, userSignedIn, userSignedUp } from "../../src/vocabulary/adapter.ts";
import { methodOf } from "./methods.ts";

/** The user: by the typed address, number or name, and by id if the user exists; not every sign-up creates one. */
const entry = z.object({
  user_id: decisive(blank.or(id)),
  ...each(maybe.text, "user_name", "connection", "strategy", "client_name", "user_agent", "organization_id", "organization_name"),
  location_info: optional(z.object(each(maybe.text, "city_name", "country_code"))),
});

type Entry = z.output<typeof entry>;

/** A sign-up. */
export const onSignUp = on(entry, (e) => [identify(actorOf(e), {}), userSignedUp(actorOf(e), accessOf(e))]);

/** A sign-in. */
export const onSignIn = on(entry, (e) =>
  userSignedIn(actorOf(e), {
    ...accessOf(e),
    device: e.user_agent,
    city: e.location_info?.city_name,
    country: e.location_info?.country_code,
  }),
);

/** An accepted invitation to an organization. @see https://auth0.com/docs/tenant-logs/other/si */
export const onInvitationAccepted = on(entry, (e) => invitationAccepted(actorOf(e), organizationOf(e)));

function actorOf({ user_id, user_name }: Entry): PersonFacts {
  return person({
    record: { user_id },
    email: user_id ? verified(user_name) : claimed(user_name),
    ids: [personId("user", user_id)],
  });
}

function accessOf(e: Entry) {
  return { method: methodOf(e.strategy ?? e.connection), application: e.client_name, ...organizationOf(e) };
}

function organizationOf({ organization_id, organization_name }: Entry) {
  return { organization_id, organization_name };
}

/** Any other action of a user. */
export function onEntry(make: Maker<Record<never, never>>) {
  return on(entry, (e) => make(actorOf(e), {}));
}
