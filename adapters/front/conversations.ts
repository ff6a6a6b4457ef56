/**
 * Front's conversations, and who is at the other end.
 */
import * as z from "zod";
import type { Lookup, Maybe, PersonFacts } from "../../src/contract/adapter.ts";
import {
  claimed,
  decisive,
  each,
  id,
  identify,
  list,
  maybe,
  on,
  onlyAddress,
  optional,
  person,
  personId,
  reference,
  text,
} from "../../src/contract/adapter.ts";
import { customFields, fold, type Maker, ticketCreated, ticketReplied } from "../../src/vocabulary/adapter.ts";

const links = optional(z.object({ related: optional(z.object({ contact: maybe.text })) }));

const recipient = decisive(z.object({ handle: decisive(text), _links: links }));

const teammate = optional(z.object({ id: maybe.id, ...each(maybe.text, "first_name", "last_name") }));

const conversation = z.object({
  id,
  ...each(maybe.text, "subject", "status"),
  created_at: maybe.number,
  recipient,
  assignee: teammate,
  tags: optional(list(z.object({ name: text }))),
  custom_fields: optional(z.looseObject({})),
  last_message: optional(z.object({ type: maybe.text })),
});

type Conversation = z.output<typeof conversation>;

const event = z.object({ conversation, target: optional(z.object({ data: optional(z.object({ id: maybe.id })) })) });

/** Seconds between a conversation's beginning and its first message. */
const AT_ONCE = 60;

/** Did a message begin its conversation? @param began seconds since 1970 */
export function isFirst(at: string, began: Maybe<number>): boolean {
  return Math.abs(Date.parse(at) / 1000 - (began ?? 0)) < AT_ONCE;
}

/** A handle is an address, a number, or the name of an account elsewhere. */
function personOf(handle: Maybe<string>, contact: Maybe<string>, conversationId?: Maybe<string>): PersonFacts {
  return person({
    email: claimed(onlyAddress([handle])),
    phone: handle && /^\+\d{7,15}$/.test(handle) ? handle : undefined,
    ids: [personId("contact", contact), reference("conversation", conversationId)],
  });
}

function whoOf({ id: conversationId, recipient: r }: Pick<Conversation, "id" | "recipient">): PersonFacts {
  return personOf(r?.handle, r?._links?.related?.contact?.match(/\/contacts\/(crd_\w+)$/)?.[1], conversationId);
}

function about(c: Conversation) {
  return {
    ticket_id: c.id,
    subject: c.subject,
    status: fold(c.status, { unassigned: "open", assigned: "open", archived: "solved", deleted: "closed" }),
    status_raw: c.status,
    channel: c.last_message?.type,
    ticket_url: `https://app.frontapp.com/open/${c.id}`,
    agent_id: c.assignee?.id,
    agent_name: [c.assignee?.first_name, c.assignee?.last_name].filter(Boolean).join(" "),
    tags: c.tags?.map(({ name }) => name),
  };
}

const customOf = (c: Conversation) => ({ custom: customFields("custom_fields", c.custom_fields) });

/** A message came in: the first of a conversation opens the ticket. */
export const onInbound = on(event, ({ conversation: c, target }, { event: { occurredAt } }) =>
  isFirst(occurredAt, c.created_at)
    ? ticketCreated(whoOf(c), about(c), customOf(c))
    : ticketReplied(whoOf(c), { ...about(c), author: "customer", message_id: target?.data?.id }, customOf(c)),
);

/** A message went out. */
export const onReply = on(event, ({ conversation: c, target }) =>
  ticketReplied(whoOf(c), { ...about(c), author: "agent", message_id: target?.data?.id }, customOf(c)),
);

/** A conversation was archived, or opened again. */
export function onConversation(make: Maker<ReturnType<typeof about>>) {
  return on(event, ({ conversation: c }) => make(whoOf(c), about(c), customOf(c)));
}

const HOST = "api2.frontapp.com";

const contact = z.object({ id, name: maybe.text, handles: z.array(z.object({ handle: text, source: text })) });

/** An event of an app may leave the recipient out. @see https://dev.frontapp.com/reference/get-contact */
export const lookup: Lookup = {
  hosts: [HOST],
  request: ({ kind, id: given }, apiKey) => {
    const path = kind === "contact" ? "/contacts/" : kind === "conversation" ? "/conversations/" : null;
    return path && { host: HOST, path: path + encodeURIComponent(given), headers: { authorization: `Bearer ${apiKey}` } };
  },
  read: (body) => {
    const c = contact.safeParse(body).data;
    if (c) {
      const handleOf = (kind: string) => c.handles.find(({ source }) => source === kind)?.handle;
      const who = { ...personOf(handleOf("phone"), c.id), ...personOf(handleOf("email"), c.id) };
      return [identify(who, { name: c.name })];
    }
    const found = z.object({ id, recipient }).safeParse(body).data;
    return found ? [identify(whoOf(found), {})] : null;
  },
};
