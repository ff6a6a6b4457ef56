/**
 * Generates the tracking plan as JSON Schema.
 */
import * as z from "zod";
import type { EventDefinition, Family } from "../../vocabulary/definition.schema.ts";
import { FAMILIES } from "../../vocabulary/plan.schema.ts";
import { TRAITS } from "../../vocabulary/traits.schema.ts";
import { planned, type Vendor } from "../vendors.ts";

const objectSchema = z.looseObject({
  properties: z.record(z.string(), z.looseObject({})).default({}),
  required: z.array(z.string()).default([]),
});

/** What the core adds to every event. */
const CORE = {
  provider: { type: "string", description: "id of the adapter" },
  source: { type: "string", description: "name of the source" },
  source_event: { type: "string", description: "the vendor's name of the event" },
  truncated: { type: "boolean", description: "whether something was left out because of its size" },
};

/** `docs/tracking-plan.json`: a schema for track calls, and in `$defs` one for the properties of each event, by its name. */
export function renderTrackingPlanJson(vendors: readonly Vendor[]): string {
  const families: readonly Family[] = Object.values(FAMILIES);
  const own = planned(vendors).flatMap(({ plan, adapter }) => (plan.own ? [{ ...plan.own, title: adapter.name }] : []));
  const shared = new Map<string, unknown>(Object.entries(CORE));
  const events = [...families, ...own].flatMap(({ title, events: all }) =>
    Object.entries(all).map(([name, definition]) => [name, schemaOf(title, definition, shared)] as const),
  );
  const plan = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "The tracking plan of Tributary",
    description:
      "A track call. The properties of each event are in $defs, by its name, and so are properties that events share; the traits in $defs.traits.",
    type: "object",
    required: ["type", "event", "properties"],
    properties: { type: { const: "track" } },
    oneOf: events.map(([name]) => ({
      properties: { event: { const: name }, properties: { $ref: `#/$defs/${encodeURIComponent(name)}` } },
    })),
    $defs: { ...Object.fromEntries(events), traits: traitSchema(), ...Object.fromEntries(shared) },
  };
  return `${JSON.stringify(plan, null, 1)}\n`;
}

/** Properties as references to those of the same name and meaning, which are added to `shared`. */
function referred(
  properties: Readonly<Record<string, unknown>>,
  shared: Map<string, unknown>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => {
      const known = shared.get(name);
      if (known === undefined) shared.set(name, schema);
      const isSame = known === undefined || JSON.stringify(known) === JSON.stringify(schema);
      return [name, isSame ? { $ref: `#/$defs/${name}` } : schema];
    }),
  );
}

/** The properties of an event. Money needs its currency. */
function schemaOf(family: string, { when, schema, prefixes, example }: EventDefinition, shared: Map<string, unknown>): unknown {
  const { properties, required } = objectSchema.parse(z.toJSONSchema(schema));
  const money = Object.keys(properties).filter((name) => name.endsWith("_minor"));
  return {
    description: when,
    $comment: family,
    type: "object",
    properties: referred({ ...mapped(properties), ...CORE }, shared),
    patternProperties: Object.fromEntries(["custom_", ...prefixes].map((prefix) => [`^${prefix}`, {}])),
    additionalProperties: false,
    ...(required.length === 0 ? {} : { required }),
    ...(money.length === 0 ? {} : { dependentRequired: Object.fromEntries(money.map((name) => [name, ["currency"]])) }),
    examples: [example],
  };
}

function traitSchema(): unknown {
  const traits = Object.assign({}, ...TRAITS.map((group) => group.traits));
  const { properties } = objectSchema.parse(z.toJSONSchema(z.object(traits).partial()));
  return { description: "How a person stands, as traits of identify calls.", type: "object", properties: mapped(properties) };
}

/** Without the limits of numbers that zod writes down for JavaScript's sake, and without patterns that a format says already. */
function mapped(properties: z.output<typeof objectSchema>["properties"]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, { minimum, maximum, pattern, ...rest }]) => [
      name,
      {
        ...rest,
        ...(typeof minimum === "number" && minimum > Number.MIN_SAFE_INTEGER ? { minimum } : {}),
        ...(typeof maximum === "number" && maximum < Number.MAX_SAFE_INTEGER ? { maximum } : {}),
        ...(pattern !== undefined && rest.format === undefined ? { pattern } : {}),
      },
    ]),
  );
}
