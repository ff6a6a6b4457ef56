/**
 * Hands each webhook to Customer.io's own client, which keeps it in memory until it is sent: what has not left when the process ends is lost.
 */
import { Analytics } from "@customerio/cdp-analytics-node";
import { serve } from "./server.mjs";

const analytics = new Analytics({ writeKey: "bench", host: process.env.DESTINATION, path: "/us/v1/batch" });
analytics.on("error", () => {});

serve((id, event) =>
  analytics.track({ anonymousId: id, event: "Webhook Received", properties: { type: event.type ?? "unknown" } }),
);
