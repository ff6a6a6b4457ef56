/**
 * Properties and traits as their sender wrote them: names in any case and script, lists and objects.
 */
import { CORE_TRAITS, type Properties, type Value } from "./drafts.ts";
import { nameAsSent, propertyNameOf, relayedValue, valueAsSent } from "./relay.ts";

/** Maximum number of properties of a call. */
const MOST_PROPERTIES = 200;

type Fields = Readonly<Record<string, unknown>> | null | undefined;

/** Traits that get Customer.io's name; an address and a phone number are facts of the person. */
const NAMED: ReadonlySet<string> = new Set(CORE_TRAITS.filter((name) => name !== "email" && name !== "phone"));

/** Properties as they were sent. What is null is left out. */
export function sentProperties(object: Fields): Properties {
  return passed(object, (given, value) => {
    const name = nameAsSent(given);
    return name === null ? null : [name, valueAsSent(value)];
  });
}

/** Traits as they were sent, but for those that Customer.io has a name for: `firstName` becomes first_name. What is null is gone from the person. */
export function sentTraits(object: Fields): Properties {
  return passed(object, (given, value) => {
    const known = propertyNameOf(given);
    const isNamed = known !== null && NAMED.has(known);
    const name = isNamed ? known : nameAsSent(given);
    if (name === null) return null;
    return [name, value === null ? null : isNamed ? relayedValue(name, value) : valueAsSent(value)];
  });
}

/** How many products an event has: the list itself may be cut. */
export function countOfProducts(properties: Fields): Properties {
  const products = properties?.products;
  if (!Array.isArray(products)) return {};
  const count = products.filter((product) => valueAsSent(product) !== undefined).length;
  return count === 0 && products.length > 0 ? {} : { products_count: count };
}

function passed(object: Fields, read: (given: string, value: unknown) => readonly [string, Value] | null): Properties {
  const entries = Object.entries(object ?? {}).slice(0, MOST_PROPERTIES);
  return Object.fromEntries(
    entries.flatMap(([given, value]) => {
      const [name, kept] = read(given, value) ?? [];
      return name === undefined || kept === undefined ? [] : [[name, kept] as const];
    }),
  );
}
