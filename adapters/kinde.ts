/**
 * Kinde: users and their sign-ins, organizations that they belong to, subscribers, requests for access.
 *
 * The whole body is a token. Kinde signs the tokens of visitors with the same keys: only a webhook has an `event_id` and a `type`.
 *
 * @see https://docs.kinde.com/integrate/webhooks/about-webhooks/
 * @see https://github.com/kinde-oss/webhook/blob/main/lib/types.ts
 */
import * as z from "zod";
import type { Draft, PersonFacts } from "../src/contract/adapter.ts";
import {
  anyObject,
  defineAdapter,
  deleted,
  each,
  group,
  id,
  identify,
  ignore,
  ignoring,
  isoTime,
  list,
  maybe,
  on,
  optional,
  person,
  personId,
  pick,
  text,
  verified,
} from "../src/contract/adapter.ts";
import { jwt } from "../src/contract/verify-public-key.ts";
import { userSignedIn, userSignedUp } from "../src/vocabulary/adapter.ts";
import { onAccessRequest, onSubscriber } from "./kinde/requesters.ts";

const demo = "tributary-demo.kinde.com";

const known = z.object({ user: z.object({ id }) }).transform(({ user }) => user);

const user = z
  .object({
    user: z.object({
      id,
      ...each(maybe.text, "email", "phone", "first_name", "last_name", "username"),
      is_suspended: maybe.boolean,
      organizations: optional(list(z.object({ code: id }))),
    }),
  })
  .transform(({ user }) => user);

export default defineAdapter({
  id: "kinde",
  name: "Kinde",
  givesUp: { hours: 72 },
  secret: {
    format: /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
    hint: "Your Kinde host (<subdomain>.kinde.com), which publishes the keys that Kinde signs with; not a secret",
    demo,
  },
  verify: jwt({
    algorithm: "RS256",
    token: "body",
    covers: "body",
    keys: { url: (host) => `https://${host}/.well-known/jwks`, demo },
    // The tokens never expire, and are retried unchanged for 36 hours.
    signedAt: { claim: "timestamp", unit: "iso", tolerance: 48 * 60 * 60 },
  }),
  format: "jwt",
  webhook: z.object({
    body: z.object({ event_id: id, type: text, timestamp: isoTime, data: anyObject }),
  }),
  events: ({ body: { event_id, type, timestamp, data } }) => [{ id: event_id, type, occurredAt: timestamp, test: false, data }],
  isUserDirectory: true,
  userIdFrom: ["id"],
  handlers: {
    "user.created": on(user, (u) => [...profile(u), userSignedUp(personOf(u), {})]),
    "user.updated": on(user, profile),
    "user.deleted": on(known, (u) => deleted(personOf(u), "Account Deleted")),
    "user.authenticated": on(known, (u) => userSignedIn(personOf(u), {})),
    "user.authentication_failed": ignore("the attempt may be by someone else"),
    "access_request.created": onAccessRequest,
    "subscriber.created": onSubscriber,
    ...ignoring(
      "names no person",
      `organization.created organization.updated organization.deleted permission.created permission.updated permission.deleted
      role.created role.updated role.deleted`,
    ),
    // @see https://docs.kinde.com/billing/manage-subscribers/manage-customer-activity-webhooks/
    ...ignoring(
      "its payload is not documented",
      `customer.agreement_created customer.agreement_cancelled customer.plan_assigned customer.plan_changed
      customer.payment_succeeded customer.payment_failed customer.invoice_overdue customer.meter_usage_updated`,
    ),
  },
});

type User = z.output<typeof user>;

/**
 * Whoever signs up with an address must verify it.
 * @see https://docs.kinde.com/authenticate/authentication-methods/email-authentication
 */
function personOf(u: Pick<User, "id"> & Partial<User>): PersonFacts {
  return person({ record: { id: u.id }, email: verified(u.email), phone: u.phone, ids: [personId("user", u.id)] });
}

function profile(u: User): readonly Draft[] {
  const facts = personOf(u);
  return [
    identify(facts, { ...pick(u, "first_name", "last_name", "username"), suspended: u.is_suspended }),
    ...(u.organizations ?? []).map(({ code }) => group(facts, { kind: "organization", id: code })),
  ];
}
