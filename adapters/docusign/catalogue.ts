/**
 * What the catalogue says about DocuSign.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://developers.docusign.com/platform/webhooks/connect",
  timeoutSeconds: 100,
  retries: "for up to 15 days, with growing intervals",
  disables: "not documented",
  setup: [
    "In eSignature Admin, go to Connect > Connect Keys > Add Secret Key, and store the key as the source's secret: it is shown once.",
    "Add a custom configuration with this source's URL, the format REST v2.1 (JSON, SIM) and Include HMAC Signature.",
    "Include the data Recipients and Custom Fields, without which nobody is named; leave Documents out, which make the message too large.",
    "Select the events Recipient Sent, Delivered, Completed and Declined, and Envelope Completed and Voided.",
  ],
} satisfies CatalogueEntry;
