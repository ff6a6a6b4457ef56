/**
 * Zendesk: end users and their tickets.
 *
 * Event webhooks say little of a person: a ticket names its requester by id alone. A webhook that a trigger or an automation calls has the
 * body that its admin writes; the one that the set-up steps give names the requester with address and external id.
 *
 * @see https://developer.zendesk.com/api-reference/webhooks/event-types/webhook-event-types/
 */
import * as z from "zod";
import { defineAdapter, deleted, id, ignoring, isoTime, maybe, optional, text } from "../src/contract/adapter.ts";
import { bare, hmac } from "../src/contract/verify.ts";
import { contactCreated } from "../src/vocabulary/adapter.ts";
import { onComment, onCreated, onStatusChange } from "./zendesk/tickets.ts";
import { onTrigger } from "./zendesk/triggers.ts";
import { onCustomer, personOf, profile } from "./zendesk/users.ts";

const event = z
  .object({
    id,
    type: text,
    time: isoTime,
    detail: z.looseObject({}),
    event: optional(z.looseObject({})),
    zendesk_event_version: maybe.text,
  })
  .transform(({ detail, event: change, zendesk_event_version: version, type, ...e }) => ({
    ...e,
    version,
    type: type.replace(/^zen:event-type[:/]/, ""),
    data: { ...detail, change },
  }));

const triggerCall = z
  .looseObject({ trigger: text, time: isoTime, ticket: z.looseObject({}) })
  .transform(({ time, ...data }) => ({ id: null, type: "trigger", time, version: null, data }));

export default defineAdapter({
  id: "zendesk",
  name: "Zendesk",
  secret: {
    // Tests of an unsaved webhook are signed with a public secret: "this_secret_is_for_testing_only".
    // @see https://developer.zendesk.com/documentation/webhooks/verifying/
    format: /^(?!dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ)[\x21-\x7e]{16,}$/,
    hint: "Signing secret of the webhook, exactly as shown",
    demo: "tributary_demo_zendesk_0123456789",
  },
  verify: hmac({
    hash: "SHA-256",
    header: "x-zendesk-webhook-signature",
    encoding: "base64",
    covers: "body",
    layout: bare(),
    timestamp: { header: "x-zendesk-webhook-signature-timestamp" },
    unit: "iso",
    message: ({ timestamp, body }) => [timestamp, body],
    tolerance: 300,
  }),
  // @see https://support.zendesk.com/hc/en-us/articles/4408839108378
  bodyLimit: 256 * 1024,
  webhook: z.object({ body: z.union([event, triggerCall]) }),
  events: ({ body: { id, type, time: occurredAt, version, data } }, { bodyHash }) => [
    { id: id ?? `${type}:${bodyHash}`, type, occurredAt, test: false, version, data },
  ],
  userIdFrom: ["external_id"],
  handlers: {
    "user.created": onCustomer((u) => [profile(u), contactCreated(personOf(u), { contact_kind: u.role })]),
    "user.name_changed": onCustomer((u) => profile(u, { name: u.change?.current })),
    "user.external_id_changed": onCustomer((u) => profile(u)),
    "user.identity_changed": onCustomer((u) => profile(u)),
    "user.identity_created": onCustomer((u) => profile(u)),
    "user.deleted": onCustomer((u) => deleted(personOf(u), "Contact Deleted")),
    ...ignoring("covered by user.deleted", "user.active_changed"),
    ...ignoring("people are not merged", "user.merged"),
    ...ignoring(
      "about help desk settings of a user",
      `user.alias_changed user.custom_field_changed user.custom_role_changed user.default_group_changed user.details_changed
      user.group_membership_created user.group_membership_deleted user.identity_deleted user.last_login_changed
      user.notes_changed user.only_private_comments_changed user.organization_membership_created
      user.organization_membership_deleted user.password_changed user.photo_changed user.role_changed user.suspended_changed
      user.tags_changed user.time_zone_changed`,
    ),

    "ticket.created": onCreated,
    "ticket.status_changed": onStatusChange,
    "ticket.comment_added": onComment,
    trigger: onTrigger,
    ...ignoring(
      "done by staff",
      `ticket.agent_assignment_changed ticket.attachment_linked_to_comment ticket.attachment_redacted_from_comment
      ticket.brand_changed ticket.comment_made_private ticket.comment_redacted ticket.custom_field_changed
      ticket.custom_status_changed ticket.description_changed ticket.email_ccs_changed ticket.external_id_changed
      ticket.followers_changed ticket.form_changed ticket.group_assignment_changed ticket.marked_as_spam ticket.merged
      ticket.next_sla_breach_changed ticket.organization_changed ticket.permanently_deleted ticket.priority_changed
      ticket.problem_link_changed ticket.requester_changed ticket.schedule_changed ticket.sla_policy_changed ticket.soft_deleted
      ticket.subject_changed ticket.submitter_changed ticket.tags_changed ticket.task_due_at_changed ticket.type_changed
      ticket.undeleted`,
    ),
    ...ignoring(
      "names no person",
      `organization.created organization.custom_field_changed organization.deleted organization.external_id_changed
      organization.name_changed organization.tags_changed`,
    ),
  },
});
