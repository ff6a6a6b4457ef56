/**
 * Help Scout's conversations.
 */
import * as z from "zod";
import { decisive, each, id, ignore, list, maybe, on, optional, text } from "../../src/contract/adapter.ts";
import { customFields, fold, type Maker, ticketReplied } from "../../src/vocabulary/adapter.ts";
import { named, personOf, profile, time } from "./people.ts";

/** What was written: `customer`, `message` (an answer), `note`, `lineitem` … */
const thread = z.object({ id, type: text, createdAt: time });

/** A conversation. @see https://developer.helpscout.com/mailbox-api/endpoints/conversations/get/ */
export const conversation = z.object({
  id,
  /** How many. */
  threads: z.number(),
  status: text,
  ...each(maybe.text, "subject", "type"),
  ...each(time, "createdAt", "closedAt"),
  primaryCustomer: named,
  assignee: optional(z.object({ id: maybe.id, ...each(maybe.text, "first", "last") })),
  tags: optional(list(z.object({ tag: text }))),
  customFields: optional(list(z.object({ name: text, value: z.unknown(), text: maybe.text }))),
  _links: optional(z.object({ web: optional(z.object({ href: maybe.text })) })),
  _embedded: decisive(z.object({ threads: decisive(z.array(thread)) })),
});

type Conversation = z.output<typeof conversation>;

/** The newest thread, if it is an answer of one of both sides. */
export function newestThread({ _embedded }: Conversation): z.output<typeof thread> | null {
  const sorted = [...(_embedded?.threads ?? [])].sort((a, b) => (b.createdAt ?? "").localeCompare(a.createdAt ?? ""));
  const [newest] = sorted;
  return newest && (newest.type === "customer" || newest.type === "message") ? newest : null;
}

function about(c: Conversation) {
  return {
    ticket_id: c.id,
    subject: c.subject,
    status: fold(c.status, { active: "open", pending: "pending", closed: "solved" }),
    status_raw: c.status,
    channel: c.type,
    ticket_url: c._links?.web?.href,
    agent_id: c.assignee?.id,
    agent_name: [c.assignee?.first, c.assignee?.last].filter(Boolean).join(" "),
    tags: c.tags?.map(({ tag }) => tag),
  };
}

/** An event of a conversation, but for spam. */
function telling(make: (c: Conversation) => ReturnType<typeof ticketReplied>) {
  return on(conversation, (c) => {
    if (c.status === "spam") return ignore("marked as spam");
    const draft = make(c);
    const fields = c.customFields?.map(({ name, value, text: shown }) => ({ name, value: shown || value }));
    return [profile(draft.person, c.primaryCustomer), { ...draft, custom: customFields("custom_fields", fields) }];
  });
}

const whoOf = (c: Conversation) => personOf(c.primaryCustomer?.id, c.primaryCustomer?.email, c.id);

/** A conversation that began or was closed. */
export const onConversation = (make: Maker<ReturnType<typeof about>>) => telling((c) => make(whoOf(c), about(c)));

/** The newest answer in a conversation. */
export const onReply = (author: "customer" | "agent") =>
  telling((c) => ticketReplied(whoOf(c), { ...about(c), author, message_id: newestThread(c)?.id }));
