/**
 * Intercom's conversations.
 */
import * as z from "zod";
import type { MapContext, PersonFacts } from "../../src/contract/adapter.ts";
import { text as anyText, each, id, list, maybe, on, optional, reference } from "../../src/contract/adapter.ts";
import {
  customFields,
  liveChatConversationEnded,
  liveChatConversationStarted,
  liveChatMessageReceived,
  liveChatMessageSent,
  ticketRated,
} from "../../src/vocabulary/adapter.ts";
import { contact, personOf } from "./contacts.ts";

const { text } = maybe;

/** A person's rating, 1 to 5. */
export const rating = optional(z.object({ rating: maybe.integer, remark: text, teammate: optional(z.object({ id: maybe.id })) }));

/** The contacts of a conversation or a ticket. */
export const partners = optional(z.object({ contacts: z.array(contact) }));

const part = z.object({ id: maybe.id, author: optional(z.object({ id: maybe.id, ...each(text, "type", "name") })) });

/** In version 1 of the API a conversation had one `user`, and a `conversation_message` as its source. */
const conversation = z
  .object({
    id,
    contacts: partners,
    user: optional(contact),
    source: optional(z.object({ ...each(text, "type", "subject", "url"), author: optional(contact) })),
    conversation_message: optional(z.object(each(text, "subject", "url"))),
    created_at: maybe.unixSeconds,
    conversation_rating: rating,
    conversation_parts: optional(z.object({ conversation_parts: z.array(part) })),
    tags: optional(z.object({ tags: list(z.object({ name: anyText })) })),
    custom_attributes: optional(z.looseObject({})),
  })
  .transform(({ contacts, user, conversation_parts, ...c }) => ({
    ...c,
    contact: user ?? contacts?.contacts[0],
    last: conversation_parts?.conversation_parts.at(-1),
  }));

type Conversation = z.output<typeof conversation>;

/** The contact began a conversation. */
export const onStarted = on(conversation, (c) => liveChatConversationStarted(partnerOf(c), about(c), customOf(c)));

/** The contact wrote. */
export const onReplied = on(conversation, (c) =>
  liveChatMessageSent(partnerOf(c), { ...about(c), message_id: c.last?.id }, customOf(c)),
);

/** A teammate or a bot wrote. */
export const onAnswered = on(conversation, (c) =>
  liveChatMessageReceived(partnerOf(c), { ...about(c), ...agentOf(c), message_id: c.last?.id }, customOf(c)),
);

/** A conversation was closed, at the time of the event. */
export const onClosed = on(conversation, (c, { event }: MapContext<unknown>) => {
  const seconds = c.created_at ? Math.round((Date.parse(event.occurredAt) - Date.parse(c.created_at)) / 1000) : null;
  const length = { started_at: c.created_at, conversation_duration: seconds === null || seconds < 0 ? null : seconds };
  return liveChatConversationEnded(partnerOf(c), { ...about(c), ...agentOf(c), ...length }, customOf(c));
});

/** The contact's rating of a conversation. */
export const onRating = on(conversation, ({ conversation_rating, ...c }) => {
  const { conversation_id, subject, channel, tags } = about(c);
  const rated = { rating: conversation_rating?.rating, comment: conversation_rating?.remark };
  const agent_id = conversation_rating?.teammate?.id;
  return ticketRated(partnerOf(c), { conversation_id, subject, channel, tags, ...rated, agent_id }, customOf(c));
});

/** The contact of a conversation. The list of contacts has no roles; the author of the first message has, if it is the same contact. */
function partnerOf({ id, contact: c, source }: Pick<Conversation, "id" | "contact" | "source">): PersonFacts {
  const author = source?.author?.id === c?.id ? source?.author : null;
  return personOf(c && author ? { ...author, external_id: c.external_id } : c, reference("conversation", id));
}

function about({ id: conversation_id, source, conversation_message, tags }: Omit<Conversation, "conversation_rating">) {
  return {
    conversation_id,
    channel: source?.type,
    subject: plain(source?.subject ?? conversation_message?.subject),
    page_url: source?.url ?? conversation_message?.url,
    tags: tags?.tags.map(({ name }) => name),
  };
}

/** Subjects of e-mails are HTML. */
function plain(subject: string | null | undefined): string | undefined {
  return subject?.replace(/<[^>]*>/g, "").trim();
}

function agentOf({ last }: Conversation) {
  const author = last?.author?.type === "user" || last?.author?.type === "lead" ? null : last?.author;
  return { agent_id: author?.id, agent_name: author?.name };
}

function customOf({ custom_attributes }: Pick<Conversation, "custom_attributes">) {
  return { custom: customFields("custom_attributes", custom_attributes) };
}
