/**
 * What the catalogue says about AppsFlyer.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://support.appsflyer.com/hc/en-us/articles/207034356-Push-API-streaming-raw-data",
  timeoutSeconds: null,
  retries: "not documented",
  disables: "not documented",
  setup: [
    "In AppsFlyer, go to Export > API Access > Push API, add an endpoint with this source's URL and the secret as its last part, and choose POST. AppsFlyer signs nothing that is documented: whoever has this URL can send events.",
    "Select the messages: installs, and the in-app events that campaigns need. Select the fields customer_user_id, appsflyer_id, event_name, event_time, event_value, event_revenue, event_revenue_currency, media_source, campaign, platform, app_id and country_code.",
    "Let the app set your own user id as customer user id: it becomes the user id in Customer.io. Before that, events stay with an anonymous id of the device.",
    "In-app events keep their names (af_purchase); an install is App Installed. The campaign becomes utm_source and so on, and the traits first_utm_source and so on.",
    "Some networks forbid passing on data about single users: select their messages only if your contract allows it.",
  ],
} satisfies CatalogueEntry;
