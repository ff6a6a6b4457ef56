/**
 * What every call of every adapter keeps to.
 */
import * as z from "zod";
import { type Call, call as callSchema } from "../../src/pipelines/calls.ts";

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

const TITLE_CASE = /^[A-Z][A-Za-z0-9]*( ([A-Z0-9][A-Za-z0-9]*|to|from|of|in|on|by|for|with|and|or))* [A-Z0-9][A-Za-z0-9]*$/;
const SNAKE_CASE = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;
const PREFERENCE = /^cio_subscription_preferences\.channels\.(email|sms|push|in_app|whatsapp)$/;
const UTC = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?Z$/;

const MOST_PRODUCTS = 20;

/** What is wrong with a call: nothing, or one line each. */
export function problemsOf(call: Call): readonly string[] {
  const parsed = callSchema.safeParse(call);
  return [
    ...(parsed.success ? [] : [z.prettifyError(parsed.error)]),
    ...(isUtc(call.timestamp) ? [] : [`timestamp ${call.timestamp}`]),
    ...namingProblems(call),
    ...(call.type === "identify" && call.context?.active !== false ? ["an identify marks the person as seen"] : []),
  ].map((problem) => `${call.type}: ${problem}`);
}

function namingProblems(call: Call): readonly string[] {
  switch (call.type) {
    case "identify":
      return objectProblems("traits", call.traits ?? {});
    case "track": {
      const { event, properties = {} } = call;
      const missing = ["provider", "source", "source_event"].filter((name) => typeof properties[name] !== "string");
      return [
        ...(TITLE_CASE.test(event) ? [] : [`event "${event}" is not Title Case, object first`]),
        ...(ACTIONS.has(event.trim().toLowerCase()) ? [`event "${event}" is an action of Customer.io`] : []),
        ...missing.map((name) => `${name} is missing`),
        ...Object.keys(properties).flatMap((name) => (OVERRIDES.has(name) ? [`property ${name}`] : [])),
        ...objectProblems("properties", properties),
      ];
    }
    case "page":
    case "screen":
      return objectProblems("properties", call.properties ?? {});
    case "group": {
      const { objectTypeId: _, relationshipAttributes, ...traits } = call.traits ?? {};
      return objectProblems("traits", { ...traits, relationship_attributes: relationshipAttributes });
    }
    case "alias":
      return ["no adapter emits alias"];
  }
}

function objectProblems(path: string, object: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(object).flatMap(([name, value]) => {
    const at = `${path}.${name}`;
    const amount = name.endsWith("_minor") ? name.slice(0, -"_minor".length) : null;
    return [
      ...(SNAKE_CASE.test(name) || PREFERENCE.test(name) ? [] : [`${at} is not snake_case`]),
      ...(name.endsWith("_at") && value !== null && !isUtc(value) ? [`${at} is no ISO 8601 time in UTC`] : []),
      ...(amount !== null && (typeof object[amount] !== "number" || !Number.isSafeInteger(value))
        ? [`${at} without ${amount}`]
        : []),
      ...(amount !== null && !/^[A-Z]{3}$/.test(String(object.currency)) ? [`${at} without currency`] : []),
      ...(name === "products" ? productProblems(at, value, object.products_count) : []),
      ...valueProblems(at, value),
    ];
  });
}

function valueProblems(path: string, value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => valueProblems(path, item));
  return typeof value === "object" && value !== null ? objectProblems(path, { ...value }) : [];
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
