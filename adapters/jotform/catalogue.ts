/**
 * What the catalogue says about Jotform.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://www.jotform.com/help/245-how-to-setup-a-webhook-with-jotform/",
  timeoutSeconds: 30,
  retries: "not documented; none were seen",
  disables: "not documented",
  setup: [
    "In the form, go to Settings > Integrations > Webhooks and paste this source's URL with the secret as its last part. Jotform signs nothing: whoever has this URL can send submissions.",
    "Ask for an e-mail address: without one, a submission has no person. Jotform's own question for it has the unique name email.",
    "Answers become properties named by the question's unique name (Properties > Advanced > Field Details), such as answer_company_size for companySize.",
    "Give hidden fields the unique names utmSource, utmMedium and so on, and fill them from the form's address, to tell the campaign.",
    "The request has no time: an event happened when it arrived.",
  ],
} satisfies CatalogueEntry;
