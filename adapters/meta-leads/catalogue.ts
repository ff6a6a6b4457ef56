/**
 * What the catalogue says about Meta lead ads.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://developers.facebook.com/docs/graph-api/webhooks/getting-started",
  timeoutSeconds: null,
  retries: "immediately, then with growing intervals over 36 hours; up to 1,000 changes arrive together",
  disables: "not documented; changes not delivered within 36 hours are dropped",
  setup: [
    "Copy the app secret from App settings > Basic and store it as the source's secret. Choose a verify token and set it as verify_token.",
    "In the App Dashboard, add the Webhooks product, select the Page object and choose 'Subscribe to this object'. Paste this source's URL and the verify token.",
    "Subscribe to the leadgen field and publish the app: in development mode it receives only leads of its own team.",
    "Install the app on the page: POST /{page-id}/subscribed_apps?subscribed_fields=leadgen with a page access token (pages_manage_metadata, leads_retrieval).",
    "Set the page access token as the source's API key. It is used to look up answers, names and addresses: without it, leads stay anonymous. With the permission ads_management the names of campaigns and advertisements are looked up too.",
    'If the app serves several pages, set pages = ["…"] to take leads from some of them only.',
  ],
} satisfies CatalogueEntry;
