/**
 * What the catalogue says about Generic.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md",
  timeoutSeconds: null,
  retries: "depends on the sender",
  disables: "depends on the sender",
  setup: [
    "Give the sender this source's URL. With the scheme path, append a slash and the secret.",
    "Set scheme to hmac (the default: x-signature holds the hex SHA-256 HMAC of the body), token (set header too), basic or path.",
    'For hmac, set header, prefix, hash, encoding, key and message as the sender documents them. If the sender signs a timestamp, also set timestamp_header and a message such as "{timestamp}.{body}".',
    "Set type_path, time_path and id_path. If one body holds several events, also set batch_path.",
    "Set user_id_from, person_id_path or email_path: events without a person are ignored. List everything else to pass on in traits and properties.",
    "Event names are derived from the type: user.created becomes User Created, a name with spaces stays as it is. Use rename_events to change them.",
  ],
} satisfies CatalogueEntry;
