/**
 * Help Scout: conversations, ratings, customers, chats of Beacon.
 *
 * The event's name is in an unsigned header, and bodies of many events look the same. So the header is not read: a body tells what it shows to
 * have happened, each fact under an id of its own that counts once.
 *
 * @see https://developer.helpscout.com/webhooks/
 */
import * as z from "zod";
import { defineAdapter, ignore, type Maybe, off } from "../src/contract/adapter.ts";
import { bare, hmac } from "../src/contract/verify.ts";
import { liveChatConversationStarted, liveChatMessageSent, ticketCreated, ticketSolved } from "../src/vocabulary/adapter.ts";
import { chat, newestMessage, onChat } from "./help-scout/chats.ts";
import { conversation, newestThread, onConversation, onReply } from "./help-scout/conversations.ts";
import { customer, onCreated, onRated, onUpdated, rating } from "./help-scout/people.ts";

/** A fact in a body, what makes it one, and when it was. */
interface Fact {
  readonly type: string;
  readonly once: string;
  readonly at: Maybe<string>;
}

/** Milliseconds for which a customer's record is new. */
const NEW = 60_000;

/** A body of this kind that cannot be read becomes a dead letter of its first event. */
function factsIn(body: Readonly<Record<string, unknown>>): readonly Fact[] {
  const unreadable = (type: string) => [{ type, once: "", at: null }];
  if (typeof body.rating === "string") {
    const r = rating.safeParse(body).data;
    const type = "satisfaction.ratings";
    return r ? [{ type, once: `${r.rating}:${r.id}`, at: r.modifiedAt ?? r.createdAt }] : unreadable(type);
  }
  if (typeof body.beaconId === "string") {
    const type = "beacon.chat.created";
    const c = chat.safeParse(body).data;
    const last = c && newestMessage(c);
    return [
      ...(c && (!last || last.isFirst) ? [{ type, once: c.id, at: c.createdAt }] : []),
      ...(last ? [{ type: "beacon.chat.customer.replied", once: last.id, at: last.createdAt }] : []),
      ...(c ? [] : unreadable(type)),
    ];
  }
  if (typeof body.threads === "number") {
    const c = conversation.safeParse(body).data;
    if (!c) return unreadable("convo.created");
    const last = newestThread(c);
    const type = last?.type === "customer" ? "convo.customer.reply.created" : "convo.agent.reply.created";
    return [
      ...(c.threads > 1 ? [] : [{ type: "convo.created", once: c.id, at: c.createdAt }]),
      ...(c.threads > 1 && last ? [{ type, once: last.id, at: last.createdAt }] : []),
      ...(c.status === "closed" && c.closedAt ? [{ type: "convo.status", once: `${c.closedAt}:${c.id}`, at: c.closedAt }] : []),
    ];
  }
  if (typeof body.updatedAt !== "string") return [];
  const c = customer.safeParse(body).data;
  const isNew = Date.parse(c?.updatedAt ?? "") - Date.parse(c?.createdAt ?? "") < NEW;
  if (!c) return unreadable("customer.updated");
  return isNew
    ? [{ type: "customer.created", once: c.id, at: c.createdAt }]
    : [{ type: "customer.updated", once: `${c.updatedAt}:${c.id}`, at: c.updatedAt }];
}

export default defineAdapter({
  id: "help-scout",
  name: "Help Scout",
  secret: {
    format: /^[\x21-\x7e]{16,40}$/,
    hint: "Secret key of the webhook: 16 to 40 random characters, chosen by you",
    demo: "tributary_demo_help_scout_0123456789",
  },
  verify: hmac({
    hash: "SHA-1",
    header: "x-helpscout-signature",
    encoding: "base64",
    covers: "body",
    layout: bare(),
    message: ({ body }) => [body],
  }),
  webhook: z.object({ body: z.looseObject({}) }),
  events: ({ body }, { bodyHash, receivedAt }) => {
    const facts = factsIn(body);
    const event = { test: false, data: body };
    if (facts.length === 0) return [{ ...event, id: bodyHash, type: "other", occurredAt: receivedAt }];
    return facts.map(({ type, once, at }) => ({
      ...event,
      id: `${type}:${once || bodyHash}`,
      type,
      occurredAt: at ?? receivedAt,
    }));
  },
  givesUp: { failures: 10 },
  handlers: {
    "convo.created": onConversation(ticketCreated),
    "convo.status": onConversation(ticketSolved),
    "convo.customer.reply.created": onReply("customer"),
    "convo.agent.reply.created": off("one for every answer", onReply("agent")),
    "satisfaction.ratings": onRated,
    "customer.created": onCreated,
    "customer.updated": onUpdated,
    "beacon.chat.created": onChat(liveChatConversationStarted),
    "beacon.chat.customer.replied": onChat(liveChatMessageSent),
  },
  // Notes, tags, what is gone.
  otherwise: ignore("tells nothing that happened to a person"),
});
