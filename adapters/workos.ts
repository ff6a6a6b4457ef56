/**
 * WorkOS: users and sessions of AuthKit, accounts that they connect, the waitlist, members of organizations, invitations, users of
 * connected directories.
 *
 * Only the events about a user hold the user's own record, and with it the external id; all others name the user by id.
 *
 * @see https://workos.com/docs/events
 */
import * as z from "zod";
import { anyObject, bearerLookup, defineAdapter, deleted, id, ignoring, isoTime, on, text } from "../src/contract/adapter.ts";
import { hmac, keyed } from "../src/contract/verify.ts";
import {
  invitationAccepted,
  invitationRevoked,
  invitationSent,
  waitlistApproved,
  waitlistDenied,
  waitlistJoined,
} from "../src/vocabulary/adapter.ts";
import { colleague, directoryEvent, directoryUser, onDirectoryMember } from "./workos/directories.ts";
import { belongs, joined, left, membership, onInvitation } from "./workos/organizations.ts";
import {
  changedUser,
  onConnectedAccount,
  onEmailVerified,
  onPasswordReset,
  onWaitlist,
  personOf,
  profile,
  session,
  signedIn,
  signedUp,
  user,
} from "./workos/users.ts";

export default defineAdapter({
  id: "workos",
  name: "WorkOS",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Signing secret of the webhook endpoint",
    demo: "tributary_demo_workos_0123456789",
  },
  // @see https://github.com/workos/workos-node/blob/main/src/common/crypto/signature-provider.ts
  verify: hmac({
    hash: "SHA-256",
    header: "workos-signature",
    encoding: "hex",
    covers: "body",
    layout: keyed({ timestamp: "t", signature: "v1" }),
    message: ({ timestamp, body }) => [timestamp, ".", body],
    unit: "milliseconds",
    tolerance: 180,
  }),
  webhook: z.object({
    body: z.object({ id, event: text, created_at: isoTime, data: anyObject }),
  }),
  events: ({ body: { id, event: type, created_at: occurredAt, data } }) => [{ id, type, occurredAt, test: false, data }],
  isUserDirectory: true,
  userIdFrom: ["external_id", "id"],
  handlers: {
    "user.created": on(user, signedUp),
    "user.updated": on(user, changedUser),
    "user.deleted": on(user, (u) => deleted(personOf(u), "Account Deleted")),
    "session.created": on(session, signedIn),
    ...ignoring("the end of a session", "session.revoked"),
    ...ignoring("already signed in", "session.reauthenticated authentication.reauthentication_succeeded"),
    ...ignoring(
      "an intermediate step of a sign-in, completed by session.created",
      `authentication.magic_auth_succeeded authentication.mfa_succeeded
      authentication.oauth_succeeded authentication.passkey_succeeded authentication.password_succeeded
      authentication.sso_started authentication.sso_succeeded authentication.sso_timed_out`,
    ),
    ...ignoring(
      "not a sign-in",
      `authentication.email_verification_failed authentication.magic_auth_failed authentication.mfa_failed
      authentication.oauth_failed authentication.passkey_failed authentication.password_failed
      authentication.radar_risk_detected authentication.sso_failed`,
    ),
    "authentication.email_verification_succeeded": onEmailVerified,
    "password_reset.succeeded": onPasswordReset,
    // @see https://github.com/workos/workos-node/blob/main/src/common/interfaces/event.interface.ts
    "pipes.connected_account.connected": onConnectedAccount("Account Connected"),
    "pipes.connected_account.connection_failed": onConnectedAccount("Account Connection Failed"),
    "pipes.connected_account.disconnected": onConnectedAccount("Account Disconnected"),
    "pipes.connected_account.reauthorization_needed": onConnectedAccount("Account Reauthorization Needed"),
    "waitlist_user.created": onWaitlist(waitlistJoined),
    "waitlist_user.approved": onWaitlist(waitlistApproved),
    "waitlist_user.denied": onWaitlist(waitlistDenied),
    ...ignoring("a message sent by WorkOS", "email_verification.created magic_auth.created password_reset.created"),

    "organization_membership.created": on(membership, joined),
    "organization_membership.updated": on(membership, belongs),
    "organization_membership.deleted": on(membership, left),
    "invitation.created": onInvitation(invitationSent),
    "invitation.accepted": onInvitation(invitationAccepted),
    "invitation.revoked": onInvitation(invitationRevoked),
    ...ignoring("covered by invitation.created", "invitation.resent"),

    "dsync.user.created": on(directoryUser, (u) => [...colleague(u), directoryEvent("Directory User Created", u)]),
    "dsync.user.updated": on(directoryUser, colleague),
    "dsync.user.deleted": on(directoryUser, (u) => directoryEvent("Directory User Removed", u)),
    "dsync.group.user_added": onDirectoryMember("Directory Group Joined"),
    "dsync.group.user_removed": onDirectoryMember("Directory Group Left"),
    ...ignoring(
      "names no person",
      `organization.created organization.updated organization.deleted organization_domain.created organization_domain.updated
      organization_domain.deleted organization_domain.verified organization_domain.verification_failed organization_role.created
      organization_role.updated organization_role.deleted role.created role.updated role.deleted permission.created
      permission.updated permission.deleted connection.activated connection.deactivated connection.deleted
      connection.saml_certificate_renewal_required connection.saml_certificate_renewed dsync.activated dsync.deleted
      dsync.group.created dsync.group.updated dsync.group.deleted group.created group.updated group.deleted group.member_added
      group.member_removed api_key.created api_key.updated api_key.revoked flag.created flag.updated flag.deleted flag.rule_updated
      vault.data.created vault.data.updated vault.data.read vault.data.deleted vault.names.listed vault.metadata.read
      vault.kek.created vault.dek.read vault.dek.decrypted vault.byok_key.verification_completed`,
    ),
    ...ignoring(
      "about an agent, not a person",
      `agent.registration.created agent.registration.claim.attempt.created agent.registration.claim.completed
      agent.registration.credential.issued agent.registration.organization.switched`,
    ),
  },
  lookup: bearerLookup({ host: "api.workos.com", kind: "user", path: "/user_management/users/", schema: user, draft: profile }),
});
