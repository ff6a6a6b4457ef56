/**
 * What the catalogue says about Standard Webhooks.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://www.standardwebhooks.com",
  timeoutSeconds: 15,
  // @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#deliverability-and-reliability
  retries: "depends on the sender; the standard recommends several days with growing intervals",
  disables: "depends on the sender; the standard allows it after days of failures or after a 410",
  setup: [
    "Give the sender this source's URL and choose the events.",
    "Copy the endpoint's signing secret (whsec_…) and store it as the source's secret. If the sender uses the secret as plain text, set key = \"text\".",
    "Set user_id_from, person_id_path or email_path: events without a person are ignored. List everything else to pass on in traits and properties.",
    "Event names are derived from the type (user.created becomes User Created, a name with spaces stays as it is). Use rename_events to change them, and deletes to list the types that delete a person.",
  ],
} satisfies CatalogueEntry;
