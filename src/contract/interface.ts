/**
 * An adapter as the rest of the Worker uses it, without the types of the vendor's data.
 */
import type * as z from "zod";
import type { State, Value } from "./drafts.ts";
import type { AdapterFormat } from "./formats.ts";
import type { GivesUp } from "./gives-up.ts";
import type { Interest, Mapped } from "./handlers.ts";
import type { Handshake } from "./handshake.ts";
import type { Lookup, Pull } from "./remote.ts";
import type { Arrival, VendorEvent, WebhookInput } from "./vendor-event.ts";
import type { Verifier } from "./verify/verifier.ts";

/**
 * A part of a webhook that is read separately: an item of a batch, or the whole. The issue says why it cannot be read; it names fields, never
 * values.
 */
export type WebhookPart = {
  /** The parsed body with only this part. */
  readonly body: unknown;
  readonly place: string;
} & ({ readonly ok: true; readonly events: readonly VendorEvent[] } | { readonly ok: false; readonly issue: string });

/** An adapter configured with a source's options. */
export interface ConfiguredAdapter {
  readonly verifier: Verifier;
  /** Body limit, bytes: the adapter's, or less if the body is parsed before verification. */
  readonly bodyLimit: number;
  readonly handshakes: readonly Handshake[];
  /** The value of the tenant option; `null` if unset. */
  readonly tenant: string | null;
  /** Reads the vendor events of a verified request: item by item in a batch, otherwise as one part. Never throws. */
  read(input: WebhookInput, arrival: Omit<Arrival, "place">): readonly WebhookPart[];
  /** Fields that the vendor expects in the answer to an accepted webhook. Never throws. */
  acknowledge(body: unknown): Readonly<Record<string, string>>;
  /** A parsed body with only the items at these places. */
  narrow(body: unknown, places: ReadonlySet<string>): unknown;
  /** Maps one vendor event to drafts. Never throws. @param found what a look-up told of an id that the event names */
  map(event: VendorEvent, found?: Value): Mapped;
}

/** An adapter as the core sees it. */
export interface Adapter {
  readonly id: string;
  readonly name: string;
  readonly secret: { readonly format: RegExp; readonly hint: string; readonly demo: string };
  readonly format: AdapterFormat;
  readonly bodyLimit: number;
  /** Names, lower case, of the headers and query fields that the schema reads. Only these are stored with the webhook. */
  readonly reads: { readonly headers: readonly string[]; readonly query: readonly string[] };
  readonly options: z.ZodObject;
  /** Options for sources of the demo and tests. */
  readonly demoOptions: Readonly<Record<string, unknown>>;
  readonly tenant: { readonly option: string; readonly required: boolean } | null;
  readonly userIdFrom: readonly string[];
  /** Whether the vendor keeps the users of the company's own product. */
  readonly isUserDirectory: boolean;
  readonly people: "create" | "known";
  /** Of what it states how it stands. */
  readonly states: readonly State["of"][];
  /** The types that have a handler, in the order of the file. */
  readonly types: readonly string[];
  /** When the vendor stops sending to a URL that fails; `null` where it never does, or does not say. */
  readonly givesUp: GivesUp | null;
  readonly lookup: Lookup | null;
  readonly pull: Pull | null;
  /** The default treatment of an event type. */
  interest(type: string): Interest;
  /** The schema of a type's data; `null` if the type is ignored. Handlers that read the same data share a schema. */
  schemaOf(type: string): z.ZodType | null;
  /** Configures the adapter with a source's options, or says what is wrong with them. */
  configure(
    options: unknown,
  ): { readonly ok: true; readonly adapter: ConfiguredAdapter } | { readonly ok: false; readonly issue: string };
}
