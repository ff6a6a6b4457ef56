/**
 * Entries of Auth0's log, for tenants whose plan has no event stream.
 */
import * as z from "zod";
import type { PersonFacts, Properties } from "../../src/contract/adapter.ts";
import {
  blank,
  claimed,
  decisive,
  each,
  id,
  identify,
  maybe,
  on,
  person,
  personId,
  pick,
  track,
} from "../../src/contract/adapter.ts";

/** The user: by the typed address, number or name, and by id if the user exists; not every sign-up creates one. */
const entry = z.object({
  user_id: decisive(blank.or(id)),
  ...each(maybe.text, "user_name", "connection", "client_id", "client_name"),
});

type Entry = z.output<typeof entry>;

/** A sign-up. */
export const onSignUp = on(entry, (e) => [identify(actorOf(e), {}), track(actorOf(e), "User Signed Up", clientOf(e))]);

function actorOf({ user_id, user_name }: Entry): PersonFacts {
  return person({ record: { user_id }, email: claimed(user_name), ids: [personId("user", user_id)] });
}

function clientOf(e: Entry): Properties {
  return pick(e, "connection", "client_id", "client_name");
}

/** Any other action of a user. */
export function onEntry(event: string) {
  return on(entry, (e) => track(actorOf(e), event, clientOf(e)));
}
