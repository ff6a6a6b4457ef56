/**
 * Supabase database webhooks: rows of any table, and the people among them.
 *
 * A row is whatever its table is, so nothing but the listed columns of a table is ever passed on (`auth.users` holds passwords; of its metadata
 * what says where a person came from, and what the option `custom_fields` names), and a column that is not what it is usually used for is left out. The token does not cover the body: a deletion becomes an event and deletes no person.
 *
 * @see https://supabase.com/docs/guides/database/webhooks
 */
import * as z from "zod";
import { decisive, defineAdapter, each, ignore, on, text } from "../src/contract/adapter.ts";
import { token } from "../src/contract/verify.ts";
import { accountDeleted } from "../src/vocabulary/adapter.ts";
import { onInsert, onUpdate } from "./supabase/people.ts";
import { type Context, change, happened, isPerson, options, personOf, SIGN_UPS, tableOf } from "./supabase/rows.ts";

export default defineAdapter({
  id: "supabase",
  name: "Supabase",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Bearer token in the webhook's Authorization header: at least 16 random characters, chosen by you",
    demo: "tributary_demo_supabase_0123456789",
  },
  verify: token({ header: "authorization", prefix: "Bearer " }),
  options,
  webhook: z.object({
    body: z.object({ ...each(text, "type", "schema", "table"), ...each(decisive(z.looseObject({})), "record", "old_record") }),
  }),
  // A webhook has neither an id nor a time; it is sent within seconds of its transaction.
  events: ({ body: { type, record, old_record, ...at } }, { bodyHash, receivedAt }) => [
    {
      id: `${type}:${bodyHash}`,
      type,
      occurredAt: receivedAt,
      test: false,
      data: { ...at, record: record ?? old_record, before: old_record ?? {} },
    },
  ],
  isUserDirectory: true,
  userIdFrom: ["user_id", "id"],
  handlers: {
    INSERT: on(change, (c, context: Context) => (isPerson(c, context) ? onInsert(c) : happened("Row Created", c, context))),
    UPDATE: on(change, (c, context: Context) => (isPerson(c, context) ? onUpdate(c) : happened("Row Updated", c, context))),
    DELETE: on(change, (c, context: Context) => {
      if (!isPerson(c, context)) return happened("Row Deleted", c, context);
      return tableOf(c) === SIGN_UPS ? accountDeleted(personOf(c), {}) : ignore(`covered by ${SIGN_UPS}`);
    }),
  },
});
