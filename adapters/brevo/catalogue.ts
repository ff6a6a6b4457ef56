/**
 * What the catalogue says about Brevo.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://developers.brevo.com/docs/how-to-use-webhooks",
  timeoutSeconds: null,
  retries:
    "after 10 minutes and 1, 2 and 8 hours, where the endpoint does not answer; a 4xx other than 429 or a 5xx is not tried again",
  disables: "not documented",
  setup: [
    "Choose a random token of at least 16 characters and store it as the source's secret.",
    "In Brevo, go to Settings > Webhooks, and for Transactional and for Marketing choose Create a webhook. Paste this source's URL, choose Token as the authentication method and enter the token. Through the API: auth with the type bearer.",
    "For transactional e-mails, select Deferred, Soft bounced, Hard bounced, Blocked, Error, Invalid email, Opened, Proxy open, Clicked, Complaint and Unsubscribed. For marketing, select the same and Contact added to list, updated and deleted. Leave out First opening: Opened includes it.",
    'If your backend sends JSON with your user id in the header X-Mailin-custom, set user_id_from = ["X-Mailin-custom.user_id"]. To send the rest as properties, set custom_fields = ["X-Mailin-custom.*"]; for attributes of contacts, "content.*".',
    "Brevo writes some times in the account's time zone; only those in UTC are read, else the time of receipt.",
  ],
} satisfies CatalogueEntry;
