/**
 * Attio: people who are made, merged and deleted.
 *
 * An event holds ids alone, not even a time: who a person is becomes known by a look-up. Of the objects of a workspace one holds people.
 *
 * @see https://docs.attio.com/rest-api/guides/webhooks
 */
import * as z from "zod";
import type { Lookup } from "../src/contract/adapter.ts";
import {
  claimed,
  decisive,
  defineAdapter,
  deleted,
  each,
  firstItem,
  id,
  identify,
  ignore,
  list,
  maybe,
  on,
  optional,
  person,
  personId,
  text,
} from "../src/contract/adapter.ts";
import { bare, hmac } from "../src/contract/verify.ts";
import { contactCreated } from "../src/vocabulary/adapter.ts";

const record = z.object({ id: z.object({ record_id: id, duplicate_record_id: decisive(id) }) });

const personOf = ({ id: { record_id } }: z.output<typeof record>) => person({ ids: [personId("person", record_id)] });

/** A person's record: each attribute is a list of its values. */
const found = z.object({
  data: z.object({
    id: z.object({ record_id: id }),
    created_at: maybe.isoTime,
    values: z.looseObject({
      name: optional(list(z.object(each(maybe.text, "first_name", "last_name", "full_name")))),
      email_addresses: optional(list(z.object({ email_address: text }))),
      phone_numbers: optional(list(z.object({ phone_number: text }))),
    }),
  }),
});

const HOST = "api.attio.com";

/** @see https://docs.attio.com/rest-api/endpoint-reference/records/get-a-record */
const lookup: Lookup = {
  hosts: [HOST],
  request: ({ kind, id: recordId }, apiKey) =>
    kind === "person"
      ? {
          host: HOST,
          path: `/v2/objects/people/records/${encodeURIComponent(recordId)}`,
          headers: { authorization: `Bearer ${apiKey}` },
        }
      : null,
  read: (body) => {
    const data = found.safeParse(body).data?.data;
    if (!data) return null;
    const { name, email_addresses, phone_numbers } = data.values;
    // Salespeople write down whatever address they are given: it is claimed.
    const who = person({
      record: data.values,
      email: claimed(email_addresses?.[0]?.email_address),
      phone: firstItem(phone_numbers?.map(({ phone_number }) => phone_number)),
      ids: [personId("person", data.id.record_id)],
    });
    const { first_name, last_name, full_name } = name?.[0] ?? {};
    return [identify(who, { first_name, last_name, name: full_name, created_at: data.created_at })];
  },
};

export default defineAdapter({
  id: "attio",
  name: "Attio",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Signing secret of the webhook",
    demo: "tributary_demo_attio_0123456789",
  },
  verify: hmac({
    hash: "SHA-256",
    header: ["attio-signature", "x-attio-signature"],
    encoding: "hex",
    covers: "body",
    layout: bare(),
    message: ({ body }) => [body],
  }),
  options: z.strictObject({
    people_object_id: id.describe(
      "object_id of the workspace's object People, as GET /v2/objects tells it; events of other objects are ignored",
    ),
  }),
  demoOptions: { people_object_id: "97052eb9-e65e-443f-a297-f2d9a4a7f795" },
  batch: "events[]",
  webhook: z.object({
    body: z.object({
      events: z.array(z.looseObject({ event_type: text, id: z.looseObject({ object_id: maybe.id }) })),
    }),
  }),
  events: ({ body }, { bodyHash, place, receivedAt }, { people_object_id }) =>
    body.events.map((event) => ({
      id: `${event.event_type}:${bodyHash}:${place}`,
      type: event.event_type,
      occurredAt: receivedAt,
      test: false,
      data: event,
      ...(event.id.object_id === people_object_id ? {} : { ignore: "not about a person" }),
    })),
  handlers: {
    "record.created": on(record, (r) => contactCreated(personOf(r), {})),
    "record.merged": on(record, (r) =>
      identify({ ...personOf(r), merged: [personId("person", r.id.duplicate_record_id)].filter((one) => one !== null) }, {}),
    ),
    "record.deleted": on(record, (r) => deleted(personOf(r), "Contact Deleted")),
    "record.updated": ignore("does not say what changed"),
  },
  // Lists, notes, tasks, comments.
  otherwise: ignore("not about a person"),
  lookup,
});
