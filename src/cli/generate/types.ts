/**
 * Types of properties and options, in the words of the documentation.
 */
import * as z from "zod";
import { code } from "./markdown.ts";

const shape = z.looseObject({
  type: z.string().optional(),
  format: z.string().optional(),
  description: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
});

const nested = shape.extend({ items: shape.optional(), anyOf: z.array(shape).optional() });

/** What a property, trait or option is and means. */
export interface Described {
  readonly type: string;
  readonly meaning: string;
}

/** Describes a value by its schema; a type that has no name in the documentation is empty. */
export function describe(schema: unknown): Described {
  if (!(schema instanceof z.ZodType)) return { type: "", meaning: "" };
  const json = nested.safeParse(z.toJSONSchema(schema, { unrepresentable: "any", io: "input" })).data ?? {};
  return { type: typeOf(json), meaning: schema.description ?? json.description ?? "" };
}

function typeOf(json: z.output<typeof nested> | z.output<typeof shape>): string {
  if (json.enum) return json.enum.map((word) => code(String(word))).join(" · ");
  if (json.const !== undefined) return code(String(json.const));
  if (json.format === "date-time") return "time";
  if ("anyOf" in json && Array.isArray(json.anyOf)) {
    const options = z.array(shape).parse(json.anyOf);
    return [...new Set(options.map(typeOf))].filter((name) => name !== "").join(" or ");
  }
  if (json.type === "array") {
    const of = typeOf(shape.parse(json.items ?? {}));
    return of === "object" ? "list of objects" : of === "" ? "list" : `list of ${of}`;
  }
  return (
    { string: "text", number: "number", integer: "whole number", boolean: "true or false", object: "object" }[json.type ?? ""] ??
    ""
  );
}
