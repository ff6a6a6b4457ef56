/**
 * Braintree's money: charges of subscriptions, settled bank debits, and settled refunds. Its notifications are XML in base64, in a form.
 */
import { decimal, ledger, recorded, type Sale, type Webhook } from "./ledger.ts";

const PAYLOAD = "bt_payload";

/** The first transaction of a notification with other values. */
export function notification(fixture: string, elements: Readonly<Record<string, string>>): Webhook {
  return recorded(fixture, (text) => {
    const form = new URLSearchParams(text);
    let xml = Buffer.from(form.get(PAYLOAD) ?? "", "base64").toString("utf8");
    for (const [name, value] of Object.entries(elements)) {
      const [path, inner] = name.split("/");
      const from = inner === undefined ? 0 : xml.indexOf(`<${path}>`);
      const element = inner ?? path;
      const found = new RegExp(`(<${element}(?: [^>]*)?>)[^<]*(</${element}>)`);
      if (from < 0 || !found.test(xml.slice(from))) throw new Error(`${fixture} has no ${name}`);
      xml =
        xml.slice(0, from) +
        xml.slice(from).replace(found, (_whole: string, open: string, close: string) => `${open}${value}${close}`);
    }
    form.set(PAYLOAD, Buffer.from(xml, "utf8").toString("base64"));
    return form.toString();
  });
}

function transaction(fixture: string, { id, currency, digits }: Sale, minor: number): Webhook {
  return notification(fixture, {
    "transaction/id": id,
    "transaction/amount": decimal(minor, digits),
    "transaction/currency-iso-code": currency,
  });
}

const refunds = (fixture: string, sale: Sale): readonly Webhook[] =>
  sale.refunds.map((refund) => transaction(fixture, { ...sale, id: refund.id }, refund.minor));

export default ledger({
  sales: {
    "a bank debit": {
      webhooks: (sale) => [transaction("transaction_settled", sale, sale.minor), ...refunds("transaction_settled.refund", sale)],
    },
    "the first payment of a subscription": {
      webhooks: (sale) => [
        notification("subscription_went_active", {}),
        transaction("subscription_charged_successfully.first", sale, sale.minor),
        transaction("transaction_settled.subscription", sale, sale.minor),
        ...refunds("transaction_settled.refund_subscription", sale),
      ],
    },
    "a renewal after a failed attempt": {
      webhooks: (sale) => [
        notification("subscription_charged_unsuccessfully", {}),
        notification("subscription_went_past_due", {}),
        transaction("subscription_charged_successfully", sale, sale.minor),
        notification("subscription_went_active.again", {}),
        ...refunds("transaction_settled.refund_subscription", sale),
      ],
    },
  },
});
