/**
 * Pipedrive: people and deals, by webhooks of version 2.
 *
 * A password proves the sender, not the body: a deleted person becomes an event and deletes no one. A deal names its person by an id, which
 * the identity book or a look-up resolves.
 *
 * @see https://pipedrive.readme.io/docs/guide-for-webhooks-v2
 */
import * as z from "zod";
import { defineAdapter, id, ignore, isoTime, maybe, on, text, unixSeconds } from "../src/contract/adapter.ts";
import { basicAuth } from "../src/contract/verify.ts";
import { contactCreated } from "../src/vocabulary/adapter.ts";
import { onChangedDeal, onCreatedDeal } from "./pipedrive/deals.ts";
import { lookup, onDeletedPerson, personOf, profileOf, record } from "./pipedrive/people.ts";

export default defineAdapter({
  id: "pipedrive",
  name: "Pipedrive",
  givesUp: { hours: 72 },
  secret: {
    format: /^[^\s:]{3,100}:[\x21-\x7e]{8,200}$/,
    hint: "HTTP Auth user and password of the webhook, chosen by you, written as user:password",
    demo: "tributary:tributary_demo_pipedrive_0123",
  },
  verify: basicAuth(),
  options: z.strictObject({
    company_id: id.optional().describe("id of the company account whose webhooks are accepted; all by default"),
  }),
  tenant: { option: "company_id", required: false },
  webhook: z.object({
    body: z.looseObject({
      meta: z.looseObject({
        id: maybe.id,
        ...{ action: text, entity: text },
        company_id: maybe.id,
        version: maybe.text,
        timestamp: z.union([isoTime, unixSeconds]),
      }),
    }),
  }),
  // The id of a webhook is not documented as unique to an event.
  events: ({ body }, { bodyHash }) => {
    const { action, entity, company_id, timestamp, version } = body.meta;
    const type = `${action}.${entity}`;
    return [
      {
        id: `${type}:${bodyHash}`,
        type,
        occurredAt: timestamp,
        test: false,
        version,
        data: body,
        ...(company_id ? { tenant: company_id } : {}),
      },
    ];
  },
  handlers: {
    "create.person": on(record, ({ data }) => [profileOf(data), contactCreated(personOf(data), {})]),
    "change.person": on(record, ({ data }) => profileOf(data)),
    "delete.person": onDeletedPerson,
    "create.deal": onCreatedDeal,
    "change.deal": onChangedDeal,
    "delete.deal": ignore("not done by a person"),
  },
  // Organizations, activities, leads, notes, products, projects.
  otherwise: ignore("not about a person or a deal"),
  lookup,
});
