/**
 * Recurly's notifications: the newer ones hold ids alone, the older ones the whole objects under their own name.
 */
import * as z from "zod";
import type { CustomField, IdentifyDraft, Maybe, PersonFacts } from "../../src/contract/adapter.ts";
import { decisive, each, flag, isoTime, maybe, optional } from "../../src/contract/adapter.ts";
import { customFields } from "../../src/vocabulary/adapter.ts";
import { account, fields, holderOf, identifyHolder } from "./accounts.ts";

/** The older names and their present ones. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ["new_account_notification", "account.created"],
  ["updated_account_notification", "account.updated"],
  ["canceled_account_notification", "account.closed"],
  ["billing_info_updated_notification", "billing_info.updated"],
  ["billing_info_update_failed_notification", "billing_info.update_failed"],
  ["new_subscription_notification", "subscription.created"],
  ["updated_subscription_notification", "subscription.updated"],
  ["canceled_subscription_notification", "subscription.canceled"],
  ["expired_subscription_notification", "subscription.expired"],
  ["renewed_subscription_notification", "subscription.renewed"],
  ["reactivated_account_notification", "subscription.reactivated"],
  ["subscription_paused_notification", "subscription.paused"],
  ["subscription_resumed_notification", "subscription.resumed"],
  ["scheduled_subscription_pause_notification", "subscription.pause.scheduled"],
  ["subscription_pause_modified_notification", "subscription.pause.modified"],
  ["subscription_pause_canceled_notification", "subscription.pause.canceled"],
  ["scheduled_subscription_update_notification", "subscription.pending_change.scheduled"],
  ["paused_subscription_renewal_notification", "subscription.renewal.skipped"],
  ["mandate_inactive_notification", "subscription.mandate.inactive"],
  ["low_balance_gift_card_notification", "subscription.low_balance"],
  ["prerenewal_notification", "subscription.renewal.scheduled"],
  ["scheduled_payment_notification", "payment.scheduled"],
  ["processing_payment_notification", "payment.processing"],
  ["successful_payment_notification", "payment.succeeded"],
  ["failed_payment_notification", "payment.failed"],
  ["successful_refund_notification", "payment.refunded"],
  ["void_payment_notification", "payment.voided"],
  ["new_charge_invoice_notification", "charge_invoice.created"],
  ["past_due_charge_invoice_notification", "charge_invoice.past_due"],
  ["paid_charge_invoice_notification", "charge_invoice.paid"],
  ["failed_charge_invoice_notification", "charge_invoice.failed"],
  ["new_dunning_event_notification", "dunning_event.created"],
]);

const name = z.string().regex(/^[a-z_.]{1,64}$/);

const newer = z
  .looseObject({ object_type: name, event_type: name, event_time: isoTime })
  .transform((data) => ({ type: `${data.object_type}.${data.event_type}`, occurredAt: data.event_time, test: false, data }));

const objects = z.looseObject({
  notification_type: decisive(name),
  transaction: decisive(z.looseObject({ test: decisive(flag) })),
});

/** It has neither a time nor an id. */
const older = z.record(z.string(), z.unknown()).transform((body, context) => {
  const [found, ...others] = Object.entries(body).filter(([key]) => key.endsWith("_notification"));
  if (found === undefined || others.length > 0) {
    context.addIssue({ code: "custom", message: "not a notification" });
    return z.NEVER;
  }
  const data = objects.parse(found[1]);
  return { type: typeOf(found[0], data.notification_type), occurredAt: null, test: data.transaction?.test === true, data };
});

/**
 * One older name covers all reminders; the body says which one it is.
 * @see https://docs.recurly.com/recurly-subscriptions/docs/prerenewal-notifications
 */
function typeOf(key: string, reminder: Maybe<string>): string {
  const isOwnKind = key === "prerenewal_notification" && reminder && reminder !== "prerenewal";
  return isOwnKind ? `subscription.renewal.${reminder}` : (RENAMED.get(key) ?? key);
}

/** A body of either kind as an event: type, time and object. */
export const webhookBody = z.union([newer, older]);

/** References to an account, in both kinds: ids or objects. */
export const notification = z.object({
  object_type: maybe.text,
  ...each(maybe.id, "uuid", "account_code", "invoice_number"),
  account: optional(account),
  subscription: optional(z.object({ uuid: maybe.id, custom_fields: fields })),
  transaction: optional(z.object(each(maybe.id, "id", "invoice_number", "subscription_id"))),
  invoice: optional(z.object({ invoice_number: maybe.id })),
});

type Notification = z.output<typeof notification>;

/** The person of the account. */
export function ownerOf(n: Notification): PersonFacts {
  return holderOf(n.account ?? { account_code: n.account_code }, {
    subscription: subscriptionOf(n),
    transaction: transactionOf(n),
    invoice: invoiceOf(n),
  });
}

/** Traits of the account's holder, if the notification has them. */
export function identified(n: Notification): readonly IdentifyDraft[] {
  return n.account ? [identifyHolder(ownerOf(n), n.account)] : [];
}

/** The company's own fields, as candidates for `custom_fields`. */
export function customOf(n: Notification): { readonly custom: readonly CustomField[] } {
  return {
    custom: [
      ...customFields("subscription.custom_fields", n.subscription?.custom_fields),
      ...customFields("account.custom_fields", n.account?.custom_fields),
    ],
  };
}

/** The subscription that it is about, or leads to. */
export function subscriptionOf(n: Notification): Maybe<string> {
  return n.subscription?.uuid ?? n.transaction?.subscription_id ?? (n.object_type === "subscription" ? n.uuid : null);
}

/** The payment that it is about. */
export function transactionOf(n: Notification): Maybe<string> {
  return n.transaction?.id ?? (n.object_type === "payment" ? n.uuid : null);
}

/** The invoice, by number, as the notifications name it. */
export function invoiceOf(n: Notification): Maybe<string> {
  return n.invoice?.invoice_number ?? n.transaction?.invoice_number ?? n.invoice_number;
}
