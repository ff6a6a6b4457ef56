/**
 * HubSpot's past: contacts. HubSpot keeps no webhooks, and an event names a contact by its id alone, so a record becomes the events that it stands for:
 * its creation, and a change of each property that has a value.
 *
 * @see https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm
 */
import * as z from "zod";
import { decisive, id, isoTime, maybe } from "../../src/contract/adapter.ts";
import type { Credentials, History, HistoryList, HistoryPage, PastWebhook } from "../../src/contract/history.ts";
import { LOOKED_UP } from "./contacts.ts";

const HOST = "api.hubapi.com";

/** Those whose change is an event of its own are left out: when they changed is not known. */
const EVENTS = ["lifecyclestage", "hs_lead_status"];
const PROPERTIES = [...LOOKED_UP.filter((name) => !EVENTS.includes(name)), "hs_email_optout"];

const contact = z.object({ id, createdAt: isoTime, updatedAt: isoTime, properties: z.record(z.string(), maybe.text) });

const page = z.object({
  results: z.array(z.unknown()),
  paging: decisive(z.object({ next: decisive(z.object({ after: z.string() })) })),
});

/** HubSpot finds 10,000 contacts at most: fewer are in a span of time that is read at once. */
function contactsBy(
  field: "createdate" | "lastmodifieddate",
  webhooksOf: (c: z.output<typeof contact>, portal: string) => readonly PastWebhook[],
): HistoryList {
  return {
    name: "contacts",
    request: ({ from, until }, after, { HUBSPOT_ACCESS_TOKEN }: Credentials) => ({
      host: HOST,
      path: "/crm/v3/objects/contacts/search",
      headers: { authorization: `Bearer ${HUBSPOT_ACCESS_TOKEN}` },
      body: {
        filterGroups: [
          {
            filters: [
              { propertyName: field, operator: "GTE", value: String(Date.parse(from)) },
              { propertyName: field, operator: "LT", value: String(Date.parse(until)) },
            ],
          },
        ],
        sorts: [{ propertyName: field, direction: "ASCENDING" }],
        properties: PROPERTIES,
        limit: 200,
        ...(after === null ? {} : { after }),
      },
    }),
    read: ({ body }, _span, _page, _since, { HUBSPOT_PORTAL_ID = "" }): HistoryPage | null => {
      const found = page.safeParse(body).data;
      if (!found) return null;
      const webhooks = found.results.flatMap((item) => {
        const one = contact.safeParse(item).data;
        return one ? webhooksOf(one, HUBSPOT_PORTAL_ID) : [];
      });
      return { webhooks, next: found.paging?.next?.after ?? null };
    },
  };
}

function eventOf(c: z.output<typeof contact>, portalId: string, subscriptionType: string, at: string, more: object) {
  return { eventId: "0", portalId, subscriptionType, objectId: c.id, occurredAt: Date.parse(at), ...more };
}

/** When each property got its value is not known: it was at the last change, or before. */
function changesOf(c: z.output<typeof contact>, portal: string): readonly object[] {
  return PROPERTIES.flatMap((propertyName) => {
    const propertyValue = c.properties[propertyName];
    return propertyValue ? [eventOf(c, portal, "contact.propertyChange", c.updatedAt, { propertyName, propertyValue })] : [];
  });
}

function created(c: z.output<typeof contact>, portal: string): readonly PastWebhook[] {
  const creation = eventOf(c, portal, "contact.creation", c.createdAt, {});
  // The address first: then the new contact is a known person.
  return [{ at: c.createdAt, body: [...changesOf(c, portal), creation] }];
}

function changed(c: z.output<typeof contact>, portal: string): readonly PastWebhook[] {
  const body = changesOf(c, portal);
  return body.length === 0 ? [] : [{ at: c.updatedAt, body, isState: true }];
}

export default {
  hosts: [HOST],
  credentials: {
    HUBSPOT_ACCESS_TOKEN: {
      hint: "the access token of a private app with crm.objects.contacts.read (pat-…)",
      format: /^[\x21-\x7e]{16,}$/,
      isSecret: true,
    },
    HUBSPOT_PORTAL_ID: { hint: "the account's Hub ID", format: /^\d+$/, isSecret: false },
  },
  // 5 a second for searches. @see https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
  pace: { requests: 4, seconds: 1 },
  people: [],
  past: [contactsBy("createdate", created)],
  changes: [contactsBy("lastmodifieddate", changed)],
  notes: {
    ids: "Ids of our own, made of the contact, the property and the time: HubSpot's are made of a subscription, which no record names. So `backfill` ends where webhooks begin, and `recover` tells what contacts are, which may be said twice, and no Contact Created.",
    lacks: "Lifecycle stages and lead statuses, deals, tickets, deletions and merges.",
  },
} satisfies History;
