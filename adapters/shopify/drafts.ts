/**
 * Shopify's draft orders: what the shop sends to a buyer to pay.
 */
import * as z from "zod";
import {
  claimed,
  decisive,
  id,
  ignore,
  isoTime,
  maybe,
  moneyProperties,
  on,
  optional,
  person,
  personId,
  reference,
} from "../../src/contract/adapter.ts";
import { invoiceSent } from "../../src/vocabulary/adapter.ts";
import { buyer, recordOf } from "./buyers.ts";
import { lines, moneyOf, productsOf } from "./lines.ts";
import { customOf, sumProperties, sums } from "./sums.ts";

/** Only a draft has `invoice_sent_at`. */
const draftOrder = z.object({
  id,
  name: maybe.text,
  status: maybe.text,
  invoice_sent_at: decisive(isoTime),
  invoice_url: maybe.text,
  order_id: maybe.id,
  email: maybe.text,
  customer: optional(buyer),
  line_items: optional(lines),
  total_price: maybe.decimal,
  ...sums,
});

/** An invoice for a draft was sent. A completed draft is an order, which has its own events. */
export const onDraft = on(draftOrder, (d) => {
  if (!d.invoice_sent_at) return ignore("a draft is no order yet");
  if (d.status === "completed") return ignore("covered by orders/create");
  const ids = [personId("customer", d.customer?.id), reference("draft_order", d.id), reference("order", d.order_id)];
  const { affiliation: _, note, ...rest } = sumProperties(d);
  return invoiceSent(
    person({
      record: recordOf(d.customer),
      email: claimed(d.email || d.customer?.email),
      phone: d.customer?.phone ?? undefined,
      ids,
    }),
    {
      invoice_id: d.id,
      invoice_number: d.name,
      invoice_url: d.invoice_url,
      order_id: d.order_id,
      ...moneyProperties("amount", moneyOf(d.total_price, d.currency)),
      ...rest,
      description: note,
      ...productsOf(d.line_items ?? [], d.currency),
    },
    customOf(d),
  );
});
