/**
 * Auth0: users and members of organizations, from an event stream or, where the plan has none, from a log stream.
 *
 * Both are verified by the same bearer token. It does not cover the body, so a deletion becomes an event and deletes no person.
 *
 * @see https://auth0.com/docs/customize/events/event-types
 * @see https://auth0.com/docs/deploy-monitor/logs/log-event-type-codes
 */
import * as z from "zod";
import { anyObject, decisive, defineAdapter, id, ignoring, isoTime, off, text } from "../src/contract/adapter.ts";
import { token } from "../src/contract/verify.ts";
import { accountDeleted, emailChanged, emailVerified, passwordChanged } from "../src/vocabulary/adapter.ts";
import { onEntry, onInvitationAccepted, onSignIn, onSignUp } from "./auth0/logs.ts";
import { onAddedMember, onCreatedUser, onDeletedUser, onRemovedMember, onUpdatedUser } from "./auth0/users.ts";

const streamEvent = z
  .object({ id, type: text, time: isoTime, a0purpose: decisive(text), data: z.object({ object: anyObject }) })
  .transform(({ data, a0purpose, ...event }) => [
    { ...event, type: event.type.replace(/^com\.auth0\./, ""), test: a0purpose === "test", data: data.object },
  ]);

const logEntry = z
  .object({ log_id: id, data: z.looseObject({ type: text, date: isoTime }) })
  .transform(({ log_id, data }) => ({ id: log_id, type: data.type, time: data.date, test: false, data }));

export default defineAdapter({
  id: "auth0",
  name: "Auth0",
  givesUp: { failures: 500 },
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Bearer token of the stream: at least 16 random characters, chosen by you",
    demo: "tributary_demo_auth0_0123456789",
  },
  verify: token({ header: "authorization", prefix: "Bearer " }),
  // Content Format: JSON Lines, JSON Array or JSON Object.
  // @see https://auth0.com/docs/customize/log-streams/custom-log-streams
  format: ["json", "json-lines"],
  batch: "[]",
  webhook: z.object({
    body: z.union([streamEvent, z.array(logEntry), logEntry.transform((one) => [one])]),
  }),
  events: ({ body }) => body.map(({ time: occurredAt, ...event }) => ({ ...event, occurredAt })),
  isUserDirectory: true,
  userIdFrom: ["user_id"],
  handlers: {
    "user.created": onCreatedUser,
    "user.updated": onUpdatedUser,
    "user.deleted": onDeletedUser,
    "organization.member.added": onAddedMember,
    "organization.member.deleted": onRemovedMember,
    ...ignoring(
      "names no person, or only a permission",
      `organization.created organization.updated organization.deleted organization.connection.added
      organization.connection.updated organization.connection.removed organization.member.role.assigned
      organization.member.role.deleted organization.group.role.assigned organization.group.role.deleted group.created
      group.updated group.deleted group.member.added group.member.deleted group.role.assigned group.role.deleted
      connection.created connection.updated connection.deleted`,
    ),

    ss: onSignUp,
    s: off("one for every sign-in", onSignIn),
    scp: onEntry(passwordChanged),
    sv: onEntry(emailVerified),
    sce: onEntry(emailChanged),
    sdu: onEntry(accountDeleted),
    si: onInvitationAccepted,
    ...ignoring("covered by sdu", "du"),
    ...ignoring("an intermediate step or failure of a sign-in", "f fp fu fs seacft seccft sepft sertft ssa fsa"),
    ...ignoring("the end of a session", "slo flo"),
    ...ignoring("a request to the management API", "sapi fapi mgmt_api_read"),
    ...ignoring("a message sent by Auth0", "svr scpr cls cs"),
  },
});
