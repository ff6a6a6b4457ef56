import * as z from "zod";
import { type BatchPath, itemsOf, onlyItems } from "./batch.ts";
import { type Draft, type Ignore, ignore } from "./drafts.ts";
import type { Handshake } from "./handshake.ts";
import { describeException, describeIssues } from "./issues.ts";
import type { Lookup, Pull, Recover } from "./remote.ts";
import type { Verifier } from "./verify/verifier.ts";

/**
 * How the bytes of a body become a value: JSON; JSON Lines, as the list of their values; a form (URL-encoded or multipart), or one whose named
 * field is JSON; the claims of a JWT, whose signature the verifier has checked; or plain text.
 */
export type BodyFormat =
  | "json"
  | "json-lines"
  | "form"
  | { readonly form: string }
  | "multipart"
  | { readonly multipart: string }
  | "jwt"
  | "text";

/** How an adapter's bodies are read: all in one way, or each in one of several, whichever it is by its bytes (`formatOf`). */
export type AdapterFormat = BodyFormat | readonly BodyFormat[];

/** A verified request, parsed but not yet checked against the adapter's schema. Header names are lower case. */
export interface WebhookInput {
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
}

/** What the core knows about a webhook beside its content. */
export interface Arrival {
  /** ISO 8601 UTC. */
  readonly receivedAt: string;
  /** SHA-256 of the raw body, hex: with the type, the dedupe id of vendors that sign no id. */
  readonly bodyHash: string;
  /** The signed delivery id, where the scheme has one. */
  readonly nonce?: string;
  /** Where a batch is read item by item: the place of this one, from 0. `"0"` for a webhook that is none. */
  readonly place: string;
}

/** One thing that happened: the unit of dedupe, ledger and dead letters. */
export interface VendorEvent {
  /** Unique within the source and proven by the signature: an id in the signed bytes, the signed nonce, or a hash of the body. */
  readonly id: string;
  /** The vendor's own name of the event; it selects the handler. */
  readonly type: string;
  /** ISO 8601 UTC. */
  readonly occurredAt: string;
  /** True for the vendor's test mode. */
  readonly test: boolean;
  readonly data: unknown;
  /** The signed tenant, where one secret serves several. */
  readonly tenant?: string;
  /** A reason of the adapter to leave this event out, whatever its type. */
  readonly ignore?: string;
}

/** What a mapper may know beside the data. It has no clock, no environment and no network. */
export interface MapContext<Options> {
  readonly event: Omit<VendorEvent, "data">;
  readonly options: Options;
}

/** What a mapper returns. */
export type MapResult = Draft | readonly Draft[] | Ignore;

/** The end of mapping one vendor event. `failed` makes a dead letter; its issue names fields, never values. */
export type Mapped =
  | { readonly kind: "drafts"; readonly drafts: readonly Draft[] }
  | Ignore
  | { readonly kind: "failed"; readonly reason: "schema" | "exception"; readonly issue: string };

/** What is done with one type of event. Made by `on`, `ignore` and `off`. */
export type Handler<Options> = MapHandler<Options> | Ignore;

interface MapHandler<Options> {
  readonly kind: "map";
  /** Why the event is not taken unless the source asks for it; absent when it is on by default. */
  readonly offReason?: string;
  /** What the data must satisfy. */
  readonly schema: z.ZodType;
  readonly map: (data: unknown, context: MapContext<Options>) => Mapped;
}

/**
 * Maps an event whose data satisfies `schema`. Data that does not ends as a dead letter, as does a mapper that throws.
 * @example "invoice.paid": on(invoice, (i) => track(payerOf(i), "Invoice Paid", { … }))
 */
export function on<Schema extends z.ZodType, Options = unknown>(
  schema: Schema,
  mapper: (data: z.output<Schema>, context: MapContext<Options>) => MapResult,
): MapHandler<Options> {
  return {
    kind: "map",
    schema,
    map: (data, context) => {
      const parsed = schema.safeParse(data);
      if (!parsed.success) return { kind: "failed", reason: "schema", issue: describeIssues(parsed.error) };
      const result = mapper(parsed.data, context);
      if ("kind" in result) return result.kind === "ignore" ? result : { kind: "drafts", drafts: [result] };
      return result.length === 0 ? ignore("nothing to say") : { kind: "drafts", drafts: result };
    },
  };
}

/** An event that is taken only by sources that list it in `events_on`; the reason is what an operator reads. */
export function off<Options>(reason: string, handler: MapHandler<Options>): MapHandler<Options> {
  return { ...handler, offReason: reason };
}

/** What the vendor does around the request itself: shown in the catalogue, used by nothing else. */
export interface Habits {
  /** Seconds that the vendor waits for an answer; `null` where it does not say. */
  readonly timeoutSeconds: number | null;
  /** How long and how often it tries again. */
  readonly retries: string;
  /** What makes the vendor stop sending to us. */
  readonly givesUp: string;
  /** Where in the vendor's pages the URL and the secret are, and which events to choose: one step each. */
  readonly setup: readonly string[];
}

/** The schema of a webhook: `body`, and the headers and query fields that the adapter reads. No others are kept. */
export type WebhookSchema = z.ZodObject<{ body: z.ZodType; headers?: z.ZodObject; query?: z.ZodObject }>;

/** What a person writes in `adapters/<id>.ts`. */
export interface AdapterDefinition<Schema extends WebhookSchema, OptionsSchema extends z.ZodObject> {
  /** The file's name. Never renamed. */
  readonly id: string;
  /** The vendor's name as it writes it. */
  readonly name: string;
  /** The vendor's page about its webhooks. */
  readonly docs: string;
  readonly secret: {
    /** Matches one whole secret, and nothing with white space. */
    readonly format: RegExp;
    /** Which of the vendor's secrets this is, for the operator. */
    readonly hint: string;
    /** A secret for demo and tests that carries the marker `tributary_demo`, as text or once decoded. */
    readonly demo: string;
  };
  /** How a request is proven; by options where the operator chooses the scheme. */
  readonly verify: Verifier | ((options: z.output<OptionsSchema>) => Verifier);
  /** What the vendor asks before or between webhooks; by options where the answer depends on them. */
  readonly handshakes?: readonly Handshake[] | ((options: z.output<OptionsSchema>) => readonly Handshake[]);
  /** `false` where GET and HEAD must not be answered with 200. */
  readonly answersGet?: false;
  /** JSON unless said otherwise. */
  readonly format?: AdapterFormat;
  /** Largest body in bytes: 1 MiB unless said otherwise, 5 MiB at most; 64 KiB where it is parsed before it is proven. */
  readonly bodyLimit?: number;
  readonly webhook: Schema;
  /**
   * Where a body holds a list of events; by options where they say it, `null` where a source has none. `webhook` and `events` are then asked
   * about each item alone, in a body that holds no other: an item that does not fit becomes a dead letter, and the others go on.
   */
  readonly batch?: BatchPath | ((options: z.output<OptionsSchema>) => BatchPath | null);
  /** Options of the adapter, beside those that every source has; strict, snake_case. Left out where there are none. */
  readonly options: OptionsSchema;
  /** Options of the demo and of tests, where a source cannot do without some; a required tenant is `"demo"` by itself. */
  readonly demoOptions?: z.input<OptionsSchema>;
  /** The option that holds the tenant, compared with the signed `tenant` of each event. */
  readonly tenant?: { readonly option: string; readonly required: boolean };
  /** Paths into a person's `record` that hold the company's own user id, unless the source says otherwise. */
  readonly userIdFrom?: readonly string[];
  /** `known` where the vendor sees strangers: they do not become people. `create` unless said otherwise. */
  readonly people?: "create" | "known";
  /** The events in a webhook. */
  readonly events: (webhook: z.output<Schema>, arrival: Arrival, options: z.output<OptionsSchema>) => readonly VendorEvent[];
  readonly handlers: Readonly<Record<string, Handler<z.output<OptionsSchema>>>>;
  /** For vendors without a fixed list of types. */
  readonly otherwise?: Handler<z.output<OptionsSchema>>;
  readonly habits: Habits;
  readonly lookup?: Lookup;
  readonly pull?: Pull;
  readonly recover?: Recover;
}

/**
 * A part of a webhook that is read for itself: an item of a batch, or the whole. The issue says why it cannot be read; it names fields, never
 * values.
 */
export type WebhookPart = {
  /** The body with this part alone, parsed. */
  readonly body: unknown;
  readonly place: string;
} & ({ readonly ok: true; readonly events: readonly VendorEvent[] } | { readonly ok: false; readonly issue: string });

/** An adapter with the options of one source. */
export interface ConfiguredAdapter {
  readonly verifier: Verifier;
  /** Largest body, bytes: the adapter's, or less where it is parsed before it is proven. */
  readonly bodyLimit: number;
  readonly handshakes: readonly Handshake[];
  /** The value of the tenant option; `null` where none is set. */
  readonly tenant: string | null;
  /** Parses a verified request into its vendor events: part by part where it is a batch, else as the one part that it is. Never throws. */
  read(input: WebhookInput, arrival: Omit<Arrival, "place">): readonly WebhookPart[];
  /** A parsed body with the items at these places alone. */
  narrow(body: unknown, places: ReadonlySet<string>): unknown;
  /** Turns one vendor event into drafts. Never throws. */
  map(event: VendorEvent): Mapped;
}

/** How one type of event is treated before any option of a source is looked at. */
export type Interest =
  | { readonly kind: "taken" }
  | { readonly kind: "off"; readonly reason: string }
  | { readonly kind: "ignored"; readonly reason: string };

/** An adapter as the core sees it. */
export interface Adapter {
  readonly id: string;
  readonly name: string;
  readonly docs: string;
  readonly secret: { readonly format: RegExp; readonly hint: string; readonly demo: string };
  readonly answersGet: boolean;
  readonly format: AdapterFormat;
  readonly bodyLimit: number;
  /** Names, lower case, of the headers and query fields that the schema reads: kept with the webhook, no others. */
  readonly reads: { readonly headers: readonly string[]; readonly query: readonly string[] };
  readonly options: z.ZodObject;
  /** Options with which a source of the demo and of tests works. */
  readonly demoOptions: Readonly<Record<string, unknown>>;
  readonly tenant: { readonly option: string; readonly required: boolean } | null;
  readonly userIdFrom: readonly string[];
  readonly people: "create" | "known";
  /** The types that have a handler, in the order of the file. */
  readonly types: readonly string[];
  readonly habits: Habits;
  readonly lookup: Lookup | null;
  readonly pull: Pull | null;
  readonly recover: Recover | null;
  /** What is done with a type of event by default. */
  interest(type: string): Interest;
  /** What the data of a type must satisfy; `null` where nothing is made of it. Handlers that read the same data share it. */
  schemaOf(type: string): z.ZodType | null;
  /** The adapter with a source's options, or what is wrong with them. */
  configure(
    options: unknown,
  ): { readonly ok: true; readonly adapter: ConfiguredAdapter } | { readonly ok: false; readonly issue: string };
}

/**
 * Adapters by their ids, as modules that are not loaded yet: what they consist of costs start-up time, and most Workers need a few of them.
 */
export type Registry = ReadonlyMap<string, () => Promise<{ readonly default: Adapter }>>;

/** The adapters of these ids, as far as there are any. */
export async function adaptersOf(registry: Registry, ids: Iterable<string>): Promise<ReadonlyMap<string, Adapter>> {
  const wanted = new Set(ids);
  const found = [...registry].filter(([id]) => wanted.has(id));
  return new Map(await Promise.all(found.map(async ([id, load]): Promise<[string, Adapter]> => [id, (await load()).default])));
}

/** Longest id and longest type of a vendor event, characters. */
const LONGEST_NAME = 512;

const UNMAPPED = "no handler for this type";

/** Body limit where an adapter names none, bytes. */
export const DEFAULT_BODY_LIMIT = 1024 * 1024;

/** The largest body limit that an adapter may name, bytes. */
export const LARGEST_BODY_LIMIT = 5 * 1024 * 1024;

/** Body limit where something in the body is read before the body is proven, bytes. */
export const UNPROVEN_BODY_LIMIT = 64 * 1024;

const noOptions = z.strictObject({});

type WithoutOptions<Schema extends WebhookSchema> = Omit<AdapterDefinition<Schema, typeof noOptions>, "options"> & {
  readonly options?: never;
};

/**
 * Checks a definition and closes it over its own types, so that the core needs none of them.
 * @throws TypeError when the definition contradicts itself: a defect of the adapter's file, seen at start-up and by its tests
 */
export function defineAdapter<Schema extends WebhookSchema, OptionsSchema extends z.ZodObject>(
  definition: AdapterDefinition<Schema, OptionsSchema>,
): Adapter;
export function defineAdapter<Schema extends WebhookSchema>(definition: WithoutOptions<Schema>): Adapter;
export function defineAdapter<Schema extends WebhookSchema, OptionsSchema extends z.ZodObject>(
  definition: AdapterDefinition<Schema, OptionsSchema> | WithoutOptions<Schema>,
): Adapter {
  return hasOptions(definition) ? close(definition) : close({ ...definition, options: noOptions });
}

function hasOptions<Schema extends WebhookSchema, OptionsSchema extends z.ZodObject>(
  definition: AdapterDefinition<Schema, OptionsSchema> | WithoutOptions<Schema>,
): definition is AdapterDefinition<Schema, OptionsSchema> {
  return definition.options !== undefined;
}

function close<Schema extends WebhookSchema, OptionsSchema extends z.ZodObject>(
  definition: AdapterDefinition<Schema, OptionsSchema>,
): Adapter {
  const { id, secret } = definition;
  // A Map, so that an event type called "constructor" or "__proto__" finds nothing.
  const handlers = new Map(Object.entries(definition.handlers));
  const handlerOf = (type: string) => handlers.get(type) ?? definition.otherwise;
  const bodyLimit = definition.bodyLimit ?? DEFAULT_BODY_LIMIT;
  const problems = [
    /^[a-z][a-z0-9-]{0,31}$/.test(id) ? null : "the id must match ^[a-z][a-z0-9-]{0,31}$",
    bodyLimit <= LARGEST_BODY_LIMIT ? null : `bodyLimit is larger than ${LARGEST_BODY_LIMIT} bytes`,
    secret.format.test(secret.demo) ? null : "the demo secret does not match secret.format",
    secret.format.test(`${secret.demo} ${secret.demo}`) ? "secret.format accepts white space: anchor it with ^ and $" : null,
  ].filter((problem) => problem !== null);
  if (problems.length > 0) throw new TypeError(`adapters/${id}.ts: ${problems.join("; ")}`);

  return {
    id,
    name: definition.name,
    docs: definition.docs,
    secret,
    answersGet: definition.answersGet ?? true,
    format: definition.format ?? "json",
    bodyLimit,
    reads: { headers: keysOf(definition.webhook.shape.headers), query: keysOf(definition.webhook.shape.query) },
    options: definition.options,
    demoOptions: { ...(definition.tenant?.required ? { [definition.tenant.option]: "demo" } : {}), ...definition.demoOptions },
    tenant: definition.tenant ?? null,
    userIdFrom: definition.userIdFrom ?? [],
    people: definition.people ?? "create",
    types: [...handlers.keys()],
    habits: definition.habits,
    lookup: definition.lookup ?? null,
    pull: definition.pull ?? null,
    recover: definition.recover ?? null,
    interest: (type) => interestIn(handlerOf(type)),
    schemaOf: (type) => schemaIn(handlerOf(type)),
    configure: (given) => {
      const options = definition.options.safeParse(given);
      if (!options.success) return { ok: false, issue: describeIssues(options.error) };
      const { verify, handshakes = [] } = definition;
      const batch = (typeof definition.batch === "function" ? definition.batch(options.data) : definition.batch) ?? null;
      const verifier = typeof verify === "function" ? verify(options.data) : verify;
      if (verifier.demoSecret !== undefined && verifier.demoSecret !== secret.demo) {
        throw new TypeError(`adapters/${id}.ts: secret.demo is not the demo secret of its verifier`);
      }
      return {
        ok: true,
        adapter: {
          verifier,
          bodyLimit: verifier.parsesUnproven ? Math.min(bodyLimit, UNPROVEN_BODY_LIMIT) : bodyLimit,
          handshakes: typeof handshakes === "function" ? handshakes(options.data) : handshakes,
          tenant: tenantOf(definition.tenant?.option, options.data),
          read: (input, arrival) => read(definition, options.data, batch, input, arrival),
          narrow: (body, places) => (batch === null ? body : onlyItems(body, batch, places)),
          map: (event) => map(handlerOf(event.type), event, options.data),
        },
      };
    },
  };
}

function keysOf(schema: z.ZodObject | undefined): readonly string[] {
  return schema ? Object.keys(schema.shape) : [];
}

function interestIn<Options>(handler: Handler<Options> | undefined): Interest {
  if (!handler) return { kind: "ignored", reason: UNMAPPED };
  if (handler.kind === "ignore") return { kind: "ignored", reason: handler.reason };
  return handler.offReason === undefined ? { kind: "taken" } : { kind: "off", reason: handler.offReason };
}

function schemaIn<Options>(handler: Handler<Options> | undefined): z.ZodType | null {
  return handler?.kind === "map" ? handler.schema : null;
}

function tenantOf(option: string | undefined, options: object): string | null {
  const value = option === undefined ? undefined : Object.entries(options).find(([name]) => name === option)?.[1];
  return typeof value === "string" || typeof value === "number" ? String(value) : null;
}

function read<Schema extends WebhookSchema, OptionsSchema extends z.ZodObject>(
  definition: AdapterDefinition<Schema, OptionsSchema>,
  options: z.output<OptionsSchema>,
  path: BatchPath | null,
  input: WebhookInput,
  arrival: Omit<Arrival, "place">,
): readonly WebhookPart[] {
  const whole = { body: input.body, place: "0" };
  const batch = path === null ? { ok: true as const, items: [whole] } : itemsOf(input.body, path);
  if (!batch.ok) return [{ ...whole, ok: false, issue: batch.issue }];
  return batch.items.map((item) => ({
    ...item,
    ...readPart(definition, options, { ...input, body: item.body }, { ...arrival, place: item.place }),
  }));
}

function readPart<Schema extends WebhookSchema, OptionsSchema extends z.ZodObject>(
  definition: AdapterDefinition<Schema, OptionsSchema>,
  options: z.output<OptionsSchema>,
  input: WebhookInput,
  arrival: Arrival,
): { readonly ok: true; readonly events: readonly VendorEvent[] } | { readonly ok: false; readonly issue: string } {
  try {
    const webhook = definition.webhook.safeParse(input);
    if (!webhook.success) return { ok: false, issue: describeIssues(webhook.error) };
    const events = definition.events(webhook.data, arrival, options);
    return events.every(isNamed)
      ? { ok: true, events }
      : { ok: false, issue: `an event has no id, or an id or type of more than ${LONGEST_NAME} characters` };
  } catch (error) {
    return { ok: false, issue: describeException(error) };
  }
}

function isNamed({ id, type }: VendorEvent): boolean {
  return id !== "" && id.length <= LONGEST_NAME && type.length <= LONGEST_NAME;
}

function map<Options>(handler: Handler<Options> | undefined, event: VendorEvent, options: Options): Mapped {
  if (event.ignore !== undefined) return ignore(event.ignore);
  if (!handler) return ignore(UNMAPPED);
  if (handler.kind === "ignore") return handler;
  const { data, ...known } = event;
  try {
    return handler.map(data, { event: known, options });
  } catch (error) {
    return { kind: "failed", reason: "exception", issue: describeException(error) };
  }
}
