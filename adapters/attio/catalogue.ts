/**
 * What the catalogue says about Attio.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://docs.attio.com/rest-api/guides/webhooks",
  timeoutSeconds: 5,
  retries: "up to 10 times over about 3 days, with growing intervals",
  disables: "not documented",
  setup: [
    "In Attio, go to Workspace settings > Developers and create an integration with an access token that may read records and object configuration. Store the token as the source's API key: without it, nobody is known.",
    "Call GET https://api.attio.com/v2/objects with the token and set people_object_id to the object_id of people.",
    "In the integration, create a webhook with this source's URL and the events record.created, record.merged and record.deleted. Copy its signing secret and store it as the source's secret.",
    "Events carry no time: the time of receipt counts.",
  ],
} satisfies CatalogueEntry;
