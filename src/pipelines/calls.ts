/**
 * The schemas of the six calls of the Pipelines API and of the batch. They are strict: a key that the API does not know is an error.
 * @see https://docs.customer.io/integrations/api/cdp/
 */
import * as z from "zod";
import { ATTRIBUTE_NAME_BYTES, ATTRIBUTES, byteLength, DEPTH, EVENT_NAME_BYTES, ID_BYTES } from "./limits.ts";

/** A JSON value. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Whether a value is JSON that serialising would not change, with at most `levels` levels of arrays and objects. */
function isJson(value: unknown, levels: number): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || levels === 0) return false;
  if (Array.isArray(value)) return value.every((element) => isJson(element, levels - 1));
  return isObject(value) && Object.values(value).every((part) => isJson(part, levels - 1));
}

const NOT_JSON = "not JSON, or nested too deeply";

const json = z.custom<Json>((value) => isJson(value, DEPTH), NOT_JSON);

/** Non-empty, well-formed text of at most so many UTF-8 bytes. */
function shortText(bytes: number) {
  return z
    .string()
    .min(1)
    .refine((text) => text.isWellFormed(), "not well-formed")
    .refine((text) => text.length * 3 <= bytes || byteLength(text) <= bytes, `longer than ${bytes} bytes`);
}

function fewAttributes(attributes: object): boolean {
  return Object.keys(attributes).length <= ATTRIBUTES;
}

const id = shortText(ID_BYTES);
const time = z.iso.datetime({ offset: true });
const text = z.string().optional();
const flag = z.boolean().optional();
const number = z.number().optional();

/** Types of objects are numbered from 1 in the workspace. */
const OBJECT_TYPE = z.string().regex(/^[1-9]\d{0,8}$/);

/** As `z.record(z.string(), json)`, but without a copy: most of a call is properties. */
const properties = z.unknown().transform((value, context): { [key: string]: Json } => {
  if (!isObject(value)) {
    context.addIssue({ code: "invalid_type", expected: "record", input: value });
    return z.NEVER;
  }
  for (const [name, part] of Object.entries(value))
    if (!isJson(part, DEPTH)) context.addIssue({ code: "custom", message: NOT_JSON, path: [name], input: part });
  return value;
});

/** Whether it is an object of JSON as far as its own kind says; its values are looked at one by one. */
function isObject(value: unknown): value is { [key: string]: Json } {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
const attributeName = shortText(ATTRIBUTE_NAME_BYTES);
const attributes = z.record(attributeName, json).refine(fewAttributes, `more than ${ATTRIBUTES} attributes`);

/** Which destinations get a call, by their name in Customer.io. Default: all. */
export const integrations = z.record(z.string().min(1), z.boolean());

/** The context of a call: every documented field, and from `library` on the fields that only the official SDKs have. */
export const context = z.strictObject({
  active: flag,
  ip: text,
  locale: text,
  userAgent: text,
  channel: z.enum(["browser", "server", "mobile"]).optional(),
  campaign: z.object({ name: text, source: text, medium: text, term: text, content: text }).catchall(z.string()).optional(),
  page: z
    .strictObject({
      name: text,
      path: text,
      referrer: text,
      search: text,
      title: text,
      url: text,
      hash: text,
      keywords: z.array(z.string()).optional(),
    })
    .optional(),
  app: z.strictObject({ name: text, version: text, build: text, namespace: text }).optional(),
  device: z
    .strictObject({
      id: text,
      token: text,
      advertisingId: text,
      manufacturer: text,
      model: text,
      name: text,
      type: z.enum(["ios", "android"]).optional(),
      version: text,
    })
    .optional(),
  network: z.strictObject({ bluetooth: flag, carrier: text, cellular: flag, wifi: flag }).optional(),
  os: z.strictObject({ name: text, version: text }).optional(),
  library: z.strictObject({ name: z.string(), version: z.string() }).optional(),
  location: z
    .strictObject({ city: text, country: text, region: text, latitude: number, longitude: number, speed: number })
    .optional(),
  timezone: text,
  traits: properties.optional(),
  groupId: id.optional(),
  referrer: z.strictObject({ type: text, name: text, url: text, link: text }).optional(),
  screen: z.strictObject({ density: number, width: number, height: number }).optional(),
  userAgentData: properties.optional(),
});

/** Fields of every call. The API would fill in `messageId` and `timestamp`. We always send them, so that a retry is the same call. */
const envelope = {
  messageId: shortText(ID_BYTES),
  timestamp: time,
  sentAt: time.optional(),
  originalTimestamp: time.optional(),
  context: context.optional(),
  integrations: integrations.optional(),
};

const person = { userId: id.optional(), anonymousId: id.optional() };

function hasPerson(call: { readonly userId?: string | undefined; readonly anonymousId?: string | undefined }): boolean {
  return call.userId !== undefined || call.anonymousId !== undefined;
}

const NO_PERSON = "neither userId nor anonymousId";

/** Sets traits of a person. */
export const identifyCall = z
  .strictObject({ type: z.literal("identify"), ...envelope, ...person, traits: attributes.optional() })
  .refine(hasPerson, NO_PERSON);

/** Records an event. */
export const trackCall = z
  .strictObject({
    type: z.literal("track"),
    ...envelope,
    ...person,
    event: shortText(EVENT_NAME_BYTES),
    properties: properties.optional(),
  })
  .refine(hasPerson, NO_PERSON);

/** Records a page view. */
export const pageCall = z
  .strictObject({ type: z.literal("page"), ...envelope, ...person, name: text, properties: properties.optional() })
  .refine(hasPerson, NO_PERSON);

/** Records a view of an app's screen. */
export const screenCall = z
  .strictObject({ type: z.literal("screen"), ...envelope, ...person, name: text, properties: properties.optional() })
  .refine(hasPerson, NO_PERSON);

/** An object's attributes. They include its type and the attributes of the relationship. */
const objectTraits = attributes
  .refine(
    ({ objectTypeId }) => objectTypeId === undefined || OBJECT_TYPE.safeParse(objectTypeId).success,
    "objectTypeId must be a number as text",
  )
  .refine(
    ({ relationshipAttributes }) => relationshipAttributes === undefined || attributes.safeParse(relationshipAttributes).success,
    "relationshipAttributes must be attributes",
  );

/** Sets attributes of an object and, if there is an id of a person, their relationship. */
export const groupCall = z.strictObject({
  type: z.literal("group"),
  ...envelope,
  ...person,
  groupId: id,
  traits: objectTraits.optional(),
});

/** Merges two people permanently. No adapter sends it. */
export const aliasCall = z.strictObject({ type: z.literal("alias"), ...envelope, userId: id, previousId: id });

/** One call. */
export const call = z.discriminatedUnion("type", [identifyCall, trackCall, pageCall, screenCall, groupCall, aliasCall]);

/** The body of `POST /v1/batch`. */
export const batch = z.strictObject({
  batch: z.array(call).min(1),
  context: context.optional(),
  integrations: integrations.optional(),
});

/** An identify call. */
export type IdentifyCall = z.infer<typeof identifyCall>;
/** A track call. */
export type TrackCall = z.infer<typeof trackCall>;
/** A page call. */
export type PageCall = z.infer<typeof pageCall>;
/** A screen call. */
export type ScreenCall = z.infer<typeof screenCall>;
/** A group call. */
export type GroupCall = z.infer<typeof groupCall>;
/** An alias call. */
export type AliasCall = z.infer<typeof aliasCall>;

/** Any call. */
export type Call = z.infer<typeof call>;

/** The context of a call. */
export type Context = z.infer<typeof context>;

/** The body of `POST /v1/batch`. */
export type Batch = z.infer<typeof batch>;

/** The identifiers of people in a call; an address in an identify is one. */
export function namesIn(call: Call): readonly string[] {
  const email = call.type === "identify" ? call.traits?.email : undefined;
  return [
    ...(typeof email === "string" ? [email] : []),
    ...("userId" in call && call.userId !== undefined ? [call.userId] : []),
    ...("anonymousId" in call && call.anonymousId !== undefined ? [call.anonymousId] : []),
    ...("previousId" in call ? [call.previousId] : []),
  ];
}
