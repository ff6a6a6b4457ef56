/**
 * What the catalogue says about Tally.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://tally.so/help/webhooks",
  timeoutSeconds: 10,
  retries: "after 5 minutes, 30 minutes, 1 hour, 6 hours and 1 day",
  disables: "not documented",
  setup: [
    "In the form, go to Integrations > Webhooks, choose Connect and paste this source's URL. Each form has its own webhook.",
    "Add a signing secret of at least 16 random characters and store it as the source's secret: unsigned requests are refused. Use the same secret for all forms of a source.",
    "Ask for an e-mail address, or pass one as the hidden field email: without an address, a response has no person.",
    "Pass utm_source and the other UTM parameters as hidden fields of these names. To send other hidden fields, name them in custom_fields, as in hidden.plan.",
    "Answers become properties named by their question, such as answer_company_size. Answers to matrix questions are left out.",
  ],
} satisfies CatalogueEntry;
