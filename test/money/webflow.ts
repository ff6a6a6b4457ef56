/**
 * Webflow's money: whole minor units; an order is paid back whole.
 */
import { ledger, recorded, type Sale } from "./ledger.ts";

function changes({ id, currency, minor }: Sale) {
  return { "payload.orderId": id, "payload.customerPaid": { unit: currency, value: minor, string: "" }, "payload.totals": null };
}

export default ledger({
  sales: {
    "an order": {
      refundsAll: true,
      currencies: ["EUR", "JPY", "KWD"],
      webhooks: (sale) => [
        recorded("ecomm_new_order", changes(sale)),
        recorded("ecomm_order_changed", changes(sale)),
        ...sale.refunds.map(() => recorded("ecomm_order_changed.refunded", changes(sale))),
      ],
    },
  },
});
