/**
 * Orb's money: decimal texts. Refunds are made at the vendor that took the money.
 */
import { decimal, ledger, recorded, type Sale } from "./ledger.ts";

const changed = (fixture: string, { id, currency, digits, minor }: Sale) =>
  recorded(fixture, {
    id: `${fixture}-${id}`,
    "invoice.id": id,
    "invoice.currency": currency,
    "invoice.amount_due": decimal(minor, digits),
  });

const of = (...fixtures: readonly string[]) => ({
  maxRefunds: 0,
  webhooks: (sale: Sale) => fixtures.map((fixture) => changed(fixture, sale)),
});

export default ledger({
  sales: {
    "an invoice": of("invoice.issued", "invoice.payment_succeeded"),
    "an invoice after a failed attempt": of("invoice.issued", "invoice.payment_failed", "invoice.payment_succeeded"),
    "an invoice that was paid elsewhere": of("invoice.issued", "invoice.manually_marked_as_paid"),
  },
});
