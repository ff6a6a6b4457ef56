/**
 * Clerk: users, sessions, organizations, the waitlist and Clerk Billing.
 *
 * Only events about a user hold the user's record with its external id. All others name the user by id, which the identity book resolves:
 * used as a user id it would split people who have an external id.
 *
 * @see https://clerk.com/docs/guides/development/webhooks/overview
 */
import * as z from "zod";
import { bearerLookup, defineAdapter, deleted, ignoring, maybe, on, text, track } from "../src/contract/adapter.ts";
import { standardWebhooks } from "../src/contract/verify.ts";
import { onActive, onItem, payment, paymentAttempt } from "./clerk/billing.ts";
import {
  belongs,
  membership,
  membershipEvent,
  ofMaker,
  onInvitation,
  organization,
  organizationCreated,
} from "./clerk/organizations.ts";
import {
  deletedUser,
  known,
  onWaitlistJoined,
  onWaitlistUpdated,
  personOf,
  profile,
  session,
  signedIn,
  user,
} from "./clerk/users.ts";

export default defineAdapter({
  id: "clerk",
  name: "Clerk",
  secret: {
    format: /^whsec_[A-Za-z0-9+/]{22,}={0,2}$/,
    hint: "Signing secret of the webhook endpoint",
    demo: "whsec_dHJpYnV0YXJ5X2RlbW9fY2xlcmtfMDAwMDAwMDA=",
  },
  verify: standardWebhooks({ prefix: "svix-" }),
  webhook: z.object({
    body: z.object({ object: z.literal("event"), type: text, timestamp: maybe.unixMilliseconds, data: z.looseObject({}) }),
  }),
  // The id is in a header, but signed, and the same at every attempt.
  events: ({ body: { type, timestamp, data } }, { nonce, bodyHash, receivedAt }) => [
    { id: nonce ?? `${type}:${bodyHash}`, type, occurredAt: timestamp ?? receivedAt, test: false, data },
  ],
  userIdFrom: ["external_id", "id"],
  handlers: {
    "user.created": on(user, (u) => [profile(u), track(personOf(u), "User Signed Up")]),
    "user.updated": on(user, profile),
    "user.deleted": on(deletedUser, (u) => deleted(known(u.id), "Account Deleted")),
    "session.created": on(session, signedIn),
    ...ignoring("the end of a session", "session.ended session.pending session.removed session.revoked"),

    "organization.created": on(organization, organizationCreated),
    "organization.updated": on(organization, ofMaker),
    "organizationMembership.created": on(membership, (m) => [belongs(m), membershipEvent("Organization Joined", m)]),
    "organizationMembership.updated": on(membership, belongs),
    "organizationMembership.deleted": on(membership, (m) => membershipEvent("Organization Left", m)),
    "organizationInvitation.created": onInvitation("Organization Invitation Sent"),
    "organizationInvitation.revoked": onInvitation("Organization Invitation Revoked"),
    ...ignoring("covered by organizationMembership.created", "organizationInvitation.accepted"),
    ...ignoring(
      "names no person",
      `organization.deleted organizationDomain.created organizationDomain.updated organizationDomain.deleted permission.created
      permission.updated permission.deleted role.created role.updated role.deleted`,
    ),

    "waitlistEntry.created": onWaitlistJoined,
    "waitlistEntry.updated": onWaitlistUpdated,

    "subscriptionItem.active": onActive,
    "subscriptionItem.canceled": onItem("Subscription Cancelled"),
    "subscriptionItem.ended": onItem("Subscription Expired"),
    "subscriptionItem.pastDue": onItem("Subscription Past Due"),
    "subscriptionItem.freeTrialEnding": onItem("Trial Ending"),
    ...ignoring(
      "an intermediate step of a subscription",
      `subscriptionItem.created subscriptionItem.updated subscriptionItem.upcoming subscriptionItem.abandoned
      subscriptionItem.incomplete`,
    ),
    ...ignoring(
      "covered by the events of its items",
      `subscription.created subscription.updated subscription.active subscription.pastDue`,
    ),
    "paymentAttempt.updated": on(paymentAttempt, payment),
    ...ignoring("covered by paymentAttempt.updated", "paymentAttempt.created"),
    ...ignoring("a message sent by Clerk, with a one-time code", "email.created sms.created"),
  },
  lookup: bearerLookup({ host: "api.clerk.com", kind: "user", path: "/v1/users/", schema: user, draft: profile }),
});
