/**
 * The `meta_data` of WooCommerce's records: where WordPress, the shop and its extensions keep what has no field of its own.
 */
import * as z from "zod";
import type { CustomField, Maybe } from "../../src/contract/adapter.ts";
import { list, optional, text } from "../../src/contract/adapter.ts";
import { type Attribution, attribution, attributionFrom, attributionIn, customFields } from "../../src/vocabulary/adapter.ts";

/** `meta_data`. */
export const meta = optional(list(z.looseObject({ key: text, value: z.unknown() })));

type Meta = z.output<typeof meta>;

/** @see https://woocommerce.com/document/order-attribution-tracking/ */
const ATTRIBUTION = "_wc_order_attribution_";

/** Where the buyer came from. A word in parentheses, `(direct)` or `(none)`, says that there is nothing. */
export function attributionOf(data: Meta): Attribution {
  const told = data?.filter(({ value }) => !/^\(.*\)$/.test(String(value)));
  const entry = textOf(data, `${ATTRIBUTION}session_entry`);
  return attribution(attributionIn(told, ATTRIBUTION), attributionFrom(entry), attributionIn(told));
}

/** The shop's own fields; those that WordPress hides from its users, which begin with `_`, come last. */
export function customOf(data: Meta): { readonly custom: readonly CustomField[] } {
  const isHidden = ({ key }: { readonly key: string }) => key.startsWith("_");
  const shown = data?.filter((field) => !isHidden(field)) ?? [];
  return { custom: customFields("meta_data", [...shown, ...(data?.filter(isHidden) ?? [])]) };
}

/** The subscription that an order renews, pays for a change of, or takes up again. */
export function subscriptionOf(data: Meta): { readonly id: string; readonly reason: "renewal" | "change" | "first" } | null {
  const reasons = {
    _subscription_renewal: "renewal",
    _subscription_switch: "change",
    _subscription_resubscribe: "first",
  } as const;
  for (const [key, reason] of Object.entries(reasons)) {
    const id = textOf(data, key);
    if (id && /^\d+$/.test(id)) return { id, reason };
  }
  return null;
}

/** The first parcel of the extension Shipment Tracking. @see https://woocommerce.com/document/shipment-tracking/ */
export function trackingOf(data: Meta) {
  const items = z.array(parcel).safeParse(data?.find(({ key }) => key === "_wc_shipment_tracking_items")?.value).data;
  const [first] = items ?? [];
  return {
    tracking_number: first?.tracking_number,
    tracking_url: first?.custom_tracking_link,
    carrier: first?.tracking_provider || first?.custom_tracking_provider,
  };
}

const parcel = z.object({
  tracking_number: optional(text),
  tracking_provider: optional(text),
  custom_tracking_provider: optional(text),
  custom_tracking_link: optional(text),
});

function textOf(data: Meta, key: string): Maybe<string> {
  const value = data?.find((field) => field.key === key)?.value;
  return typeof value === "string" || typeof value === "number" ? String(value) : null;
}
