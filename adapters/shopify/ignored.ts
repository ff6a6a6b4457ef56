/**
 * Topics of Shopify's that become nothing, and why.
 */
import { ignore, ignoring } from "../../src/contract/adapter.ts";

/** Their handlers. */
export const IGNORED = {
  ...ignoring("names the segment only by its id", "customer.joined_segment customer.left_segment"),
  ...ignoring(
    "its body does not say whether the method was added or removed",
    "customer_payment_methods/create customer_payment_methods/update customer_payment_methods/revoke",
  ),
  ...ignoring("not done by a person", "checkouts/delete orders/delete draft_orders/delete"),
  ...ignoring("covered by orders/paid and refunds/create", "order_transactions/create tender_transactions/create"),
  ...ignoring("not relevant to a customer", "returns/process returns/reopen returns/update"),
  ...ignoring("names neither a person nor an order", "payment_schedules/due fulfillment_orders/line_items_prepared_for_pickup"),
  ...ignoring("about the catalogue, not a person", "products/create products/update products/delete"),
  ...ignoring(
    "about the app, not a person",
    "app/uninstalled app_purchases_one_time/update app_subscriptions/update app_subscriptions/approaching_capped_amount",
  ),
  "customers/data_request": ignore("a data request; answer it from the shop's own records"),
  "orders/edited": ignore("names lines without prices; orders/paid has the money, orders/updated the order"),
  "fulfillment_events/create": ignore("covered by fulfillments/update"),
  "shop/update": ignore("about the shop, not a person"),
  "shop/redact": ignore("names no person; erase the source's people by hand"),
  // The newer product: its body is the answer to the subscriber's own query, so it has no fixed shape.
  // @see https://shopify.dev/docs/api/events/latest
  events: ignore("an Events delivery; subscribe to the webhook topic instead"),
  ...ignoring(
    "its body does not say whether it was given or taken away",
    "company_contacts/delete company_contact_roles/assign company_contact_roles/revoke",
  ),
  "subscription_contracts/update": ignore("it has no time, and the status has its own topics"),
} as const;
