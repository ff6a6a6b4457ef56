/**
 * What the catalogue says about Supabase.
 */
import type { CatalogueEntry } from "../../src/contract/adapter.ts";

export default {
  docs: "https://supabase.com/docs/guides/database/webhooks",
  timeoutSeconds: 5,
  retries: "never; a request that is not answered in time is lost",
  disables: "never",
  setup: [
    "In the Supabase Dashboard, go to Integrations > Database Webhooks and create one webhook for each table: auth.users for sign-ups, your profiles table, and any other table whose rows matter.",
    "Choose HTTP Request and POST, paste this source's URL and set the longest timeout.",
    "Under HTTP Headers, add Authorization with the word Bearer, a space and the source's secret.",
    'If your people are in other tables, set people_tables = ["auth.users", "public.customers"]. A row of any other table belongs to the user in its user_id, or to the address in its email.',
    'List the columns that events may contain: columns = { "public.orders" = ["status", "plan"] }. Other columns are not passed on.',
    "Two identical changes count once. If rows can return to an earlier state, give their table an updated_at column.",
  ],
} satisfies CatalogueEntry;
