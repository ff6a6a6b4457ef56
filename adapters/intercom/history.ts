/**
 * Intercom's past: contacts and conversations of its API, which are the items of the webhooks about them.
 *
 * @see https://developers.intercom.com/docs/build-an-integration/learn-more/rest-apis/pagination
 */
import * as z from "zod";
import { text as anyText, decisive, id, maybe, optional, unixSeconds } from "../../src/contract/adapter.ts";
import type { Credentials, History, HistoryList, HistoryPage, PastWebhook } from "../../src/contract/history.ts";
import { AT_ONCE, HOSTS, headersOf, hostOf, search } from "./history-requests.ts";

const { text, unixSeconds: time } = maybe;

const page = z.object({
  data: optional(z.array(z.unknown())),
  conversations: optional(z.array(z.unknown())),
  pages: decisive(z.object({ next: decisive(z.object({ starting_after: decisive(anyText) })) })),
});

const contact = z.object({ id, role: text, created_at: unixSeconds, updated_at: time });

const conversation = z.object({
  id,
  created_at: unixSeconds,
  state: text,
  source: optional(z.object({ author: optional(z.object({ type: text })) })),
  statistics: optional(z.object({ last_close_at: time })),
  conversation_rating: optional(z.object({ rating: maybe.integer, created_at: time })),
});

/** A notification as Intercom would have sent it. Its id is made of the fact, and so is no id of Intercom's own. */
function told(topic: string, name: string, item: unknown, at: string, { INTERCOM_WORKSPACE }: Credentials): PastWebhook {
  const workspace = INTERCOM_WORKSPACE === undefined ? {} : { app_id: INTERCOM_WORKSPACE };
  const created = { created_at: Date.parse(at) / 1000 };
  return { at, body: { type: "notification_event", id: `${topic}:${name}`, topic, ...workspace, ...created, data: { item } } };
}

function nextIn(found: z.output<typeof page>): string | null {
  return found.pages?.next?.starting_after || null;
}

/** The webhook of how a contact stands. */
function stands(
  item: unknown,
  { id: contactId, role, created_at, updated_at }: z.output<typeof contact>,
  given: Credentials,
): PastWebhook {
  const changed = updated_at ?? created_at;
  const topic = role === "lead" ? "contact.lead.updated" : "contact.user.updated";
  return { ...told(topic, `${contactId}:${changed}`, item, changed, given), isState: true };
}

const contacts: HistoryList = {
  name: "contacts",
  request: (_span, after, given) => ({
    host: hostOf(given),
    path: `/contacts?per_page=${AT_ONCE}${after === null ? "" : `&starting_after=${encodeURIComponent(after)}`}`,
    headers: headersOf(given),
  }),
  read: ({ body }, _span, _page, since, given): HistoryPage | null => {
    const found = page.safeParse(body).data;
    if (!found?.data) return null;
    const webhooks = found.data.flatMap((item) => {
      const c = contact.safeParse(item).data;
      if (!c) return [];
      const kind = c.role === "lead" ? "lead" : "user";
      return [c.created_at >= since ? told(`contact.${kind}.created`, c.id, item, c.created_at, given) : stands(item, c, given)];
    });
    return { webhooks, next: nextIn(found) };
  },
};

/** Contacts by their last change: how they stand. */
const changedContacts: HistoryList = {
  name: "contacts",
  request: (span, after, given) => search("/contacts/search", "updated_at", span, after, given),
  read: ({ body }, { from, until }, _page, _since, given): HistoryPage | null => {
    const found = page.safeParse(body).data;
    if (!found?.data) return null;
    const webhooks = found.data.flatMap((item) => {
      const c = contact.safeParse(item).data;
      const changed = c?.updated_at ?? c?.created_at;
      return c && changed && changed >= from && changed < until ? [stands(item, c, given)] : [];
    });
    return { webhooks, next: nextIn(found) };
  },
};

const conversations: HistoryList = {
  name: "conversations",
  request: (span, after, given) => search("/conversations/search", "created_at", span, after, given),
  read: ({ body }, { from, until }, _page, _since, given): HistoryPage | null => {
    const found = page.safeParse(body).data;
    if (!found?.conversations) return null;
    const webhooks = found.conversations.flatMap((item): readonly PastWebhook[] => {
      const c = conversation.safeParse(item).data;
      if (!c || c.created_at < from || c.created_at >= until) return [];
      // One that the company began has no event.
      const began = c.source?.author?.type === "user" || c.source?.author?.type === "lead";
      const closed = c.state === "closed" ? c.statistics?.last_close_at : null;
      const rated = c.conversation_rating?.rating ? c.conversation_rating.created_at : null;
      return [
        ...(began ? [told("conversation.user.created", c.id, item, c.created_at, given)] : []),
        ...(closed ? [told("conversation.admin.closed", `${c.id}:${closed}`, item, closed, given)] : []),
        ...(rated ? [told("conversation.rating.added", `${c.id}:${rated}`, item, rated, given)] : []),
      ];
    });
    return { webhooks, next: nextIn(found) };
  },
};

export default {
  hosts: Object.values(HOSTS),
  credentials: {
    INTERCOM_ACCESS_TOKEN: { hint: "the access token of the app (Authentication)", format: /^[\x21-\x7e]{16,}$/, isSecret: true },
    INTERCOM_REGION: { hint: "us, eu or au; us unless it is set", format: /^(us|eu|au)$/, isSecret: false, isOptional: true },
    INTERCOM_WORKSPACE: {
      hint: "the workspace (`app_id`), where the source's option names one",
      format: /^[a-z0-9]{1,32}$/,
      isSecret: false,
      isOptional: true,
    },
  },
  // 1,000 a minute for searches. @see https://developers.intercom.com/docs/references/rest-api/errors/rate-limiting
  pace: { requests: 10, seconds: 1 },
  people: [contacts],
  past: [conversations],
  changes: [changedContacts],
  notes: {
    ids: "Ids made of the fact (`conversation.user.created:…`), since Intercom's are those of notifications that it does not keep. So `backfill` ends where webhooks begin, and `recover` tells how contacts stand, which may be said twice, and no event.",
    lacks:
      "Replies, tags, subscriptions to messages, tickets, and earlier closings of a conversation. `recover` tells nothing of conversations: their events could not be told from those that came.",
  },
} satisfies History;
