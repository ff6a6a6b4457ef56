/**
 * What the catalogue says about Framer.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://www.framer.com/help/articles/framer-form-webhook-setup",
  timeoutSeconds: null,
  retries: "5 times; redirects are not followed",
  disables: "not documented",
  setup: [
    "Select the form, choose Add next to Send To, then Webhook, and paste this source's URL.",
    "Set a secret of at least 32 random characters and store it as the source's secret: unsigned requests are refused.",
    "Ask for an e-mail address: without one, a submission has no person. Names are read from inputs called Name, First name and Last name.",
    "Neither the form nor the page is part of the request: to tell forms apart, add a hidden input (form = newsletter), which becomes answer_form. Hidden inputs named utm_source and so on tell the campaign.",
    "The request has no time: an event happened when it arrived.",
  ],
} satisfies CatalogueEntry;
