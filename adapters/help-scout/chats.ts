/**
 * Chats of Help Scout's Beacon. A chat that ends becomes a conversation.
 */
import * as z from "zod";
import { decisive, each, id, list, maybe, on, optional, text } from "../../src/contract/adapter.ts";
import type { Maker } from "../../src/vocabulary/adapter.ts";
import { named, personOf, profile, time } from "./people.ts";

const message = z.object({ id, type: text, createdAt: time, author: decisive(z.object({ type: text })) });

/** A chat. @see https://developer.helpscout.com/chat/endpoints/get */
export const chat = z.object({
  id,
  beaconId: z.string(),
  createdAt: time,
  customer: named,
  timeline: optional(list(z.object(each(maybe.text, "type", "url")))),
  tags: optional(list(z.object({ slug: text }))),
  _embedded: decisive(z.object({ events: decisive(z.array(message)) })),
});

type Chat = z.output<typeof chat>;

/** The visitor's newest message, and whether it is the first of them. */
export function newestMessage({ _embedded }: Chat) {
  const theirs = (_embedded?.events ?? []).filter(({ type, author }) => type === "message" && author?.type === "customer");
  const [newest] = [...theirs].sort((a, b) => (b.createdAt ?? "").localeCompare(a.createdAt ?? ""));
  return newest ? { id: newest.id, createdAt: newest.createdAt, isFirst: theirs.length === 1 } : null;
}

/** A chat that began, or a message in it. */
export function onChat(make: Maker<ReturnType<typeof about>>) {
  return on(chat, (c) => {
    const who = personOf(c.customer?.id, c.customer?.email);
    return [profile(who, c.customer), make(who, about(c))];
  });
}

function about(c: Chat) {
  return {
    conversation_id: c.id,
    page_url: c.timeline?.find(({ type }) => type === "page-viewed")?.url,
    tags: c.tags?.map(({ slug }) => slug),
  };
}
