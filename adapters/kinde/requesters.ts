/**
 * People who are not users yet: requests for access, and subscribers.
 */
import * as z from "zod";
import type { Maybe, PersonFacts } from "../../src/contract/adapter.ts";
import { claimed, each, id, identify, maybe, on, person, personId, pick, reference, told } from "../../src/contract/adapter.ts";
import { contactCreated, waitlistJoined } from "../../src/vocabulary/adapter.ts";

const contact = each(maybe.text, "email", "first_name", "last_name", "user_id");

const subscriber = z.object({ subscriber: z.object({ id, ...contact }) });

const accessRequest = z.object({ access_request: z.object(contact) });

/** A request for access. */
export const onAccessRequest = on(accessRequest, ({ access_request: a }) => [
  identify(requesterOf(a), told(pick(a, "first_name", "last_name"))),
  waitlistJoined(requesterOf(a), {}),
]);

/** A new subscriber. */
export const onSubscriber = on(subscriber, ({ subscriber: s }) => [
  identify(requesterOf(s, s.id), told(pick(s, "first_name", "last_name"))),
  contactCreated(requesterOf(s, s.id), { contact_kind: "subscriber" }),
]);

function requesterOf(a: { readonly email?: Maybe<string>; readonly user_id?: Maybe<string> }, subscriber?: string): PersonFacts {
  return person({
    record: a.user_id ? { id: a.user_id } : null,
    email: claimed(a.email),
    ids: [personId("user", a.user_id), reference("subscriber", subscriber)],
  });
}
