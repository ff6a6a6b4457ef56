/**
 * Clerk: users, sessions, organizations, the waitlist and Clerk Billing.
 *
 * Only events about a user hold the user's record with its external id. All others name the user by id, which the identity book resolves:
 * used as a user id it would split people who have an external id.
 *
 * @see https://clerk.com/docs/guides/development/webhooks/overview
 */
import * as z from "zod";
import { anyObject, bearerLookup, defineAdapter, deleted, ignoring, maybe, on, text } from "../src/contract/adapter.ts";
import { standardWebhooks } from "../src/contract/verify.ts";
import {
  invitationAccepted,
  invitationRevoked,
  invitationSent,
  organizationJoined,
  organizationLeft,
  subscriptionPastDue,
  trialEnding,
} from "../src/vocabulary/adapter.ts";
import { onActive, onCancelled, onEnded, onItem, onSubscription } from "./clerk/billing.ts";
import {
  belongs,
  membership,
  membershipEvent,
  ofMaker,
  onInvitation,
  organization,
  organizationCreated,
} from "./clerk/organizations.ts";
import { payment, paymentAttempt } from "./clerk/payments.ts";
import {
  changedUser,
  deletedUser,
  known,
  onWaitlistJoined,
  onWaitlistUpdated,
  profile,
  session,
  signedIn,
  signedUp,
  user,
} from "./clerk/users.ts";

export default defineAdapter({
  id: "clerk",
  name: "Clerk",
  givesUp: { hours: 5 * 24 },
  secret: {
    format: /^whsec_[A-Za-z0-9+/]{22,}={0,2}$/,
    hint: "Signing secret of the webhook endpoint",
    demo: "whsec_dHJpYnV0YXJ5X2RlbW9fY2xlcmtfMDAwMDAwMDA=",
  },
  verify: standardWebhooks({ prefix: "svix-" }),
  webhook: z.object({
    body: z.object({ object: z.literal("event"), type: text, timestamp: maybe.unixMilliseconds, data: anyObject }),
  }),
  // The id is in a header, but signed, and the same at every attempt.
  events: ({ body: { type, timestamp, data } }, { nonce, bodyHash, receivedAt }) => [
    { id: nonce ?? `${type}:${bodyHash}`, type, occurredAt: timestamp ?? receivedAt, test: false, data },
  ],
  isUserDirectory: true,
  userIdFrom: ["external_id", "id"],
  states: ["subscription"],
  handlers: {
    "user.created": on(user, signedUp),
    "user.updated": on(user, changedUser),
    "user.deleted": on(deletedUser, (u) => deleted(known(u.id), "Account Deleted")),
    "session.created": on(session, signedIn),
    ...ignoring("the end of a session", "session.ended session.pending session.removed session.revoked"),

    "organization.created": on(organization, organizationCreated),
    "organization.updated": on(organization, ofMaker),
    "organizationMembership.created": on(membership, (m) => [belongs(m), membershipEvent(organizationJoined, m)]),
    "organizationMembership.updated": on(membership, belongs),
    "organizationMembership.deleted": on(membership, (m) => membershipEvent(organizationLeft, m)),
    "organizationInvitation.created": onInvitation(invitationSent),
    "organizationInvitation.accepted": onInvitation(invitationAccepted),
    "organizationInvitation.revoked": onInvitation(invitationRevoked),
    ...ignoring(
      "names no person",
      `organization.deleted organizationDomain.created organizationDomain.updated organizationDomain.deleted permission.created
      permission.updated permission.deleted role.created role.updated role.deleted`,
    ),

    "waitlistEntry.created": onWaitlistJoined,
    "waitlistEntry.updated": onWaitlistUpdated,

    "subscriptionItem.active": onActive,
    "subscriptionItem.canceled": onCancelled,
    "subscriptionItem.ended": onEnded,
    "subscriptionItem.pastDue": onItem(() => [subscriptionPastDue]),
    "subscriptionItem.freeTrialEnding": onItem(() => [trialEnding]),
    "subscriptionItem.created": onItem(() => []),
    "subscriptionItem.updated": onItem(() => []),
    ...ignoring("not started yet, or never", "subscriptionItem.upcoming subscriptionItem.abandoned subscriptionItem.incomplete"),
    "subscription.updated": onSubscription,
    "subscription.active": onSubscription,
    "subscription.pastDue": onSubscription,
    ...ignoring("holds the free plan alone", "subscription.created"),
    "paymentAttempt.updated": on(paymentAttempt, payment),
    ...ignoring("covered by paymentAttempt.updated", "paymentAttempt.created"),
    ...ignoring("a message sent by Clerk, with a one-time code", "email.created sms.created"),
  },
  lookup: bearerLookup({ host: "api.clerk.com", kind: "user", path: "/v1/users/", schema: user, draft: profile }),
});
