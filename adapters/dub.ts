/**
 * Dub: clicks of short links that became leads and sales.
 *
 * @see https://dub.co/docs/concepts/webhooks/introduction
 */
import * as z from "zod";
import {
  backed,
  defineAdapter,
  each,
  id,
  identify,
  ignoring,
  integer,
  isoTime,
  maybe,
  money,
  on,
  optional,
  person,
  personId,
  text,
} from "../src/contract/adapter.ts";
import { bare, hmac } from "../src/contract/verify.ts";
import { attribution, attributionFrom, attributionIn, customFields, ownEvents } from "../src/vocabulary/adapter.ts";
import type { DUB } from "./dub/plan.schema.ts";

const own = ownEvents<typeof DUB>();

const lead = z.looseObject({
  eventName: maybe.text,
  customer: z.looseObject({ id, ...each(maybe.text, "externalId", "name", "email", "country") }),
  click: optional(z.object(each(maybe.text, "id", "url", "referer", "country"))),
  link: optional(
    z.looseObject(
      each(maybe.text, "id", "shortLink", "url", "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"),
    ),
  ),
  partner: optional(z.object({ id: maybe.id, name: maybe.text })),
  metadata: optional(z.record(z.string(), z.unknown())),
});

const sale = lead.extend({
  sale: z.looseObject({
    amount: optional(integer),
    currency: maybe.currency,
    ...each(maybe.text, "paymentProcessor", "invoiceId"),
  }),
});

type Lead = z.output<typeof lead>;

/** The customer that the company's backend told Dub of, by its own id. */
function known(l: Lead) {
  const { customer: c } = l;
  const who = person({ record: c, email: backed(c.email), ids: [personId("customer", c.id)] });
  const { landing_url: _, ...ofPage } = attributionFrom(l.click?.url, l.click?.referer === "(direct)" ? null : l.click?.referer);
  const about = {
    event_name: l.eventName,
    link_id: l.link?.id,
    short_link: l.link?.shortLink,
    click_id_of_link: l.click?.id,
    partner_id: l.partner?.id,
    partner_name: l.partner?.name,
    ...attribution(attributionIn(l.link), ofPage),
  };
  // Dub makes up a name where it is told none.
  return { who, about, more: { custom: customFields("metadata", l.metadata) }, person: identify(who, { country: c.country }) };
}

export default defineAdapter({
  id: "dub",
  name: "Dub",
  secret: {
    format: /^whsec_\w{16,}$/,
    hint: "Signing secret of the webhook (whsec_…)",
    demo: "whsec_tributary_demo_dub_0123456789",
  },
  verify: hmac({
    hash: "SHA-256",
    header: "dub-signature",
    encoding: "hex",
    covers: "body",
    layout: bare(),
    message: ({ body }) => [body],
  }),
  userIdFrom: ["externalId"],
  webhook: z.object({ body: z.object({ id, event: text, createdAt: isoTime, data: z.unknown() }) }),
  events: ({ body }) => [{ id: body.id, type: body.event, occurredAt: body.createdAt, test: false, data: body.data }],
  handlers: {
    "lead.created": on(lead, (l) => {
      const { who, about, more, person: identified } = known(l);
      return [identified, own("Link Lead Recorded")(who, about, more)];
    }),
    "sale.created": on(sale, (s) => {
      const { who, about, more, person: identified } = known(s);
      const { amount, currency, paymentProcessor: payment_processor, invoiceId: invoice_id } = s.sale;
      const value = money("value", amount, currency);
      return [identified, own("Link Sale Recorded")(who, { ...about, ...value, payment_processor, invoice_id }, more)];
    }),
    ...ignoring("a click of a stranger", "link.clicked"),
    ...ignoring(
      "names no person of the company",
      `link.created link.updated link.deleted partner.enrolled partner.application_submitted commission.created
      bounty.created bounty.updated payout.confirmed`,
    ),
  },
});
