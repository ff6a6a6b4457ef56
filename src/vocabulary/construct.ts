/**
 * Typed constructors of events, thin: a name and a function. Their types come from the schemas, which the Worker does not load.
 */
import type * as z from "zod";
import { type CustomField, type Properties, type SumSoFar, type TrackDraft, track, type Value } from "../contract/drafts.ts";
import type { Maybe, PersonFacts } from "../contract/facts.ts";
import type { EventDefinition, Family } from "./definition.schema.ts";

/** The properties of an event as mappers write them: one that may be missing may be null, undefined or empty too. */
export type PropertiesOf<Definition> =
  Definition extends EventDefinition<infer Required, infer Optional, infer Prefix>
    ? { readonly [Name in keyof Required]: z.input<Required[Name]> } & {
        readonly [Name in keyof Optional]?: Maybe<Loose<z.input<Optional[Name]>>>;
      } & { readonly [Name in `${Prefix}${string}`]?: Value }
    : never;

/** The same for what is in lists and objects. */
type Loose<T> = T extends readonly (infer Item)[]
  ? readonly Loose<Item>[]
  : T extends object
    ? { readonly [Name in keyof T]: Maybe<Loose<T[Name]>> }
    : T;

/** Refuses properties that the event does not have, also where they come by `...`. */
type NoOthers<Given, Known> = { readonly [Name in Exclude<keyof Given, keyof Known>]: never };

/** What belongs to a draft beside its properties. */
export interface More {
  /** The company's own fields: see `customFields`. */
  readonly custom?: readonly CustomField[];
  /** The sum of which the event's `total` is a part: see `SumSoFar`. */
  readonly sum?: SumSoFar;
}

/** States an event about a person. */
export type Constructor<Known> = <Given extends Known>(
  who: PersonFacts,
  properties: Given & NoOthers<Given, Known>,
  more?: More,
) => TrackDraft;

/** States an event whose properties are given as they are: the type of what an adapter passes around. A `Constructor` is one. */
export type Maker<Known> = (who: PersonFacts, properties: Known, more?: More) => TrackDraft;

/** The constructor of an event of a family. */
export function event<Of extends Family, Name extends keyof Of["events"] & string>(
  name: Name,
): Constructor<PropertiesOf<Of["events"][Name]>>;
export function event(name: string): (who: PersonFacts, properties: Properties, more?: More) => TrackDraft {
  return (who, properties, more) => ({ ...track(who, name, present(properties)), ...more });
}

/**
 * Constructors of an adapter's own events, by name.
 * @example const own = ownEvents<typeof OWN_EVENTS>(); own("Quote Accepted")(who, { quote_id })
 */
export function ownEvents<Of extends Family>() {
  return <Name extends keyof Of["events"] & string>(name: Name): Constructor<PropertiesOf<Of["events"][Name]>> =>
    event<Of, Name>(name);
}

/** Properties without those that are absent: null, undefined, empty texts and lists, also in objects and lists within. */
export function present(properties: Properties): Properties {
  const kept: [string, Value][] = [];
  for (const name of Object.keys(properties)) {
    const value = presentValue(properties[name]);
    if (value !== undefined) kept.push([name, value]);
  }
  return Object.fromEntries(kept);
}

function presentValue(value: Value): Value {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "string") return value.trim() === "" ? undefined : value;
  if (typeof value !== "object") return value;
  if (isList(value)) {
    const items = value.map(presentValue).filter((item) => item !== undefined);
    return items.length === 0 ? undefined : items;
  }
  const inner = present(value);
  return Object.keys(inner).length === 0 ? undefined : inner;
}

function isList(value: object): value is readonly Value[] {
  return Array.isArray(value);
}
