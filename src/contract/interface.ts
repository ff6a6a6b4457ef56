/**
 * An adapter as the rest of the Worker uses it. The types of the vendor's data are closed in.
 */
import type * as z from "zod";
import type { Habits } from "./definition.ts";
import type { AdapterFormat } from "./formats.ts";
import type { Interest, Mapped } from "./handlers.ts";
import type { Handshake } from "./handshake.ts";
import type { Lookup, Pull } from "./remote.ts";
import type { Arrival, VendorEvent, WebhookInput } from "./vendor-event.ts";
import type { Verifier } from "./verify/verifier.ts";

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
  /** Largest body, bytes: the adapter's, or less where it is parsed before verification. */
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

/** An adapter as the core sees it. */
export interface Adapter {
  readonly id: string;
  readonly name: string;
  readonly docs: string;
  readonly secret: { readonly format: RegExp; readonly hint: string; readonly demo: string };
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
  /** What is done with a type of event by default. */
  interest(type: string): Interest;
  /** What the data of a type must satisfy; `null` where nothing is made of it. Handlers that read the same data share it. */
  schemaOf(type: string): z.ZodType | null;
  /** The adapter with a source's options, or what is wrong with them. */
  configure(
    options: unknown,
  ): { readonly ok: true; readonly adapter: ConfiguredAdapter } | { readonly ok: false; readonly issue: string };
}
