/**
 * Mollie's money: decimal texts. Refunds have no signed webhook yet.
 */
import { decimal, ledger, recorded, type Sale } from "./ledger.ts";

const of = ({ currency, digits }: Sale, minor: number) => ({ currency, value: decimal(minor, digits) });

export default ledger({
  sales: {
    "a payment link": {
      maxRefunds: 0,
      webhooks: (sale) => [recorded("payment-link.paid", { "_embedded.entity.amount": of(sale, sale.minor) })],
    },
    "an invoice": {
      maxRefunds: 0,
      webhooks: (sale) => {
        const parts = {
          "_embedded.entity.totalAmount": of(sale, sale.minor),
          "_embedded.entity.amountDue": of(sale, sale.minor),
          "_embedded.entity.discountedSubtotalAmount": of(sale, sale.minor - sale.tax),
          "_embedded.entity.totalVatAmount": of(sale, sale.tax),
        };
        return [recorded("sales-invoice.issued", parts), recorded("sales-invoice.paid", parts)];
      },
    },
  },
});
