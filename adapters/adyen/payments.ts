/**
 * Adyen's payments and who made them.
 */
import * as z from "zod";
import {
  claimed,
  currency,
  decisive,
  each,
  id,
  ignore,
  integer,
  maybe,
  money,
  on,
  optional,
  person,
  personId,
  reference,
  text,
} from "../../src/contract/adapter.ts";
import {
  customFields,
  disputeClosed,
  disputeOpened,
  orderCompleted,
  orderRefunded,
  paymentFailed,
  refundFailed,
} from "../../src/vocabulary/adapter.ts";

const item = z.looseObject({
  pspReference: id,
  ...each(maybe.id, "originalReference", "merchantReference"),
  amount: z.object({ value: integer, currency }),
  success: decisive(text),
  ...each(maybe.text, "reason", "paymentMethod"),
  additionalData: optional(
    z.looseObject({
      ...each(decisive(id), "shopperReference", "recurring.shopperReference"),
      ...each(decisive(text), "shopperEmail"),
      ...each(maybe.text, "cardSummary", "modification.action"),
    }),
  ),
});

type Item = z.output<typeof item>;

/** The shopper: the company's own reference, and an address that no signature covers. */
function shopperOf(i: Item) {
  const data = i.additionalData;
  const shopperReference = data?.shopperReference ?? data?.["recurring.shopperReference"];
  return person({
    record: { shopperReference },
    email: claimed(data?.shopperEmail),
    ids: [personId("shopper", shopperReference), reference("payment", i.originalReference || i.pspReference)],
  });
}

/** Metadata comes as `metadata.<name>`, if it was turned on at Adyen. */
function metadataOf({ additionalData }: Item) {
  const own = Object.entries(additionalData ?? {}).filter(([name]) => name.startsWith("metadata."));
  return { custom: customFields("metadata", Object.fromEntries(own.map(([name, value]) => [name.slice(9), value]))) };
}

function about(i: Item) {
  return { order_id: i.merchantReference ?? i.pspReference, payment_id: i.originalReference || i.pspReference };
}

const paid = (i: Item) => {
  const who = shopperOf(i);
  const told = { ...about(i), payment_method: i.paymentMethod, card_last4: i.additionalData?.cardSummary };
  const total = money("total", i.amount.value, i.amount.currency);
  return orderCompleted(who, { ...told, ...total }, metadataOf(i));
};

/** A payment was authorised or refused. */
export const onAuthorised = on<typeof item, { capture: "automatic" | "manual" }>(item, (i, { options }) => {
  if (i.amount.value === 0) return ignore("a card was checked: no money moved");
  if (i.success === "true") return options.capture === "automatic" ? paid(i) : ignore("told when it is captured");
  const told = { ...about(i), payment_method: i.paymentMethod, decline_reason: i.reason };
  return paymentFailed(shopperOf(i), { ...told, ...money("amount", i.amount.value, i.amount.currency) }, metadataOf(i));
});

/** A payment was captured, perhaps in part. */
export const onCaptured = on<typeof item, { capture: "automatic" | "manual" }>(item, (i, { options }) => {
  if (options.capture === "automatic") return ignore("told when it was authorised");
  return i.success === "true" ? paid(i) : ignore("the capture failed");
});

/** Money went back, or could not. A modification may turn out to be a cancellation: then none did. */
export const onRefund = on(item, (i) => {
  if (i.additionalData?.["modification.action"] === "cancel") return ignore("a cancellation: no money moved");
  const told = { ...about(i), refund_id: i.pspReference };
  const { value, currency: code } = i.amount;
  return i.success === "true"
    ? orderRefunded(shopperOf(i), { ...told, ...money("total", value, code) })
    : refundFailed(shopperOf(i), { ...told, ...money("amount", value, code), failure_reason: i.reason });
});

/** A refund was sent back. */
export const onRefundFailed = on(item, (i) =>
  refundFailed(shopperOf(i), {
    ...about(i),
    refund_id: i.pspReference,
    ...money("amount", i.amount.value, i.amount.currency),
    failure_reason: i.reason,
  }),
);

/** A shopper disputes a payment; that the money was taken for it counts as lost until it is reversed. */
export const onDispute = (step: "opened" | "lost" | "won") =>
  on(item, (i) => {
    const told = {
      dispute_id: i.pspReference,
      ...about(i),
      ...money("amount", i.amount.value, i.amount.currency),
      reason: i.reason,
    };
    return step === "opened" ? disputeOpened(shopperOf(i), told) : disputeClosed(shopperOf(i), { ...told, outcome: step });
  });
