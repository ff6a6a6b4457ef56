/**
 * Webflow: forms and orders of a site. What visitors type is claimed.
 *
 * @see https://developers.webflow.com/data/reference/all-events
 */
import * as z from "zod";
import { defineAdapter, ignoring, maybe, text } from "../src/contract/adapter.ts";
import { bare, hmac } from "../src/contract/verify.ts";
import { onForm } from "./webflow/forms.ts";
import { momentOf, onChanged, onOrder, order } from "./webflow/orders.ts";

const head = z.looseObject({ id: maybe.id, submittedAt: maybe.isoTime });

export default defineAdapter({
  id: "webflow",
  name: "Webflow",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "secretKey of the webhook, in the API's answer to its creation; client secret of the app, where an app made the webhook",
    demo: "tributary_demo_webflow_0123456789",
  },
  // @see https://developers.webflow.com/data/docs/working-with-webhooks
  verify: hmac({
    hash: "SHA-256",
    header: "x-webflow-signature",
    encoding: "hex",
    covers: "body",
    layout: bare(),
    timestamp: { header: "x-webflow-timestamp" },
    unit: "milliseconds",
    message: ({ timestamp, body }) => [timestamp, ":", body],
    tolerance: 300,
  }),
  webhook: z.object({ body: z.object({ triggerType: text, payload: z.unknown() }) }),
  // An order is sent whole whenever something of it changes: its state and the time of that are one fact, however often they come.
  events: ({ body: { triggerType: type, payload } }, { bodyHash, receivedAt }) => {
    const found = type.startsWith("ecomm_") ? order.safeParse(payload).data : undefined;
    const { id, submittedAt } = head.safeParse(payload).data ?? {};
    const moment = found && momentOf(type, found);
    return [
      {
        id: moment ? `${type}:${moment.id}` : id ? `${type}:${id}` : `${type}:${bodyHash}`,
        type,
        occurredAt: moment?.at ?? submittedAt ?? receivedAt,
        test: false,
        data: payload,
      },
    ];
  },
  handlers: {
    form_submission: onForm,
    ecomm_new_order: onOrder,
    ecomm_order_changed: onChanged,
    ...ignoring(
      "about the site, not a person",
      "ecomm_inventory_changed site_publish page_created page_metadata_updated page_deleted",
    ),
    ...ignoring("about the site, not a person", "collection_item_created collection_item_changed collection_item_deleted"),
    ...ignoring("about the site, not a person", "collection_item_published collection_item_unpublished comment_created"),
  },
});
