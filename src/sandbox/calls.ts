/**
 * Reads and checks requests to the Pipelines API. Only documented requirements are checked; unknown keys pass. Independent of
 * `src/pipelines`, so that the two cannot share a mistake.
 *
 * Choices where the documentation is silent: a KB is 1,024 bytes, and anything larger gets 413; an item of a batch is measured as compact
 * JSON; strict mode refuses the whole batch for one invalid item; an empty batch is refused; an item's own `context` and `integrations`
 * replace those of its batch.
 * @see https://docs.customer.io/integrations/api/cdp/
 */
import * as z from "zod";
import type { Region } from "../config/model.ts";

/** Largest single call, and largest item of a batch, bytes. */
export const CALL_LIMIT = 32 * 1024;

/** Largest batch, bytes. */
export const BATCH_LIMIT = 500 * 1024;

/** An answer lists at most so many problems and counts the rest. */
const NAMED_PROBLEMS = 10;

const CALL_TYPES = ["identify", "track", "page", "screen", "group", "alias"] as const;
type CallType = (typeof CALL_TYPES)[number];

const METHODS = [...CALL_TYPES, "batch"] as const;

/** The last part of a path of the API. */
export type Method = (typeof METHODS)[number];

/** The paths of the API, without `/v1/`. */
export const method = z.enum(METHODS);

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a JSON value is an object, and not an array or `null`. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object at a name; an empty one if there is none. */
export function objectAt(value: JsonObject, name: string): JsonObject {
  const inner = value[name];
  return isObject(inner) ? inner : {};
}

/** A text that is not empty; `null` for any other value. */
export function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** A call that the API accepted, with its `type` filled in. */
export type PipelinesEvent = JsonObject & { readonly type: CallType };

/** A call that the sandbox recorded. */
export interface RecordedCall {
  readonly seq: number;
  readonly region: Region;
  /** The path on the real host, such as `/v1/batch`. */
  readonly path: string;
  readonly key: string;
  /** ISO 8601 UTC. */
  readonly receivedAt: string;
  readonly event: PipelinesEvent;
}

/** When a call happened, milliseconds since 1970: its own timestamp, else the time of its arrival. */
export function timeOf(call: RecordedCall): number {
  const { timestamp } = call.event;
  const stated = typeof timestamp === "string" ? Date.parse(timestamp) : typeof timestamp === "number" ? timestamp : Number.NaN;
  return Math.abs(stated) <= 8.64e15 ? stated : Date.parse(call.receivedAt);
}

/** Why the API refuses a request. */
export interface Problem {
  readonly status: 400 | 413;
  /** Names fields, never their values. */
  readonly message: string;
}

/** The calls and problems of a request. In strict mode one problem refuses the whole request; otherwise the valid calls are accepted. */
export interface RequestContent {
  readonly events: readonly PipelinesEvent[];
  readonly problems: readonly Problem[];
}

const object = z.custom<JsonObject>(isObject, "must be an object");
const nonEmpty = z.string().min(1, "must not be empty");
/** A bare number is read as milliseconds. */
const time = z.union([z.iso.datetime({ offset: true, local: true }), z.number()], "must be an ISO 8601 time or milliseconds");
const integrations = z.custom<JsonObject>(
  (value) => isObject(value) && Object.values(value).every((setting) => typeof setting === "boolean" || isObject(setting)),
  "must be an object of booleans",
);

/** `null` is allowed only where the API's own examples have it. */
const shared = { context: object.nullish(), integrations: integrations.nullish(), sentAt: time.optional() };
const envelope = {
  ...shared,
  userId: z.string().optional(),
  anonymousId: z.string().optional(),
  messageId: z.string().optional(),
  timestamp: time.optional(),
  originalTimestamp: time.optional(),
};

function hasPerson(call: { readonly userId?: string | undefined; readonly anonymousId?: string | undefined }): boolean {
  return Boolean(call.userId || call.anonymousId);
}

const NO_PERSON = "needs userId or anonymousId";
const seen = z.object({ ...envelope, name: z.string().optional(), properties: object.optional() }).refine(hasPerson, NO_PERSON);

const SCHEMAS: Readonly<Record<CallType, z.ZodType>> = {
  identify: z
    .object({ ...envelope, traits: object.optional() })
    .refine((call) => hasPerson(call) || textOf(call.traits?.email) !== null, `${NO_PERSON}, or traits.email`),
  track: z
    .object({ ...envelope, event: nonEmpty, groupId: z.string().optional(), properties: object.optional() })
    .refine((call) => hasPerson(call) || Boolean(call.groupId), `${NO_PERSON}, or groupId`),
  page: seen,
  screen: seen,
  group: z.object({ ...envelope, groupId: nonEmpty, traits: object.optional() }),
  alias: z.object({ ...envelope, userId: nonEmpty, previousId: nonEmpty }),
};

const typed = z.object({ type: z.enum(CALL_TYPES) });
const batch = z.object({ ...shared, batch: z.array(z.unknown()).min(1, "must not be empty") });

/** Reads the body of a request. Never throws. */
export function readEvents(path: Method, body: string): RequestContent {
  const value = parseJson(body);
  if (!isObject(value)) return refused("the body must be a JSON object");
  if (path !== "batch") return readEvent({ ...value, type: path }, { place: "", limit: Number.POSITIVE_INFINITY, common: {} });

  const whole = batch.safeParse(value);
  if (!whole.success) return refused(describe(whole.error, ""));
  const common = Object.fromEntries(Object.entries(whole.data).filter(([name]) => name === "context" || name === "integrations"));
  const items = whole.data.batch.map((item, index) =>
    isObject(item)
      ? readEvent(item, { place: `batch[${index}]: `, limit: CALL_LIMIT, common })
      : refused(`batch[${index}]: must be an object`),
  );
  return { events: items.flatMap((item) => item.events), problems: items.flatMap((item) => item.problems) };
}

/** The first problems, and how many more there are. */
export function describeProblems(problems: readonly Problem[]): readonly string[] {
  const more = problems.length - NAMED_PROBLEMS;
  return [...problems.slice(0, NAMED_PROBLEMS).map((problem) => problem.message), ...(more > 0 ? [`and ${more} more`] : [])];
}

interface ItemRules {
  /** Put before each problem. */
  readonly place: string;
  /** Bytes. */
  readonly limit: number;
  /** `context` and `integrations` of the batch. */
  readonly common: JsonObject;
}

function readEvent(item: JsonObject, { place, limit, common }: ItemRules): RequestContent {
  const type = typed.safeParse(item);
  if (!type.success) return refused(describe(type.error, place));
  const size = sizeOf(item);
  if (size === null) return refused(`${place}nested too deeply`);
  if (size > limit) return { events: [], problems: [{ status: 413, message: `${place}${size} bytes, at most ${limit}` }] };
  const checked = SCHEMAS[type.data.type].safeParse(item);
  if (!checked.success) return refused(describe(checked.error, place));
  return { events: [{ ...common, ...item, type: type.data.type }], problems: [] };
}

/** The value of a JSON text; `undefined` if it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Bytes of a value as compact JSON; `null` if it is too deep to serialise. */
function sizeOf(value: unknown): number | null {
  try {
    return new TextEncoder().encode(JSON.stringify(value)).byteLength;
  } catch {
    return null;
  }
}

function refused(message: string): RequestContent {
  return { events: [], problems: [{ status: 400, message }] };
}

function describe(error: z.ZodError, place: string): string {
  return place + error.issues.map((issue) => [issue.path.join("."), issue.message].filter(Boolean).join(": ")).join("; ");
}
