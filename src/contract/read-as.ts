/**
 * Reads values by schemas in a part of zod's time. A Worker must not generate code, so zod interprets each schema anew for each value. Here a schema
 * is looked at once and becomes functions that do the same to JSON. What they do not take is zod's to judge, which also says what is wrong with it.
 */
import * as z from "zod";
import { $ZodTransform } from "zod/v4/core";

/** Reads a value; `UNREAD` where zod must judge it. */
type Read = (value: unknown) => unknown;

const UNREAD = Symbol("unread");

const known = new WeakMap<z.core.$ZodType, Read>();

/** The same as `schema.safeParse(value)` for a value of JSON. */
export function readAs<Schema extends z.ZodType>(schema: Schema, value: unknown): z.ZodSafeParseResult<z.output<Schema>>;
export function readAs(schema: z.ZodType, value: unknown): z.ZodSafeParseResult<unknown> {
  const data = readerOf(schema)(value);
  return data === UNREAD ? schema.safeParse(value) : { success: true, data };
}

/** The same as `schema.parse(value)` for a value of JSON. @throws ZodError where the schema refuses it */
export function parseAs<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema>;
export function parseAs(schema: z.ZodType, value: unknown): unknown {
  const data = readerOf(schema)(value);
  return data === UNREAD ? schema.parse(value) : data;
}

function readerOf(schema: z.core.$ZodType): Read {
  const found = known.get(schema);
  if (found !== undefined) return found;
  // A schema may contain itself.
  known.set(schema, (value) => readerOf(schema)(value));
  const made = makeReader(schema);
  known.set(schema, made);
  return made;
}

function makeReader(schema: z.core.$ZodType): Read {
  const plain = plainReader(schema);
  return plain === null ? interpreted(schema) : checkedReader(checksOf(schema), plain);
}

/** A check as zod runs it, whatever the type of the value. */
interface Check {
  readonly _zod: {
    readonly def: { readonly when?: ((payload: z.core.ParsePayload) => boolean) | undefined };
    check(payload: z.core.ParsePayload): unknown;
  };
}

/** What is asked of a value beyond its kind. */
function checksOf(schema: z.core.$ZodType): readonly Check[] {
  const more = schema._zod.def.checks ?? [];
  return isCheck(schema) ? [schema, ...more] : more;
}

function isCheck(schema: z.core.$ZodType): schema is z.core.$ZodType & Check {
  return schema._zod.traits.has("$ZodCheck");
}

/** Lets zod check what was read. */
function checkedReader(checks: readonly Check[], read: Read): Read {
  if (checks.length === 0) return read;
  return (value) => {
    const found = read(value);
    if (found === UNREAD) return UNREAD;
    const payload: z.core.ParsePayload = { value: found, issues: [] };
    for (const { _zod: one } of checks) {
      if (one.def.when?.(payload) === false) continue;
      if (one.check(payload) instanceof Promise || payload.issues.length > 0) return UNREAD;
    }
    return payload.value;
  };
}

/** Lets zod read. */
function interpreted(schema: z.core.$ZodType): Read {
  return (value) => {
    const result = schema._zod.run({ value, issues: [] }, { async: false });
    return result instanceof Promise || result.issues.length > 0 ? UNREAD : result.value;
  };
}

/** The reader of a schema's kind, without its checks; `null` for kinds that zod reads. */
function plainReader(schema: z.core.$ZodType): Read | null {
  if (schema instanceof z.ZodUnknown) return (value) => value;
  if (schema instanceof z.ZodString) return schema.def.coerce ? null : ofType("string");
  if (schema instanceof z.ZodNumber) return schema.def.coerce ? null : (value) => (Number.isFinite(value) ? value : UNREAD);
  if (schema instanceof z.ZodBoolean) return schema.def.coerce ? null : ofType("boolean");
  if (schema instanceof z.ZodNull) return (value) => (value === null ? null : UNREAD);
  if (schema instanceof z.ZodLiteral) return oneOf(schema.def.values);
  if (schema instanceof z.ZodEnum) return oneOf(schema.options);
  if (schema instanceof z.ZodObject) return objectReader(schema);
  if (schema instanceof z.ZodArray) return arrayReader(readerOf(schema.def.element));
  if (schema instanceof z.ZodTuple) return tupleReader(schema);
  if (schema instanceof z.ZodRecord) return recordReader(schema);
  if (schema instanceof z.ZodOptional) return optionalReader(schema.def.innerType);
  if (schema instanceof z.ZodExactOptional) return readerOf(schema.def.innerType);
  if (schema instanceof z.ZodNullable) return nullableReader(readerOf(schema.def.innerType));
  if (schema instanceof z.ZodCatch) return catchReader(schema, readerOf(schema.def.innerType));
  if (schema instanceof z.ZodDefault) return defaultReader(schema, readerOf(schema.def.innerType));
  if (schema instanceof z.ZodUnion) return schema instanceof z.ZodXor ? null : unionReader(schema.def.options.map(readerOf));
  if (schema instanceof z.ZodLazy) return (value) => readerOf(schema._zod.innerType)(value);
  if (schema instanceof $ZodTransform) return transformReader(schema);
  if (schema instanceof z.ZodPipe)
    return schema instanceof z.ZodCodec ? null : pipeReader(readerOf(schema.def.in), readerOf(schema.def.out));
  return null;
}

function ofType(type: "string" | "boolean"): Read {
  return (value) => (typeof value === type ? value : UNREAD);
}

function oneOf(values: readonly unknown[]): Read {
  const allowed = new Set(values);
  return (value) => (allowed.has(value) ? value : UNREAD);
}

/** How a field of an object is read. */
interface Field {
  readonly name: string;
  readonly read: Read;
  /** Where it is absent, nothing takes its place. */
  readonly mayLack: boolean;
  /** Where it is absent, what its schema makes of `undefined` takes its place. */
  readonly isFilledIn: boolean;
}

function objectReader(schema: z.ZodObject): Read | null {
  const { catchall } = schema.def;
  const isLoose = catchall instanceof z.ZodUnknown;
  const isStrict = catchall instanceof z.ZodNever;
  if (catchall !== undefined && !isLoose && !isStrict) return null;
  const shape: Readonly<Record<string, z.core.$ZodType>> = schema.shape;
  const fields = Object.entries(shape).map(([name, field]): Field => {
    const { optin, optout } = field._zod;
    const isOptionalOut = optout === "optional";
    return {
      name,
      read: readerOf(field),
      mayLack: optin === "optional" && isOptionalOut,
      isFilledIn: optin !== undefined && !isOptionalOut,
    };
  });
  const names = new Set(Object.keys(shape));
  // A default of an optional field, and a name that JavaScript treats specially: zod knows.
  const isRare = ({ _zod: { optin, optout } }: z.core.$ZodType): boolean => optin === "defaulted" && optout === "optional";
  if (names.has("__proto__") || Object.values(shape).some(isRare)) return null;
  const hasOthers = isLoose || isStrict;
  return (value) => {
    if (!isObject(value)) return UNREAD;
    const object: Record<string, unknown> = {};
    for (const { name, read, mayLack, isFilledIn } of fields) {
      const given = value[name];
      const isAbsent = given === undefined && !(name in value);
      if (isAbsent && mayLack) continue;
      if (isAbsent && !isFilledIn) return UNREAD;
      const part = read(given);
      if (part === UNREAD) return UNREAD;
      if (!isAbsent || part !== undefined) object[name] = part;
    }
    if (!hasOthers) return object;
    for (const name in value) {
      if (names.has(name)) continue;
      if (isStrict) return UNREAD;
      if (name !== "__proto__") object[name] = value[name];
    }
    return object;
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function arrayReader(read: Read): Read {
  return (value) => {
    if (!Array.isArray(value)) return UNREAD;
    const items: unknown[] = [];
    for (const given of value) {
      const item = read(given);
      if (item === UNREAD) return UNREAD;
      items.push(item);
    }
    return items;
  };
}

function tupleReader(schema: z.ZodTuple): Read | null {
  const { items, rest } = schema.def;
  if (rest !== null || items.some((item) => item._zod.optin !== undefined)) return null;
  const reads = items.map(readerOf);
  const readAll = (value: readonly unknown[]): unknown => {
    const parts: unknown[] = [];
    for (const [index, read] of reads.entries()) {
      const part = read(value[index]);
      if (part === UNREAD) return UNREAD;
      parts.push(part);
    }
    return parts;
  };
  return (value) => (Array.isArray(value) && value.length === reads.length ? readAll(value) : UNREAD);
}

function recordReader(schema: z.ZodRecord): Read | null {
  const { keyType, valueType } = schema.def;
  if (!(keyType instanceof z.ZodString) || checksOf(keyType).length > 0) return null;
  const read = readerOf(valueType);
  return (value) => {
    if (!isObject(value) || Object.getPrototypeOf(value) !== Object.prototype) return UNREAD;
    const record: Record<string, unknown> = {};
    for (const name of Object.keys(value)) {
      if (name === "__proto__") continue;
      const part = read(value[name]);
      if (part === UNREAD) return UNREAD;
      record[name] = part;
    }
    return record;
  };
}

function optionalReader(inner: z.core.$ZodType): Read | null {
  if (inner._zod.optin === "defaulted") return null;
  const read = readerOf(inner);
  return (value) => (value === undefined ? undefined : read(value));
}

function nullableReader(read: Read): Read {
  return (value) => (value === null ? null : read(value));
}

function catchReader(schema: z.ZodCatch, read: Read): Read {
  const caught = interpreted(schema);
  return (value) => {
    const found = read(value);
    return found === UNREAD ? caught(value) : found;
  };
}

function defaultReader({ def }: z.ZodDefault, read: Read): Read {
  return (value) => {
    const found = value === undefined ? undefined : read(value);
    return found === undefined ? def.defaultValue : found;
  };
}

function unionReader(options: readonly Read[]): Read {
  return (value) => {
    for (const read of options) {
      const found = read(value);
      if (found !== UNREAD) return found;
    }
    return UNREAD;
  };
}

function pipeReader(first: Read, second: Read): Read {
  return (value) => {
    const found = first(value);
    return found === UNREAD ? UNREAD : second(found);
  };
}

function transformReader({ _zod: { def } }: $ZodTransform): Read {
  let isGood = true;
  const refuse = (): void => {
    isGood = false;
  };
  const context: z.core.ParsePayload & { readonly addIssue: () => void } = { value: undefined, issues: [], addIssue: refuse };
  return (value) => {
    const before = isGood;
    isGood = true;
    context.value = value;
    const made = def.transform(value, context);
    const isMade = isGood && context.issues.length === 0;
    isGood = before;
    if (isMade) return made;
    context.issues.length = 0;
    return UNREAD;
  };
}
