/**
 * Reads bodies of an unknown format by paths that the source's options name. Only fields named by an option are passed on.
 */
import * as z from "zod";
import { deleted, identify, ignore, type Properties, track } from "./drafts.ts";
import { claimed, type PersonFacts, person, personId } from "./facts.ts";
import { id, isoTime, text, unixMilliseconds, unixSeconds } from "./fields.ts";
import { type MapContext, type MapResult, on } from "./handlers.ts";
import { eventNameOf, relayedValue } from "./relay.ts";
import { isReservedEvent } from "./reserved.ts";

const TIMES = { iso: isoTime, seconds: unixSeconds, milliseconds: unixMilliseconds };

/** A path in a body: names and indexes joined by full stops. */
export const path = z.string().regex(/^[^.\s]+(\.[^.\s]+)*$/);

/** The name of a property or trait: snake_case in any script, and none that has a meaning of its own. */
const PROPERTY =
  /^(?!(?:email|phone|id|products)$|.*_minor$)[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{M}\p{N}]*(_[\p{Ll}\p{Lo}\p{M}\p{N}]+)*$/u;

/** Paths by the name under which their value is passed on. */
const paths = z.record(z.string().regex(PROPERTY), path).default({});

/** The options. The company's own user id comes from the source's `user_id_from`. */
export const pathOptions = {
  type_path: path
    .default("type")
    .describe(
      "path of the event type, from which the event name is derived: `user.created` becomes User Created, a name with spaces stays as it is",
    ),
  time_path: path.default("timestamp").describe("path of the event's time; if missing, the time of receipt is used"),
  time_unit: z
    .enum(["iso", "seconds", "milliseconds"])
    .default("iso")
    .describe("format of that time: `iso` for ISO 8601, or `seconds` or `milliseconds` since 1970"),
  person_id_path: path.optional().describe("path of the sender's id for the person"),
  email_path: path.optional().describe("path of the person's e-mail address"),
  phone_path: path.optional().describe("path of the person's phone number"),
  traits: paths.describe(
    'traits of the person, each with the path of its value: `{ plan = "account.plan" }`; of a list or an object, all of it',
  ),
  properties: paths.describe("properties of the event, each with the path of its value; of a list or an object, all of it"),
  deletes: z.array(z.string().min(1)).default([]).describe("event types that report the deletion of a person"),
};

const ownOptions = z.object(pathOptions);

/** The options of a source. */
export type PathOptions = z.output<typeof ownOptions>;

/** The data passed to the handler. A body without a type becomes a dead letter that can be replayed once the options are right. */
const telling = z.object({ name: text.pipe(z.string().min(1)), record: z.looseObject({}) });

/** An event in a body, without its id. */
export function eventAt(record: unknown, o: PathOptions, receivedAt: string) {
  const name = text.safeParse(valueAt(record, o.type_path)).data || null;
  return {
    type: name ?? "unknown",
    occurredAt: TIMES[o.time_unit].safeParse(valueAt(record, o.time_path)).data ?? receivedAt,
    test: false,
    data: { name, record },
  };
}

/** The drafts of an event, according to its source's options. */
export const byPaths = on(telling, ({ name, record }, { options: o }: MapContext<PathOptions>): MapResult => {
  const facts = personAt(record, o);
  if (o.deletes.includes(name)) return deleted(facts, "Account Deleted");
  const event = eventNameOf(name);
  if (event === null) return ignore("its type cannot be an event name");
  if (isReservedEvent(event)) return ignore("named like a Customer.io action; list the type in deletes if it means a deletion");
  return [identify(facts, propertiesAt(record, o.traits)), track(facts, event, propertiesAt(record, o.properties))];
});

/** The value at a path; own properties only. */
export function valueAt(record: unknown, place: string | undefined): unknown {
  if (place === undefined) return undefined;
  return place
    .split(".")
    .reduce<unknown>(
      (value, key) =>
        typeof value === "object" && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined,
      record,
    );
}

function personAt(record: unknown, o: PathOptions): PersonFacts {
  const textAt = (place: string | undefined) => text.safeParse(valueAt(record, place)).data;
  return person({
    record,
    email: claimed(textAt(o.email_path)),
    phone: valueAt(record, o.phone_path) === null ? null : textAt(o.phone_path),
    ids: [personId("person", id.safeParse(valueAt(record, o.person_id_path)).data)],
  });
}

function propertiesAt(record: unknown, places: Readonly<Record<string, string>>): Properties {
  const passed = (name: string, value: unknown) => (value === null ? null : relayedValue(name, value));
  return Object.fromEntries(Object.entries(places).map(([name, place]) => [name, passed(name, valueAt(record, place))]));
}
