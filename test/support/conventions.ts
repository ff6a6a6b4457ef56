/**
 * What every call of every adapter keeps to.
 */
import * as z from "zod";
import { type Call, call as callSchema } from "../../src/pipelines/calls.ts";
import { AS_SENT, RELAYS } from "./relays.ts";

/**
 * Names with which Customer.io acts on people and objects instead of recording an event.
 * @see https://docs.customer.io/integrations/data-in/connections/http-api/
 */
const ACTIONS: ReadonlySet<string> = new Set([
  "device created or updated",
  "device deleted",
  "user deleted",
  "user suppressed",
  "user unsuppressed",
  "relationship deleted",
  "object deleted",
  "report delivery event",
  "report content event",
  "application installed",
  "application opened",
  "application uninstalled",
]);

/** Properties that would decide to whom, or from whom, an automation writes. */
const OVERRIDES: ReadonlySet<string> = new Set(["recipient", "from_address", "reply_to"]);

const TITLE_CASE = /^[A-Z][A-Za-z0-9]*( ([A-Z0-9][A-Za-z0-9]*|to|from|of|in|on|by|for|with|and|or|as))* [A-Z0-9][A-Za-z0-9]*$/;
const SNAKE_CASE = /^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{M}\p{N}]*(_[\p{Ll}\p{Lo}\p{M}\p{N}]+)*$/u;
const PREFERENCE = /^cio_subscription_preferences\.channels\.(email|sms|push|in_app|whatsapp)$/;
const UTC = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?Z$/;

const MOST_PRODUCTS = 20;

/**
 * What is wrong with a call: nothing, or one line each.
 * @param adapter the id of the adapter that the call is of, whose sender may have names of its own; without one, the call keeps to all conventions
 */
export function problemsOf(call: Call, adapter = ""): readonly string[] {
  const parsed = callSchema.safeParse(call);
  return [
    ...(parsed.success ? [] : [z.prettifyError(parsed.error)]),
    ...(isUtc(call.timestamp) ? [] : [`timestamp ${call.timestamp}`]),
    ...namingProblems(call, adapter),
    ...(call.type === "identify" && call.context?.active !== false ? ["an identify marks the person as seen"] : []),
  ].map((problem) => `${call.type}: ${problem}`);
}

function namingProblems(call: Call, adapter: string): readonly string[] {
  const problemsIn = (path: string, object: Readonly<Record<string, unknown>>) => objectProblems(path, object, adapter);
  switch (call.type) {
    case "identify":
      return problemsIn("traits", AS_SENT.has(adapter) ? withoutOwn(call.traits ?? {}, adapter) : (call.traits ?? {}));
    case "track": {
      const { event, properties = {} } = call;
      const missing = ["provider", "source", "source_event"].filter((name) => typeof properties[name] !== "string");
      return [
        ...(TITLE_CASE.test(event) || RELAYS.has(adapter) ? [] : [`event "${event}" is not Title Case, object first`]),
        ...(ACTIONS.has(event.trim().toLowerCase()) ? [`event "${event}" is an action of Customer.io`] : []),
        ...missing.map((name) => `${name} is missing`),
        ...Object.keys(properties).flatMap((name) => (OVERRIDES.has(name) ? [`property ${name}`] : [])),
        ...(AS_SENT.has(adapter) ? sentProblems("properties", properties) : problemsIn("properties", properties)),
      ];
    }
    case "page":
    case "screen":
      return AS_SENT.has(adapter) ? [] : problemsIn("properties", call.properties ?? {});
    case "group": {
      const { objectTypeId: _, relationshipAttributes, ...traits } = call.traits ?? {};
      return AS_SENT.has(adapter) ? [] : problemsIn("traits", { ...traits, relationship_attributes: relationshipAttributes });
    }
    case "alias":
      return ["no adapter emits alias"];
  }
}

/** The traits that do not belong to one source alone: after its name stands whatever the sender calls them. */
function withoutOwn(traits: Readonly<Record<string, unknown>>, adapter: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(traits).filter(([name]) => !name.startsWith(`${adapter}_`)));
}

/** Whether a list of products, where the sender has one, is cut and counted. */
function sentProblems(path: string, properties: Readonly<Record<string, unknown>>): readonly string[] {
  return Array.isArray(properties.products) ? listProblems(path, properties) : [];
}

function listProblems(path: string, { products, products_count: count }: Readonly<Record<string, unknown>>): readonly string[] {
  return products === undefined ? [] : productProblems(`${path}.products`, products, count);
}

function objectProblems(path: string, object: Readonly<Record<string, unknown>>, adapter: string): readonly string[] {
  const found = Object.entries(object).flatMap(([name, value]) => {
    const at = `${path}.${name}`;
    const amount = name.endsWith("_minor") ? name.slice(0, -"_minor".length) : null;
    return [
      ...(SNAKE_CASE.test(name) || PREFERENCE.test(name) ? [] : [`${at} is not snake_case`]),
      ...(name.endsWith("_at") && value !== null && !isUtc(value) ? [`${at} is no ISO 8601 time in UTC`] : []),
      ...(amount !== null && (typeof object[amount] !== "number" || !Number.isSafeInteger(value))
        ? [`${at} without ${amount}`]
        : []),
      ...(amount !== null && !/^[A-Z]{3}$/.test(String(object.currency)) ? [`${at} without currency`] : []),
      // What is within a relayed property has its sender's names.
      ...(RELAYS.has(adapter) ? [] : valueProblems(at, value, adapter)),
    ];
  });
  return [...found, ...listProblems(path, object)];
}

function valueProblems(path: string, value: unknown, adapter: string): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => valueProblems(path, item, adapter));
  return typeof value === "object" && value !== null ? objectProblems(path, { ...value }, adapter) : [];
}

function productProblems(path: string, products: unknown, count: unknown): readonly string[] {
  if (!Array.isArray(products)) return [`${path} is no list`];
  return [
    ...(products.length > MOST_PRODUCTS ? [`${path} has more than ${MOST_PRODUCTS}`] : []),
    ...(typeof count === "number" && count >= products.length ? [] : [`${path} without products_count`]),
  ];
}

function isUtc(value: unknown): boolean {
  return typeof value === "string" && UTC.test(value) && !Number.isNaN(Date.parse(value));
}
