/**
 * What the catalogue says about the WhatsApp Business Platform.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://developers.facebook.com/docs/whatsapp/cloud-api/guides/set-up-webhooks",
  timeoutSeconds: null,
  retries: "with growing intervals for up to 7 days; up to 1,000 updates arrive together",
  disables: "not documented; updates not delivered within 7 days are dropped",
  setup: [
    "Copy the app secret from App settings > Basic and store it as the source's secret. Choose a verify token and set it as verify_token.",
    "In the App Dashboard, go to WhatsApp > Configuration, and enter this source's URL and the verify token. Subscribe to the fields messages and user_preferences.",
    "Sent and delivered are told of every message and are off: list status.sent and status.delivered in events_on to send them.",
    "A person is known by their phone number (+ and the WhatsApp id). In a few countries that id differs from the number that the person dials.",
    'Messages of strangers make no people: set people = "create" if they should.',
    "If the app serves several phone numbers, set phone_number_id and use a source for each.",
    "The ids of people who hide their number (from_user_id, recipient_user_id) are read as Meta announced them; they were not seen in a delivery.",
  ],
} satisfies CatalogueEntry;
