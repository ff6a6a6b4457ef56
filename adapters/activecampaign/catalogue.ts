/**
 * What the catalogue says about ActiveCampaign.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://developers.activecampaign.com/page/webhooks",
  timeoutSeconds: null,
  retries: "not documented",
  disables: "not documented",
  setup: [
    "Choose a random secret of at least 32 letters and digits, store it as the source's secret and append it to this source's URL after a slash.",
    "In ActiveCampaign, go to Settings > Developer > Manage webhooks and choose Add. Paste the URL and select Contact is subscribed, Contact is unsubscribed, Contact is updated, Campaign is opened, Link is clicked and Campaign bounces.",
    "Under Initialize from, leave out API if your own backend makes these changes.",
    "Unsubscribing from any list counts as an opt-out of e-mail.",
    'To send custom fields of contacts, set custom_fields = ["fields.*"]. If one holds your own user id, set user_id_from = ["fields.<its name>"].',
    "Times without a zone are not read: the time of receipt counts instead.",
  ],
} satisfies CatalogueEntry;
