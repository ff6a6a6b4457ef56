/**
 * What the catalogue says about Discord.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://docs.discord.com/developers/events/webhook-events",
  timeoutSeconds: 3,
  retries: "several times within 10 minutes, with growing intervals",
  disables: "after too many failures; a URL that accepts an invalid signature is removed; both are announced by e-mail",
  setup: [
    "In the Developer Portal, open the app, copy its Public Key from General Information and store it as the source's secret.",
    "Deploy, then paste this source's URL under Webhooks > Endpoint URL. Discord immediately sends a PING and a request with an invalid signature.",
    "Turn on Events, select Application Authorized, Application Deauthorized and the entitlement events, and save.",
    "E-mail addresses are sent only if the app requests the email scope.",
  ],
} satisfies CatalogueEntry;
