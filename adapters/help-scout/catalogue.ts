/**
 * What the catalogue says about Help Scout.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://developer.helpscout.com/webhooks/",
  timeoutSeconds: null,
  retries: "up to 10 times, with growing intervals",
  disables: "after the tenth failure; a 410 deletes it immediately",
  setup: [
    "In Help Scout, go to Manage > Apps > Webhooks and install it.",
    "Paste this source's URL, enter a secret key of 16 to 40 random characters and store it as the source's secret. Choose version 2 of the payload.",
    "Select Conversation created, status updated, customer reply and agent reply; Customer created and updated; Ratings; and for Beacon the chats.",
    "The header that names an event is not signed, so a body tells what it shows: a closed conversation is solved, the newest thread is a reply. Without threads in the bodies there are no replies, and deletions, which hold an id alone, are ignored.",
  ],
} satisfies CatalogueEntry;
