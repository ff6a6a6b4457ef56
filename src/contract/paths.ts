/**
 * The paths that a schema reads, and which of them a value has. Only names of the schema are looked at, never values.
 */
import * as z from "zod";

/** Levels below the value, and paths of one schema, that are watched. */
const DEEPEST = 6;
const MOST_PATHS = 150;

/** What a field that checks by itself reads: its schema does not show it. */
const inner = new WeakMap<z.core.$ZodType, z.core.$ZodType>();

/** Says that a schema reads what another one reads. @returns the first one */
export function reading<Schema extends z.ZodType>(schema: Schema, what: z.ZodType): Schema {
  inner.set(schema, what);
  return schema;
}

/** A field of an object, and what is read of its value. */
interface Field {
  readonly name: string;
  readonly index: number;
  readonly below: Level;
}

/** What is read of a value: of an object its fields, of a list its first item. */
interface Level {
  readonly fields: Map<string, Field>;
  items: Level | null;
}

/** The watched paths of a schema. */
export interface Paths {
  /** In a fixed order: `customer.address.city`, `lines[].price`. */
  readonly names: readonly string[];
  /** Changes with the paths. */
  readonly signature: string;
  /** Looks which of them a value has. @param tell called once for each path whose parent is there */
  look(value: unknown, tell: (index: number, isThere: boolean) => void): void;
}

const known = new WeakMap<z.core.$ZodType, Paths>();

/** The paths that a schema reads. Those of one schema are found once. */
export function pathsOf(schema: z.core.$ZodType): Paths {
  const found = known.get(schema) ?? findPaths(schema);
  known.set(schema, found);
  return found;
}

function findPaths(schema: z.core.$ZodType): Paths {
  const names: string[] = [];
  const whole: Level = { fields: new Map(), items: null };

  const descend = (one: z.core.$ZodType, level: Level, place: string, depth: number): void => {
    if (depth > DEEPEST) return;
    if (one instanceof z.ZodObject) {
      for (const [name, field] of Object.entries<z.core.$ZodType>(one.shape)) {
        const path = place === "" ? name : `${place}.${name}`;
        if (!level.fields.has(name)) {
          if (names.length >= MOST_PATHS) return;
          level.fields.set(name, { name, index: names.length, below: { fields: new Map(), items: null } });
          names.push(path);
        }
        const below = level.fields.get(name)?.below;
        if (below !== undefined) descend(field, below, path, depth + 1);
      }
      return;
    }
    if (one instanceof z.ZodArray) {
      level.items ??= { fields: new Map(), items: null };
      descend(one.def.element, level.items, `${place}[]`, depth + 1);
      return;
    }
    for (const part of partsOf(one)) descend(part, level, place, depth);
  };
  descend(schema, whole, "", 0);
  return { names, signature: signatureOf(names), look: (value, tell) => look(value, whole, tell) };
}

/** What a schema wraps, or chooses among. */
function partsOf(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  const told = inner.get(schema);
  if (told !== undefined) return [told];
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodCatch
  )
    return [schema.def.innerType];
  if (schema instanceof z.ZodPipe) return [schema.def.in instanceof z.ZodTransform ? schema.def.out : schema.def.in];
  if (schema instanceof z.ZodUnion) return schema.def.options;
  if (schema instanceof z.ZodIntersection) return [schema.def.left, schema.def.right];
  return [];
}

function look(value: unknown, { fields, items }: Level, tell: (index: number, isThere: boolean) => void): void {
  if (Array.isArray(value)) {
    if (items !== null && value.length > 0) look(value[0], items, tell);
    return;
  }
  if (!isObject(value)) return;
  for (const { name, index, below } of fields.values()) {
    const field = Object.hasOwn(value, name) ? value[name] : undefined;
    tell(index, field !== undefined);
    if (below.fields.size > 0 || below.items !== null) look(field, below, tell);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** A short text that differs where the paths do (FNV-1a). */
function signatureOf(names: readonly string[]): string {
  let hash = 0x811c9dc5;
  for (const character of names.join("\n")) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0).toString(36);
}
