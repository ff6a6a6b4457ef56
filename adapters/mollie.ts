/**
 * Mollie: payment links and sales invoices, by the signed webhooks. The classic ones hold an unsigned id alone, and are refused.
 *
 * @see https://docs.mollie.com/reference/webhooks-new
 */
import * as z from "zod";
import {
  bearerLookup,
  decisive,
  defineAdapter,
  each,
  id,
  identify,
  ignoring,
  isoTime,
  maybe,
  person,
  personId,
  text,
  verified,
} from "../src/contract/adapter.ts";
import { hmac, listed } from "../src/contract/verify.ts";
import { onInvoicePaid, onIssued, onLinkPaid, onVoided } from "./mollie/entities.ts";

const entity = z.looseObject({ id, mode: decisive(text) });

export default defineAdapter({
  id: "mollie",
  name: "Mollie",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Signing secret of the webhook, shown once when it is made",
    demo: "tributary_demo_mollie_0123456789",
  },
  // While a secret is replaced, Mollie sends a signature for each.
  verify: hmac({
    hash: "SHA-256",
    header: "x-mollie-signature",
    encoding: "hex",
    covers: "body",
    layout: listed("sha256=", ","),
    message: ({ body }) => [body],
  }),
  webhook: z.object({
    body: z.object({ id, type: text, createdAt: isoTime, _embedded: decisive(z.object({ entity: decisive(entity) })) }),
  }),
  events: ({ body: { id, type, createdAt, _embedded } }) => [
    {
      id,
      type,
      occurredAt: createdAt,
      test: _embedded?.entity?.mode === "test",
      data: _embedded?.entity,
      ...(_embedded?.entity ? {} : { ignore: "without its object: choose the payload of the kind snapshot" }),
    },
  ],
  handlers: {
    "payment-link.paid": onLinkPaid,
    "sales-invoice.issued": onIssued,
    "sales-invoice.paid": onInvoicePaid,
    "sales-invoice.canceled": onVoided,
    ...ignoring("a draft", "sales-invoice.created"),
    ...ignoring("a connection test", "hook.ping"),
  },
  lookup: bearerLookup({
    host: "api.mollie.com",
    kind: "customer",
    path: "/v2/customers/",
    schema: z.object({ id, email: text, ...each(maybe.text, "name", "locale") }),
    draft: ({ id: customer, email, name, locale }) =>
      identify(person({ email: verified(email), ids: [personId("customer", customer)] }), { name, locale }),
  }),
});
