/**
 * Rows of the database: which ones are people, and what of a row is passed on.
 */
import * as z from "zod";
import type { Draft, MapContext, PersonFacts, Value } from "../../src/contract/adapter.ts";
import {
  claimed,
  each,
  firstStated,
  identify,
  isoTime,
  maybe,
  optional,
  person,
  personId,
  pick,
  reference,
  text,
  verified,
} from "../../src/contract/adapter.ts";
import { attributionIn, ownEvents } from "../../src/vocabulary/adapter.ts";
import type { SUPABASE } from "./plan.schema.ts";

const own = ownEvents<typeof SUPABASE>();

/** Supabase's own table of users. */
export const SIGN_UPS = "auth.users";

const table = z.string().regex(/^[^.\s]+\.[^.\s]+$/, "written as schema.table");
const column = z.string().regex(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);

/** The options of a source. */
export const options = z.strictObject({
  people_tables: z
    .array(table)
    .default([SIGN_UPS, "public.profiles", "public.users"])
    .describe("tables whose rows are people, as `schema.table`; the user id is their `user_id`, or `id` if they have none"),
  columns: z
    .record(table, z.array(column).max(50))
    .default({})
    .describe(
      'columns that become event properties, named `custom_<column>`, for each table: `{ "public.orders" = ["status"] }`',
    ),
});

/** A changed row. */
export const change = z.object({ ...each(text, "schema", "table"), ...each(z.looseObject({}), "record", "before") });

const textColumn = maybe.text;
const idColumn = maybe.id;

/** A time without a zone is in UTC, like the database. */
const zoneless = z.string().transform((value) => `${value}Z`);
const timeColumn = optional(isoTime.or(zoneless.pipe(isoTime)));

const names = z.object(each(textColumn, "name", "full_name", "first_name", "last_name"));

/** The columns of a person's row. */
export const row = names.extend({
  ...each(idColumn, "id", "user_id"),
  ...each(textColumn, "email", "phone", "timezone", "locale"),
  ...each(timeColumn, "email_confirmed_at", "created_at", "last_sign_in_at"),
  raw_app_meta_data: optional(z.looseObject({ provider: textColumn })),
  raw_user_meta_data: optional(names.loose()),
});

const plain = z.union([text, z.number(), z.boolean()]);

/** The context of a handler. */
export type Context = MapContext<z.output<typeof options>>;
type Change = z.output<typeof change>;

/** The table, as `schema.table`. */
export function tableOf({ schema, table }: Change): string {
  return `${schema}.${table}`;
}

/** Is a row of this table a person? */
export function isPerson(c: Change, { options: { people_tables } }: Context): boolean {
  return people_tables.includes(tableOf(c));
}

/** The person of a row, which the company's own code wrote; user metadata is left out, because users can write it. */
export function personOf(c: Change): PersonFacts {
  const { id, user_id, email, phone, raw_app_meta_data } = row.parse(c.record);
  return person({
    record: { ...c.record, id, user_id, raw_app_meta_data, raw_user_meta_data: null },
    email: verified(email),
    phone,
    ids: [personId("user", user_id ?? id)],
  });
}

/** The traits of a person's row. */
export function profile(c: Change): Draft {
  const { raw_user_meta_data: typed, ...r } = row.parse(c.record);
  return identify(personOf(c), {
    name: firstStated(r.name, r.full_name, typed?.name, typed?.full_name),
    first_name: firstStated(r.first_name, typed?.first_name),
    last_name: firstStated(r.last_name, typed?.last_name),
    ...pick(r, "timezone", "locale", "created_at", "last_sign_in_at"),
  });
}

/** An event about the row of another table, with the columns that the options list. */
export function happened(event: keyof (typeof SUPABASE)["events"], c: Change, { options }: Context): Draft {
  const { id, user_id, email } = row.parse(c.record);
  const owner = person({
    record: { user_id },
    email: claimed(email),
    ids: [personId("user", user_id), reference(tableOf(c), id)],
  });
  const columns = options.columns[tableOf(c)] ?? [];
  const values = columns.map((name) => [name, columnValue(name, c.record[name])] as const);
  return own(event)(owner, {
    ...Object.fromEntries(values.map(([name, value]) => [`custom_${name}` as const, value])),
    ...attributionIn(Object.fromEntries(values)),
    schema: c.schema,
    table: c.table,
    row_id: id,
  });
}

function columnValue(name: string, value: unknown): Value {
  return (name.endsWith("_at") ? timeColumn : plain).safeParse(value).data;
}
