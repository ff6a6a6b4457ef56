/**
 * Intercom: contacts, their tags and subscriptions, conversations and tickets.
 *
 * The external id of a user is the company's own; that of a lead is one that Intercom made up, and never a user id.
 *
 * @see https://developers.intercom.com/docs/references/webhooks/webhook-models
 */
import * as z from "zod";
import {
  anyObject,
  defineAdapter,
  deleted,
  ignore,
  ignoring,
  maybe,
  off,
  on,
  text,
  unixSeconds,
} from "../src/contract/adapter.ts";
import { hmac, prefixed } from "../src/contract/verify.ts";
import { ticketCreated } from "../src/vocabulary/adapter.ts";
import { contact, onChanged, onChoice, onCreated, onSignedUp, onTag, personOf } from "./intercom/contacts.ts";
import { onAnswered, onClosed, onRating, onReplied, onStarted } from "./intercom/conversations.ts";
import { onState, onTicket, onTicketRating, onTicketReply } from "./intercom/tickets.ts";

const options = z.strictObject({
  workspace: z
    .string()
    .regex(/^[a-z0-9]{1,32}$/)
    .optional()
    .describe("workspace (`app_id`) whose events are accepted; an app has one secret for all workspaces that install it"),
});

export default defineAdapter({
  id: "intercom",
  name: "Intercom",
  givesUp: { hours: 7 * 24 },
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Client secret of the app (Basic Information)",
    demo: "tributary_demo_intercom_0123456789",
  },
  verify: hmac({
    hash: "SHA-1",
    header: "x-hub-signature",
    encoding: "hex",
    covers: "body",
    layout: prefixed("sha1="),
    message: ({ body }) => [body],
  }),
  options,
  tenant: { option: "workspace", required: false },
  webhook: z.object({
    body: z.object({
      type: z.literal("notification_event"),
      id: maybe.id,
      topic: text,
      app_id: maybe.id,
      created_at: unixSeconds,
      data: z.object({ item: anyObject }),
    }),
  }),
  events: ({ body: { id, topic: type, app_id, created_at: occurredAt, data } }, { bodyHash }) => [
    {
      id: id ?? `${type}:${bodyHash}`,
      type,
      occurredAt,
      test: false,
      data: data.item,
      ...(app_id ? { tenant: app_id } : {}),
    },
  ],
  userIdFrom: ["external_id"],
  handlers: {
    "contact.user.created": onCreated,
    "contact.lead.created": onCreated,
    "contact.lead.signed_up": onSignedUp,
    "contact.user.updated": onChanged,
    "contact.lead.updated": onChanged,
    "contact.lead.added_email": onChanged,
    "contact.email.updated": onChanged,
    "contact.deleted": on(contact, (c) => deleted(personOf(c), "Contact Deleted")),
    "contact.subscribed": onChoice("email", "subscribed"),
    "contact.unsubscribed": onChoice("email", "unsubscribed"),
    "contact.unsubscribed_from_sms": onChoice("sms", "unsubscribed"),
    "contact.user.tag.created": onTag("Contact Tag Added"),
    "contact.user.tag.deleted": onTag("Contact Tag Removed"),
    "contact.lead.tag.created": onTag("Contact Tag Added"),
    "contact.lead.tag.deleted": onTag("Contact Tag Removed"),
    // Names only the contact that is left.
    // @see https://community.intercom.com/api-webhooks-23/how-to-get-id-of-lead-merged-to-user-7045
    "contact.merged": onChanged,
    ...ignoring("a contact archived or restored by staff", "contact.archive contact.archived contact.unarchive"),
    "visitor.signed_up": ignore("covered by contact.user.created"),
    ...ignoring("about a message type inside Intercom", "granular.subscribe granular.unsubscribe"),

    "conversation.user.created": onStarted,
    "conversation.user.replied": onReplied,
    "conversation.admin.replied": off("one for every answer", onAnswered),
    "conversation.operator.replied": off("one for every answer of a bot", onAnswered),
    "conversation.admin.closed": onClosed,
    "conversation.rating.added": onRating,
    ...ignoring(
      "done by staff",
      `conversation.admin.assigned conversation.admin.noted conversation.admin.open.assigned conversation.admin.opened
      conversation.admin.replied.translated conversation.admin.single.created conversation.admin.snoozed
      conversation.admin.unsnoozed conversation.company.updated conversation.contact.attached conversation.contact.detached
      conversation.deleted conversation.priority.updated conversation.read conversation_part.redacted
      conversation_part.tag.created`,
    ),

    "ticket.created": onTicket(ticketCreated),
    "ticket.state.updated": onState,
    "ticket.contact.replied": onTicketReply("customer"),
    "ticket.rating.provided": onTicketRating,
    "ticket.admin.replied": off("one for every answer", onTicketReply("agent")),
    ...ignoring("covered by ticket.state.updated", "ticket.resolved ticket.closed"),
    ...ignoring(
      "done by staff",
      `ticket.admin.assigned ticket.admin.replied.translated ticket.attribute.updated
      ticket.contact.attached ticket.contact.detached ticket.note.created ticket.team.assigned`,
    ),
    ...ignoring(
      "names no person",
      `admin.activity_log_event.created admin.added_to_workspace admin.away_mode_updated admin.logged_in admin.logged_out
      admin.removed_from_workspace api.request.completed article.created article.deleted article.published article.unpublished
      article.updated company.contact.attached company.contact.detached company.created company.deleted company.updated
      content_snippet.created content_snippet.deleted content_snippet.updated data_connector.execution.completed job.completed`,
    ),
    ...ignoring(
      "about a message sent by Intercom",
      `content_stat.banner content_stat.carousel content_stat.chat content_stat.checklist content_stat.custom_bot content_stat.email
      content_stat.news_item content_stat.post content_stat.push content_stat.series content_stat.series.webhook content_stat.sms
      content_stat.survey content_stat.tooltip_group content_stat.tour`,
    ),
    ...ignoring("a phone call", "call.ended call.recording_available call.started call.transcription_available"),
    "event.created": ignore("sent to Intercom by the company itself"),
    ...ignoring(
      "from version 1 of the API; choose a current one in the Developer Hub",
      `contact.added_email contact.created contact.signed_up contact.tag.created contact.tag.deleted user.created user.deleted
      user.email.updated user.tag.created user.tag.deleted user.unsubscribed`,
    ),
    ping: ignore("a connection test"),
  },
});
