/**
 * Sends so many events with Customer.io's own client, as fast as it takes them, and ends when the last has left.
 */
import { Analytics } from "@customerio/cdp-analytics-node";

const { DESTINATION, EVENTS } = process.env;
const analytics = new Analytics({ writeKey: "bench", host: DESTINATION, path: "/us/v1/batch" });
analytics.on("error", (error) => console.error(error));

for (let number = 0; number < Number(EVENTS); number += 1) {
  analytics.track({ userId: `user-${number}`, event: "Invoice Paid", properties: { invoice_id: `in_${number}`, total: 12.5 } });
  // It sends when the loop lets it.
  if (number % 100 === 0) await new Promise((resume) => setImmediate(resume));
}
await analytics.closeAndFlush({ timeout: 120_000 });
