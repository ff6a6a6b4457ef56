/**
 * A property is the same whoever tells it: one type, one closed list in a family, the same kind of value in what vendors' webhooks become.
 */
import { expect, test } from "vitest";
import * as z from "zod";
import { renderMatrix } from "../../src/cli/generate/matrix.ts";
import { withoutMinor } from "../../src/cli/generate/tracking-plan.ts";
import { planned } from "../../src/cli/vendors.ts";
import type { Family } from "../../src/vocabulary/definition.schema.ts";
import { FAMILIES, PLAN } from "../../src/vocabulary/plan.schema.ts";
import { SUBSCRIPTION_TRAITS } from "../../src/vocabulary/subscription-state.ts";
import { TRAITS } from "../../src/vocabulary/traits.schema.ts";
import { VENDORS } from "./all-vendors.ts";

const vendors = planned(VENDORS);

const families: readonly Family[] = [...Object.values(FAMILIES), ...vendors.flatMap(({ plan }) => plan.own ?? [])];

const jsonType = z.looseObject({ type: z.string(), enum: z.array(z.string()).optional() });

/** Every property, each with the event that has it and its JSON Schema. */
const properties = families.flatMap(({ title, events }) =>
  Object.entries(events).flatMap(([event, { required, optional }]) =>
    Object.entries({ ...required, ...optional }).map(([name, schema]) => ({
      family: title,
      place: `${event}.${name}`,
      name,
      ...jsonType.parse(z.toJSONSchema(schema)),
    })),
  ),
);

/** What is said of one thing in more than one way: `status: text (A), number (B)`. */
function disagreements(
  facts: readonly { readonly about: string; readonly says: string; readonly place: string }[],
): readonly string[] {
  const found = new Map<string, Map<string, string>>();
  for (const { about, says, place } of facts) {
    const known = found.get(about) ?? new Map<string, string>();
    if (!known.has(says)) known.set(says, place);
    found.set(about, known);
  }
  return [...found]
    .filter(([, ways]) => ways.size > 1)
    .map(([about, ways]) => `${about}: ${[...ways].map(([says, place]) => `${says} (${place})`).join(", ")}`);
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? `list of ${[...new Set(value.map(kindOf))].join("|")}` : typeof value;
}

test("a property has one type", () => {
  const numbers = new Set(["integer", "number"]);
  expect(
    disagreements(properties.map(({ name, type, place }) => ({ about: name, says: numbers.has(type) ? "number" : type, place }))),
  ).toEqual([]);
});

test("a property has one closed list in a family", () => {
  const lists = properties.flatMap(({ family, name, enum: words, place }) =>
    words ? [{ about: `${family}: ${name}`, says: words.join(" "), place }] : [],
  );
  expect(lists.length).toBeGreaterThan(20);
  expect(disagreements(lists)).toEqual([]);
});

test("vendors tell a property, and a trait of the plan, with values of one kind", () => {
  const shared = new Set(TRAITS.flatMap(({ traits }) => Object.keys(traits)));
  const values = vendors.flatMap(({ told, adapter }) =>
    told.flatMap(({ call, fixture }) => {
      const place = `${adapter.id} ${fixture}`;
      if (call.type === "track")
        return Object.entries(call.properties).map(([about, value]) => ({ about, says: kindOf(value), place }));
      return Object.entries(call.traits)
        .filter(([name, value]) => shared.has(name) && value !== null)
        .map(([name, value]) => ({ about: `trait ${name}`, says: kindOf(value), place }));
    }),
  );
  expect(disagreements(values.filter(({ says }) => says !== "list of "))).toEqual([]);
});

test("no two properties differ in their spelling alone", () => {
  const spelling = (name: string) => name.replace(/_/g, "").replace(/s$/, "");
  const names = withoutMinor([...new Set(properties.map(({ name }) => name))]);
  // One coupon, and all of them; the tag that an event is about, and all of them.
  const pairs = new Set(["coupon", "coupons", "tag", "tags"]);
  expect(
    disagreements(names.filter((name) => !pairs.has(name)).map((name) => ({ about: spelling(name), says: name, place: "" }))),
  ).toEqual([]);
});

test("the matrix shows every vendor that tells a shared event, also those of other families", () => {
  const page = renderMatrix(VENDORS);
  const missing = vendors.flatMap(({ adapter, events, plan }) =>
    plan.relays
      ? []
      : events
          .filter(({ event, fixture }) => PLAN.has(event) && !page.includes(`../test/golden/${adapter.id}/${fixture}.json`))
          .map(({ event }) => `${adapter.id}: ${event}`),
  );
  expect(missing).toEqual([]);
});

test("the traits of a subscription are documented", () => {
  expect(TRAITS.find(({ title }) => title === "Subscription")?.traits).toBeDefined();
  expect(Object.keys(TRAITS.find(({ title }) => title === "Subscription")?.traits ?? {})).toEqual([...SUBSCRIPTION_TRAITS]);
});
