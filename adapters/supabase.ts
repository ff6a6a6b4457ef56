/**
 * Supabase database webhooks: rows of any table, and the people among them.
 *
 * A row is whatever its table is, so nothing but the listed columns of a table is ever passed on (`auth.users` holds passwords), and a
 * column that is not what it is usually used for is left out. The token covers nothing: a deletion is told and never carried out.
 *
 * @see https://supabase.com/docs/guides/database/webhooks
 */
import * as z from "zod";
import type { Draft, MapContext, PersonFacts, Value } from "../src/contract/adapter.ts";
import {
  claimed,
  decisive,
  defineAdapter,
  each,
  identify,
  ignore,
  isoTime,
  maybe,
  on,
  optional,
  person,
  personId,
  pick,
  reference,
  text,
  track,
  verified,
} from "../src/contract/adapter.ts";
import { token } from "../src/contract/verify.ts";

/** Where Supabase itself keeps who has signed up. */
const SIGN_UPS = "auth.users";

const table = z.string().regex(/^[^.\s]+\.[^.\s]+$/, "written as schema.table");
const column = z.string().regex(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);

const options = z.strictObject({
  /** Tables whose rows are people, as `schema.table`: their id (or `user_id`) is the user's. */
  people_tables: z.array(table).default([SIGN_UPS, "public.profiles", "public.users"]),
  /** Columns that become properties of the events about a table: `{ "public.orders" = ["status"] }`. */
  columns: z.record(table, z.array(column).max(50)).default({}),
});

const textColumn = maybe.text;
const idColumn = maybe.id;

/** Without a zone it is UTC, as the database is. */
const zoneless = z.string().transform((value) => `${value}Z`);
const timeColumn = optional(isoTime.or(zoneless.pipe(isoTime)));

const names = z.object(each(textColumn, "name", "full_name", "first_name", "last_name"));

const row = names.extend({
  ...each(idColumn, "id", "user_id"),
  ...each(textColumn, "email", "phone", "timezone", "locale"),
  ...each(timeColumn, "email_confirmed_at", "created_at", "last_sign_in_at"),
  raw_app_meta_data: optional(z.looseObject({})),
  raw_user_meta_data: optional(names),
});

const plain = z.union([text, z.number(), z.boolean()]);

const change = z.object({ ...each(text, "schema", "table"), record: z.looseObject({}) });

export default defineAdapter({
  id: "supabase",
  name: "Supabase",
  docs: "https://supabase.com/docs/guides/database/webhooks",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "The bearer token in the webhook's Authorization header: at least 16 random characters of your own",
    demo: "tributary_demo_supabase_0123456789",
  },
  verify: token({ header: "authorization", prefix: "Bearer " }),
  options,
  webhook: z.object({
    body: z.object({ ...each(text, "type", "schema", "table"), ...each(decisive(z.looseObject({})), "record", "old_record") }),
  }),
  // A webhook has neither an id nor a time, and leaves within seconds of its transaction.
  events: ({ body: { type, record, old_record, ...at } }, { bodyHash, receivedAt }) => [
    { id: `${type}:${bodyHash}`, type, occurredAt: receivedAt, test: false, data: { ...at, record: record ?? old_record } },
  ],
  userIdFrom: ["user_id", "id"],
  handlers: {
    INSERT: on(change, (c, context: Context) => {
      if (!isPerson(c, context)) return happened("Row Created", c, context);
      return tableOf(c) === SIGN_UPS ? [profile(c), track(personOf(c), "User Signed Up")] : profile(c);
    }),
    UPDATE: on(change, (c, context: Context) => (isPerson(c, context) ? profile(c) : happened("Row Updated", c, context))),
    DELETE: on(change, (c, context: Context) => {
      if (!isPerson(c, context)) return happened("Row Deleted", c, context);
      return tableOf(c) === SIGN_UPS ? track(personOf(c), "Account Deleted") : ignore(`${SIGN_UPS} says who is gone`);
    }),
  },
  habits: {
    timeoutSeconds: 5,
    retries: "never: what was not answered in time is lost",
    givesUp: "never",
    setup: [
      "In the Supabase Dashboard open Integrations > Database Webhooks and create one for each table: auth.users for sign-ups, the table of your profiles, and those whose rows are news.",
      "Choose HTTP Request, POST, the URL of this source, and the longest time-out.",
      "Under HTTP Headers add Authorization, with the word Bearer, a space and the source's secret.",
      'Set people_tables = ["auth.users", "public.customers"] where your people stand elsewhere. A row of another table belongs to the user that its user_id names, or to the address in its email.',
      'List the columns that events may carry: columns = { "public.orders" = ["status", "plan"] }. No others leave the database.',
      "Two changes that are alike to the last byte count once: keep an updated_at in tables whose rows return to what they were.",
    ],
  },
});

type Context = MapContext<z.output<typeof options>>;
type Change = z.output<typeof change>;

function tableOf({ schema, table }: Change): string {
  return `${schema}.${table}`;
}

function isPerson(c: Change, { options: { people_tables } }: Context): boolean {
  return people_tables.includes(tableOf(c));
}

/** An address is verified where Supabase has confirmed it; user metadata is no part of the record, because people write their own. */
function personOf(c: Change): PersonFacts {
  const { id, user_id, email, email_confirmed_at, phone, raw_app_meta_data } = row.parse(c.record);
  return person({
    record: { ...c.record, id, user_id, raw_app_meta_data, raw_user_meta_data: null },
    email: tableOf(c) === SIGN_UPS && email_confirmed_at ? verified(email) : claimed(email),
    phone,
    ids: [personId("user", user_id ?? id)],
  });
}

function profile(c: Change): Draft {
  const { raw_user_meta_data: typed, ...r } = row.parse(c.record);
  return identify(personOf(c), {
    name: r.name ?? r.full_name ?? typed?.name ?? typed?.full_name,
    first_name: r.first_name ?? typed?.first_name,
    last_name: r.last_name ?? typed?.last_name,
    ...pick(r, "timezone", "locale", "created_at", "last_sign_in_at"),
  });
}

function happened(event: string, c: Change, { options }: Context): Draft {
  const { id, user_id, email } = row.parse(c.record);
  const owner = person({
    record: { user_id },
    email: claimed(email),
    ids: [personId("user", user_id), reference(tableOf(c), id)],
  });
  const columns = options.columns[tableOf(c)] ?? [];
  return track(owner, event, {
    ...Object.fromEntries(columns.map((name) => [name, columnValue(name, c.record[name])])),
    schema: c.schema,
    table: c.table,
    row_id: id,
  });
}

function columnValue(name: string, value: unknown): Value {
  return (name.endsWith("_at") ? timeColumn : plain).safeParse(value).data;
}
