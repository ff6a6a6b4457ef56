/**
 * What the catalogue says about Pipedrive.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://pipedrive.readme.io/docs/guide-for-webhooks-v2",
  timeoutSeconds: 10,
  retries: "after 3, 30 and 150 seconds",
  disables: "paused for 30 minutes after 10 failures in a row, and deleted after three days without a success",
  setup: [
    "Choose a user name and a random password and store them as the source's secret, written as user:password.",
    "In Pipedrive, go to Settings > Tools and apps > Webhooks and create webhooks of version 2 with this source's URL and the HTTP Auth user name and password: for every action on person, and for create and change on deal.",
    "A deal names its person by an id. To know people that no webhook told of yet, set an API token (Settings > Personal preferences > API) as the source's API key.",
    'Custom fields have keys of 40 characters. To send them, set custom_fields = ["custom_fields.<key>.value"]; if one holds your own user id, set user_id_from to the same path.',
    "A deleted person becomes the event Contact Deleted: the password does not prove what the webhook says.",
  ],
} satisfies CatalogueEntry;
