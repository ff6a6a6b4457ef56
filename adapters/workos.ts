/**
 * WorkOS: users and sessions of AuthKit, members of organizations, invitations, users of connected directories.
 *
 * Only the events about a user hold the user's own record, and with it the external id; all others name the user by id.
 *
 * @see https://workos.com/docs/events
 */
import * as z from "zod";
import { defineAdapter, on } from "../src/contract/define.ts";
import { type Draft, deleted, group, identify, ignore, ignoring, type Properties, track } from "../src/contract/drafts.ts";
import { claimed, type Maybe, type PersonFacts, person, personId, verified } from "../src/contract/facts.ts";
import * as fields from "../src/contract/fields.ts";
import { bearerLookup } from "../src/contract/remote.ts";
import { hmac } from "../src/contract/verify/hmac.ts";
import { keyed } from "../src/contract/verify/layouts.ts";

const { id } = fields;
const text = fields.text.nullish();
const time = fields.isoTime.nullish();
const flag = z.boolean().nullish();

const user = z.object({
  object: z.literal("user"),
  id,
  external_id: text,
  email: text,
  email_verified: flag,
  first_name: text,
  last_name: text,
  locale: text,
  created_at: time,
  last_sign_in_at: time,
  metadata: z.looseObject({}).nullish(),
});

const session = z.object({
  id,
  user_id: id,
  organization_id: text,
  auth_method: text,
  impersonator: z.unknown(),
});

const passwordReset = z.object({ user_id: id, email: text });

const membership = z.object({
  id,
  user_id: id,
  organization_id: id,
  organization_name: text,
  status: text,
  role: z.object({ slug: text }).nullish(),
});

const invitation = z.object({ id, email: text, organization_id: text, expires_at: time });

/** Up to the API of 2025 a user of a directory had a list of addresses. */
const directoryUser = z
  .object({
    id,
    directory_id: text,
    organization_id: text,
    email: text,
    emails: z.array(z.object({ primary: flag, value: text })).nullish(),
    first_name: text,
    last_name: text,
    job_title: text,
    state: text,
  })
  .transform((u) => ({ ...u, email: u.email ?? (u.emails?.find(({ primary }) => primary) ?? u.emails?.[0])?.value }));

const directoryMember = z.object({ user: directoryUser, group: z.object({ id, name: text }) });

export default defineAdapter({
  id: "workos",
  name: "WorkOS",
  docs: "https://workos.com/docs/events/data-syncing/webhooks",
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
    body: z.object({ id, event: fields.text, created_at: fields.isoTime, data: z.looseObject({}) }),
  }),
  events: ({ body: { id, event: type, created_at: occurredAt, data } }) => [{ id, type, occurredAt, test: false, data }],
  userIdFrom: ["external_id", "id"],
  handlers: {
    "user.created": on(user, (u) => [profile(u), track(personOf(u), "User Signed Up")]),
    "user.updated": on(user, profile),
    "user.deleted": on(user, (u) => deleted(personOf(u), "Account Deleted")),
    "session.created": on(session, (s) =>
      s.impersonator
        ? ignore("staff who impersonate a user")
        : track(known(s.user_id), "User Signed In", {
            session_id: s.id,
            organization_id: s.organization_id,
            method: s.auth_method,
          }),
    ),
    ...ignoring("the end of a session is no news", "session.revoked"),
    ...ignoring(
      "a step of signing in: session.created says when it is done",
      `authentication.email_verification_succeeded authentication.magic_auth_succeeded authentication.mfa_succeeded
      authentication.oauth_succeeded authentication.passkey_succeeded authentication.password_succeeded
      authentication.sso_started authentication.sso_succeeded authentication.sso_timed_out`,
    ),
    ...ignoring(
      "nobody has signed in",
      `authentication.email_verification_failed authentication.magic_auth_failed authentication.mfa_failed
      authentication.oauth_failed authentication.passkey_failed authentication.password_failed
      authentication.radar_risk_detected authentication.sso_failed`,
    ),
    "password_reset.succeeded": on(passwordReset, (r) => track(known(r.user_id, r.email), "Password Reset")),
    ...ignoring("a message that WorkOS sends", "email_verification.created magic_auth.created password_reset.created"),

    "organization_membership.created": on(membership, (m) =>
      m.status === "pending"
        ? ignore("the invitation is not accepted yet")
        : [belongs(m), track(known(m.user_id), "Organization Joined", about(m))],
    ),
    "organization_membership.updated": on(membership, belongs),
    "organization_membership.deleted": on(membership, (m) => track(known(m.user_id), "Organization Left", about(m))),
    "invitation.created": onInvitation("Invitation Sent"),
    "invitation.revoked": onInvitation("Invitation Revoked"),
    ...ignoring("user.created or organization_membership.created says it", "invitation.accepted"),
    ...ignoring("invitation.created said it", "invitation.resent"),

    "dsync.user.created": on(directoryUser, (u) => [
      colleague(u),
      track(colleagueOf(u), "Directory User Created", directoryOf(u)),
    ]),
    "dsync.user.updated": on(directoryUser, colleague),
    "dsync.user.deleted": on(directoryUser, (u) => track(colleagueOf(u), "Directory User Removed", directoryOf(u))),
    "dsync.group.user_added": onDirectoryMember("Directory Group Joined"),
    "dsync.group.user_removed": onDirectoryMember("Directory Group Left"),
    ...ignoring(
      "names no person",
      `organization.created organization.updated organization.deleted organization_domain.created organization_domain.updated
      organization_domain.deleted organization_domain.verified organization_domain.verification_failed organization_role.created
      organization_role.updated organization_role.deleted role.created role.updated role.deleted permission.created
      permission.updated permission.deleted connection.activated connection.deactivated connection.deleted
      connection.saml_certificate_renewal_required connection.saml_certificate_renewed dsync.activated dsync.deleted
      dsync.group.created dsync.group.updated dsync.group.deleted api_key.created api_key.revoked flag.created flag.updated
      flag.deleted flag.rule_updated`,
    ),
  },
  // @see https://workos.com/docs/events/data-syncing/webhooks
  habits: {
    timeoutSeconds: null,
    retries: "for up to 3 days, further and further apart",
    givesUp: "nothing is said of an endpoint that is disabled; the events API keeps what was missed",
    setup: [
      "In the WorkOS Dashboard open Webhooks and choose Create webhook.",
      "Give it the URL of this source and select the user, session, organization membership, invitation and, with Directory Sync, dsync events.",
      "Copy its signing secret: it is the source's secret. Staging and production have endpoints of their own.",
    ],
  },
  lookup: bearerLookup({ host: "api.workos.com", kind: "user", path: "/user_management/users/", schema: user, draft: profile }),
});

type User = z.output<typeof user>;
type Membership = z.output<typeof membership>;
type DirectoryUser = z.output<typeof directoryUser>;

function personOf(u: User): PersonFacts {
  return person({
    record: { id: u.id, external_id: u.external_id, metadata: u.metadata },
    email: u.email_verified ? verified(u.email) : claimed(u.email),
    ids: [personId("user", u.id)],
  });
}

function profile(u: User): Draft {
  const { first_name, last_name, locale, created_at, last_sign_in_at } = u;
  return identify(personOf(u), { first_name, last_name, locale, created_at, last_sign_in_at });
}

function known(userId: string, email?: Maybe<string>): PersonFacts {
  return person({ email: claimed(email), ids: [personId("user", userId)] });
}

function belongs(m: Membership): Draft {
  const organization = { kind: "organization", id: m.organization_id };
  return group(known(m.user_id), organization, { name: m.organization_name }, { role: m.role?.slug, status: m.status });
}

function about(m: Membership): Properties {
  return { organization_id: m.organization_id, organization_name: m.organization_name, role: m.role?.slug };
}

/** Nobody yet but the address that a member typed. */
function onInvitation(event: string) {
  return on(invitation, (i) =>
    track(person({ email: claimed(i.email) }), event, {
      invitation_id: i.id,
      organization_id: i.organization_id,
      expires_at: i.expires_at,
    }),
  );
}

/** A customer's own directory says who works there, not who has proven to own an address. */
function colleagueOf(u: DirectoryUser): PersonFacts {
  return person({ email: claimed(u.email), ids: [personId("directory_user", u.id)] });
}

function colleague(u: DirectoryUser): Draft {
  const { first_name, last_name, job_title, state } = u;
  return identify(colleagueOf(u), { first_name, last_name, job_title, directory_state: state });
}

function directoryOf({ directory_id, organization_id }: DirectoryUser): Properties {
  return { directory_id, organization_id };
}

function onDirectoryMember(event: string) {
  return on(directoryMember, ({ user: u, group: { id: group_id, name: group_name } }) =>
    track(colleagueOf(u), event, { ...directoryOf(u), group_id, group_name }),
  );
}
