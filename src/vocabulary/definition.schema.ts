/**
 * How an event of the tracking plan is defined: name, meaning, properties, example. Schemas are for tests, generators and the command line: the
 * Worker imports their types alone.
 */
import * as z from "zod";
import { ATTRIBUTION } from "./shapes.schema.ts";

/** Properties by name. */
export type Shape = Readonly<Record<string, z.ZodType>>;

/** Values of properties that must be there, and of properties that may be. */
type Values<Required extends Shape, Optional extends Shape> = { readonly [Name in keyof Required]: z.input<Required[Name]> } & {
  readonly [Name in keyof Optional]?: z.input<Optional[Name]>;
};

/** An event of the plan. */
export interface EventDefinition<Required extends Shape = Shape, Optional extends Shape = Shape, Prefix extends string = string> {
  /** When exactly it happens: one sentence. */
  readonly when: string;
  readonly required: Required;
  readonly optional: Optional;
  /** What the names of further properties begin with, which a company chooses itself. */
  readonly prefixes: readonly Prefix[];
  readonly example: Readonly<Record<string, unknown>>;
  /** All properties but those with the prefix; others are refused. */
  readonly schema: z.ZodType;
}

/** Events by name. */
export type Events = Readonly<Record<string, EventDefinition>>;

/** Events about one subject. */
export interface Family<Definitions extends Events = Events> {
  readonly title: string;
  /** What belongs to it: one sentence. */
  readonly about: string;
  readonly events: Definitions;
}

/** Defines an event. Every event may have the properties of attribution too. */
export function event<
  Required extends Shape = Record<never, never>,
  Optional extends Shape = Record<never, never>,
  Prefix extends string = never,
>(definition: {
  readonly when: string;
  readonly required?: Required;
  readonly optional?: Optional;
  readonly prefixes?: readonly Prefix[];
  readonly example: Values<NoInfer<Required>, NoInfer<Optional & typeof ATTRIBUTION>> & {
    readonly [Name in `${NoInfer<Prefix>}${string}`]?: unknown;
  };
}): EventDefinition<NoInfer<Required>, NoInfer<Optional & typeof ATTRIBUTION>, NoInfer<Prefix>>;
export function event(definition: {
  readonly when: string;
  readonly required?: Shape;
  readonly optional?: Shape;
  readonly prefixes?: readonly string[];
  readonly example: Readonly<Record<string, unknown>>;
}): EventDefinition {
  const { when, example, required = {}, prefixes = [] } = definition;
  const optional = { ...definition.optional, ...ATTRIBUTION };
  const schema = z
    .strictObject({ ...required, ...z.object(optional).partial().shape })
    .refine(hasCurrency, "money without a currency");
  return { when, example, required, optional, prefixes, schema };
}

/** Defines a family. */
export function family<Definitions extends Events>(title: string, about: string, events: Definitions): Family<Definitions> {
  return { title, about, events };
}

function hasCurrency(properties: object): boolean {
  return "currency" in properties || !Object.keys(properties).some((name) => name.endsWith("_minor"));
}
