/**
 * The six calls of the Pipelines API and the batch, as we send them: strict, so that a key which the API does not know is found here.
 * @see https://docs.customer.io/integrations/api/cdp/
 */
import * as z from "zod";
import { ATTRIBUTE_NAME_BYTES, ATTRIBUTES, byteLength, DEPTH, EVENT_NAME_BYTES, ID_BYTES } from "./limits.ts";

/** A JSON value. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Whether a value is JSON as it is, with at most so many levels of arrays and objects: nothing that serialising would drop or change. */
function isJson(value: unknown, levels: number): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || levels === 0) return false;
  if (Array.isArray(value)) return value.every((element) => isJson(element, levels - 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && Object.values(value).every((part) => isJson(part, levels - 1));
}

const json = z.custom<Json>((value) => isJson(value, DEPTH), "not JSON, or nested too deeply");

/** Non-empty, well-formed text of at most so many UTF-8 bytes. */
function shortText(bytes: number) {
  return z
    .string()
    .min(1)
    .refine((text) => text.isWellFormed(), "not well-formed")
    .refine((text) => byteLength(text) <= bytes, `longer than ${bytes} bytes`);
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

const properties = z.record(z.string(), json);
const attributeName = shortText(ATTRIBUTE_NAME_BYTES);
const attributes = z.record(attributeName, json).refine(fewAttributes, `more than ${ATTRIBUTES} attributes`);

/** Which destinations get a call, by the name they have in Customer.io. Absent means all of them. */
export const integrations = z.record(z.string().min(1), z.boolean());

/** What surrounds a call: every documented field, and those that only the official SDKs type (from `library` on). */
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

/** What every call has. The API would fill in `messageId` and `timestamp`; we always send them, so a retry is the same call. */
const envelope = {
  messageId: shortText(ID_BYTES),
  timestamp: time,
  sentAt: time.optional(),
  originalTimestamp: time.optional(),
  context: context.optional(),
  integrations: integrations.optional(),
};

const someone = { userId: id.optional(), anonymousId: id.optional() };

function namesSomeone(call: { readonly userId?: string | undefined; readonly anonymousId?: string | undefined }): boolean {
  return call.userId !== undefined || call.anonymousId !== undefined;
}

const NOBODY = "neither userId nor anonymousId";

/** States traits of a person. */
export const identifyCall = z
  .strictObject({ type: z.literal("identify"), ...envelope, ...someone, traits: attributes.optional() })
  .refine(namesSomeone, NOBODY);

/** States that something happened. */
export const trackCall = z
  .strictObject({
    type: z.literal("track"),
    ...envelope,
    ...someone,
    event: shortText(EVENT_NAME_BYTES),
    properties: properties.optional(),
  })
  .refine(namesSomeone, NOBODY);

/** States a page view. */
export const pageCall = z
  .strictObject({ type: z.literal("page"), ...envelope, ...someone, name: text, properties: properties.optional() })
  .refine(namesSomeone, NOBODY);

/** States a view of an app's screen. */
export const screenCall = z
  .strictObject({ type: z.literal("screen"), ...envelope, ...someone, name: text, properties: properties.optional() })
  .refine(namesSomeone, NOBODY);

/** An object's attributes; its type and the attributes of the relationship stand among them. */
const objectTraits = attributes
  .refine(
    ({ objectTypeId }) => objectTypeId === undefined || OBJECT_TYPE.safeParse(objectTypeId).success,
    "objectTypeId is no number as text",
  )
  .refine(
    ({ relationshipAttributes }) => relationshipAttributes === undefined || attributes.safeParse(relationshipAttributes).success,
    "relationshipAttributes are no attributes",
  );

/** States an object and, with an id of a person, their relationship. */
export const groupCall = z.strictObject({
  type: z.literal("group"),
  ...envelope,
  ...someone,
  groupId: id,
  traits: objectTraits.optional(),
});

/** Merges two people, for ever. No adapter emits it. */
export const aliasCall = z.strictObject({ type: z.literal("alias"), ...envelope, userId: id, previousId: id });

/** One call. */
export const call = z.discriminatedUnion("type", [identifyCall, trackCall, pageCall, screenCall, groupCall, aliasCall]);

/** The body of `POST /v1/batch`. */
export const batch = z.strictObject({
  batch: z.array(call).min(1),
  context: context.optional(),
  integrations: integrations.optional(),
});

export type IdentifyCall = z.infer<typeof identifyCall>;
export type TrackCall = z.infer<typeof trackCall>;
export type PageCall = z.infer<typeof pageCall>;
export type ScreenCall = z.infer<typeof screenCall>;
export type GroupCall = z.infer<typeof groupCall>;
export type AliasCall = z.infer<typeof aliasCall>;

/** One finished pipeline event. */
export type Call = z.infer<typeof call>;

/** What surrounds a call. */
export type Context = z.infer<typeof context>;

/** The body of `POST /v1/batch`. */
export type Batch = z.infer<typeof batch>;
