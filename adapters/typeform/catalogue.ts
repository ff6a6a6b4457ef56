/**
 * What the catalogue says about Typeform.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://www.typeform.com/developers/webhooks/",
  // @see https://www.typeform.com/developers/webhooks/
  timeoutSeconds: 30,
  retries: "after 408, 423, 429 and 503, every 2 to 3 minutes for 10 hours; after other errors, a few times within hours",
  disables: "immediately after a 404 or 410; otherwise after a day of many failures without a success",
  setup: [
    "In the form, go to Connect > Webhooks, choose Add a webhook and paste this source's URL. Each form has its own webhook.",
    "Edit the webhook, enter a random secret and store it as the source's secret. Use the same secret for all forms of a source.",
    "Turn the webhook on. Also turn on partial responses to see who abandons a form.",
    "Ask for an e-mail address, or pass one as the hidden field email: without an address, a response has no person.",
    "Give the questions readable references (first_name, company_size): answers become properties such as answer_company_size.",
    "Pass utm_source and the other UTM parameters as hidden fields of these names. To send other hidden fields and variables, name them in custom_fields, as in hidden.plan or variables.*.",
  ],
} satisfies CatalogueEntry;
