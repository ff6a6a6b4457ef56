/**
 * Intercom: contacts, their tags and subscriptions, conversations and tickets.
 *
 * The external id of a user is the company's own; that of a lead is one that Intercom made up, and never a user id.
 *
 * @see https://developers.intercom.com/docs/references/webhooks/webhook-models
 */
import * as z from "zod";
import { defineAdapter, type MapContext, off, on } from "../src/contract/define.ts";
import { consent, type Draft, deleted, identify, ignoring, type Properties, track } from "../src/contract/drafts.ts";
import { claimed, type Maybe, type PersonFacts, person, personId, reference } from "../src/contract/facts.ts";
import * as fields from "../src/contract/fields.ts";
import { hmac } from "../src/contract/verify/hmac.ts";
import { prefixed } from "../src/contract/verify/layouts.ts";

const { id } = fields;
const text = fields.text.nullish();

/** Seconds since 1970, or ISO 8601. */
const time = z.union([fields.unixSeconds, fields.isoTime]).nullish().catch(null);

/** In version 1 of the API the external id was called `user_id`, and the role was the type. */
const contact = z
  .object({
    id,
    type: text,
    role: text,
    external_id: text,
    user_id: text,
    email: text,
    phone: text,
    name: text,
    created_at: time,
    signed_up_at: time,
    last_seen_at: time,
  })
  .transform(({ user_id, ...c }) => ({
    ...c,
    external_id: c.external_id || user_id,
    isUser: c.role ? c.role === "user" : c.type === "user",
  }));

const tagging = z.object({ tag: z.object({ id, name: text }), contact });

/** The contact, or a subscription that holds it. */
const subscriber = z.union([z.object({ contact }).transform((s) => s.contact), contact]);

const list = z.object({ contacts: z.array(contact) }).nullish();

/** In version 1 of the API a conversation had one `user`. */
const conversation = z
  .object({
    id,
    contacts: list,
    user: contact.nullish(),
    source: z.object({ type: text, subject: text, author: contact.nullish().catch(null) }).nullish(),
    state: text,
    conversation_rating: z.object({ rating: fields.integer.nullish(), remark: text }).nullish(),
  })
  .transform(({ contacts, user, ...c }) => ({ ...c, contact: user ?? contacts?.contacts[0] }));

const ticket = z.object({
  id,
  ticket_id: id.nullish(),
  contacts: list,
  category: text,
  ticket_state: z.union([fields.text, z.object({ category: text }).transform((state) => state.category)]).nullish(),
  ticket_type: z.object({ name: text }).nullish(),
});

const options = z.strictObject({
  /** The workspace (`app_id`) whose events are taken. An app that several workspaces have installed signs all of theirs with one key. */
  workspace: z
    .string()
    .regex(/^[a-z0-9]{1,32}$/)
    .optional(),
});

export default defineAdapter({
  id: "intercom",
  name: "Intercom",
  docs: "https://developers.intercom.com/docs/webhooks",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Client secret of the app, from its Basic Information page",
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
      id: id.nullish(),
      topic: fields.text,
      app_id: id.nullish(),
      created_at: fields.unixSeconds,
      data: z.object({ item: z.looseObject({}) }),
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
    "contact.user.created": onContact("Contact Created"),
    "contact.lead.created": onContact("Lead Created"),
    "contact.lead.signed_up": onContact("User Signed Up"),
    "contact.user.updated": on(contact, profile),
    "contact.lead.updated": on(contact, profile),
    "contact.lead.added_email": on(contact, profile),
    "contact.email.updated": on(contact, profile),
    "contact.deleted": on(contact, (c) => deleted(personOf(c), "Customer Deleted")),
    "contact.subscribed": onChoice("subscribed"),
    "contact.unsubscribed": onChoice("unsubscribed"),
    "contact.user.tag.created": onTag("Contact Tag Added"),
    "contact.user.tag.deleted": onTag("Contact Tag Removed"),
    "contact.lead.tag.created": onTag("Contact Tag Added"),
    "contact.lead.tag.deleted": onTag("Contact Tag Removed"),
    ...ignoring("people are never joined", "contact.merged"),
    ...ignoring("a contact that staff put away, or took back", "contact.archived contact.unarchive"),
    ...ignoring("contact.user.created says it", "visitor.signed_up"),
    ...ignoring("about one kind of message, which only Intercom knows", "granular.subscribe granular.unsubscribe"),

    "conversation.user.created": onConversation("Conversation Started"),
    "conversation.user.replied": onConversation("Conversation Replied"),
    "conversation.admin.replied": off("every answer makes one", onConversation("Conversation Answered")),
    "conversation.admin.closed": onConversation("Conversation Closed"),
    "conversation.rating.added": on(conversation, (c) =>
      track(partnerOf(c), "Conversation Rated", {
        ...about(c),
        rating: c.conversation_rating?.rating,
        remark: c.conversation_rating?.remark,
      }),
    ),
    ...ignoring(
      "the work of staff",
      `conversation.admin.assigned conversation.admin.noted conversation.admin.open.assigned conversation.admin.opened
      conversation.admin.single.created conversation.admin.snoozed conversation.admin.unsnoozed conversation.company.updated
      conversation.contact.attached conversation.contact.detached conversation.deleted conversation.operator.replied
      conversation.priority.updated conversation.read conversation_part.redacted conversation_part.tag.created`,
    ),

    "ticket.created": onTicket("Ticket Created"),
    "ticket.state.updated": onTicket("Ticket State Changed"),
    "ticket.contact.replied": onTicket("Ticket Replied"),
    ...ignoring("ticket.state.updated says it", "ticket.resolved ticket.closed"),
    ...ignoring(
      "the work of staff",
      `ticket.admin.assigned ticket.admin.replied ticket.attribute.updated ticket.contact.attached ticket.contact.detached
      ticket.note.created ticket.rating.provided ticket.team.assigned`,
    ),
    ...ignoring(
      "names no person",
      `admin.added_to_workspace admin.away_mode_updated admin.removed_from_workspace company.contact.attached
      company.contact.detached company.created company.deleted company.updated job.completed`,
    ),
    ...ignoring("what the company itself has sent to Intercom", "event.created"),
    ...ignoring(
      "of version 1 of the API: choose a current one in the Developer Hub",
      `contact.added_email contact.created contact.signed_up contact.tag.created contact.tag.deleted user.created user.deleted
      user.email.updated user.tag.created user.tag.deleted user.unsubscribed`,
    ),
    ...ignoring("asks whether somebody is there", "ping"),
  },
  // @see https://developers.intercom.com/docs/references/webhooks/webhook-models#handling-webhook-notifications
  habits: {
    timeoutSeconds: 5,
    retries: "once, after a minute; after a 429 for up to two hours",
    givesUp:
      "1,000 errors in a row within 15 minutes pause it for 15 minutes; errors for 7 days suspend the subscription; a 410 ends it",
    setup: [
      "In the Developer Hub open your app (a private one for your own workspace) and choose Configure > Webhooks.",
      "Enter the URL of this source, and select the contact, conversation and ticket topics that are listed here.",
      "The app needs the permissions to read users, conversations and tickets.",
      "Copy the client secret from Basic Information: it is the source's secret.",
      'Where other workspaces may install the app, set workspace = "…" to the id of yours.',
    ],
  },
});

type Context = MapContext<z.output<typeof options>>;
type Contact = z.output<typeof contact>;
type Conversation = z.output<typeof conversation>;

function personOf(c: Maybe<Contact>, ...references: readonly ReturnType<typeof reference>[]): PersonFacts {
  return person({
    record: c?.isUser ? { external_id: c.external_id } : null,
    email: claimed(c?.email),
    phone: c?.phone,
    ids: [personId("contact", c?.id), ...references],
  });
}

function profile(c: Contact): Draft {
  return identify(personOf(c), {
    name: c.name,
    created_at: c.signed_up_at ?? c.created_at,
    role: c.role ?? c.type,
    last_seen_at: c.last_seen_at,
  });
}

function onContact(event: string) {
  return on(contact, (c) => [profile(c), track(personOf(c), event)]);
}

/** When it was chosen is when Intercom was told. */
function onChoice(state: "subscribed" | "unsubscribed") {
  return on(subscriber, (c, { event }: Context) => consent(personOf(c), { channel: "email", state, at: event.occurredAt }));
}

function onTag(event: string) {
  return on(tagging, ({ tag, contact: c }) => track(personOf(c), event, { tag_id: tag.id, tag: tag.name }));
}

/** Whom the conversation is with. A list of contacts does not tell users from leads; the author of the first message does, if it is the same. */
function partnerOf({ id, contact: c, source }: Conversation): PersonFacts {
  const author = source?.author?.id === c?.id ? source?.author : null;
  return personOf(c && author ? { ...author, external_id: c.external_id } : c, reference("conversation", id));
}

function about({ id: conversation_id, source, state }: Conversation): Properties {
  return { conversation_id, channel: source?.type, subject: source?.subject || null, state };
}

function onConversation(event: string) {
  return on(conversation, (c) => track(partnerOf(c), event, about(c)));
}

function onTicket(event: string) {
  return on(ticket, (t) =>
    track(personOf(t.contacts?.contacts[0], reference("ticket", t.id)), event, {
      ticket_id: t.ticket_id ?? t.id,
      category: t.category,
      state: t.ticket_state,
      ticket_type: t.ticket_type?.name,
    }),
  );
}
