/**
 * Delivers the webhooks that `durable.mjs` kept with Customer.io's own client, as a team would: it reads them, makes an event of each, and forgets a
 * webhook once its event is acknowledged. Ends when the last is forgotten.
 */
import { DatabaseSync } from "node:sqlite";
import { Analytics } from "@customerio/cdp-analytics-node";

const { DATABASE, DESTINATION } = process.env;
const PAGE = 500;
const database = new DatabaseSync(DATABASE);
database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
const next = database.prepare(`SELECT rowid AS number, body FROM webhooks WHERE rowid > ? ORDER BY rowid LIMIT ${PAGE}`);
const forget = database.prepare("DELETE FROM webhooks WHERE rowid = ?");
const analytics = new Analytics({ writeKey: "bench", host: DESTINATION, path: "/us/v1/batch" });

const acknowledged = [];

function forgetThem() {
  if (acknowledged.length === 0) return;
  database.exec("BEGIN");
  for (const number of acknowledged.splice(0)) forget.run(number);
  database.exec("COMMIT");
}

/** The event of a paid invoice, with the properties that Tributary gives it. */
function send({ number, body }) {
  const { id, type, created, data } = JSON.parse(new TextDecoder().decode(body));
  const invoice = data.object;
  return new Promise((settle, fail) => {
    analytics.track(
      {
        anonymousId: `stripe:customer:${invoice.customer}`,
        messageId: id,
        timestamp: new Date(created * 1_000).toISOString(),
        event: "Payment Succeeded",
        properties: {
          invoice_id: invoice.id,
          invoice_number: invoice.number,
          invoice_url: invoice.hosted_invoice_url,
          subscription_id: invoice.parent.subscription_details.subscription,
          billing_reason: invoice.billing_reason,
          attempt: invoice.attempt_count,
          currency: invoice.currency.toUpperCase(),
          total: invoice.amount_paid / 100,
          total_minor: invoice.amount_paid,
          plan_name: invoice.lines.data[0].description,
          quantity: invoice.lines.data[0].quantity,
          provider: "stripe",
          source_event: type,
        },
      },
      (error) => {
        if (error) return fail(error);
        // Those of one request are acknowledged together, and forgotten in one transaction.
        if (acknowledged.push(number) === 1) setImmediate(forgetThem);
        return settle();
      },
    );
  });
}

const sending = [];
for (let last = 0, page = next.all(last); page.length > 0; page = next.all(last)) {
  sending.push(...page.map(send));
  last = page.at(-1).number;
  // It sends when the loop lets it.
  await new Promise((resume) => setImmediate(resume));
}
await Promise.all(sending);
forgetThem();
await analytics.closeAndFlush({ timeout: 10_000 });
