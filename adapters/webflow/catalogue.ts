/**
 * What the catalogue says about Webflow.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://developers.webflow.com/data/docs/working-with-webhooks",
  timeoutSeconds: 30,
  retries: "3 times, every 10 minutes",
  disables: "not documented",
  setup: [
    "Create the webhooks by Webflow's API (POST /v2/sites/{site_id}/webhooks) with a site token: triggerType form_submission, and ecomm_new_order and ecomm_order_changed if the site sells. Those from the site settings are not signed, and are refused.",
    "Store the secretKey of each answer, separated by white space, as the source's secret: each webhook has its own. If an app makes the webhooks, store its client secret.",
    "Ask for an e-mail address in each form: without one, a submission has no person.",
    "Add utm_source and the other UTM parameters as hidden fields of these names. Answers become properties named by their field, such as answer_company_size.",
    "Webflow refunds whole orders. A partial refund made in Stripe or PayPal is told by that vendor's source alone.",
  ],
} satisfies CatalogueEntry;
