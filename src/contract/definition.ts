/**
 * What an adapter's author writes.
 */
import type * as z from "zod";
import type { BatchPath } from "./batch.ts";
import type { AdapterFormat } from "./formats.ts";
import type { Handler } from "./handlers.ts";
import type { Handshake } from "./handshake.ts";
import type { Lookup, Pull } from "./remote.ts";
import type { Arrival, VendorEvent } from "./vendor-event.ts";
import type { Verifier } from "./verify/verifier.ts";

/** The vendor's delivery behaviour and setup, shown only in the catalogue. */
export interface Habits {
  /** Seconds that the vendor waits for an answer; `null` where it does not say. */
  readonly timeoutSeconds: number | null;
  /** How long and how often it retries. */
  readonly retries: string;
  /** When the vendor disables the endpoint: `never`, or after what. */
  readonly disables: string;
  /** Where in the vendor's pages the URL and the secret are, and which events to choose: one step each. */
  readonly setup: readonly string[];
}

/** The schema of a webhook: `body`, and the headers and query fields that the adapter reads. No others are kept. */
export type WebhookSchema = z.ZodObject<{ body: z.ZodType; headers?: z.ZodObject; query?: z.ZodObject }>;

/** The argument of `defineAdapter`, in `adapters/<id>.ts`. */
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
  /** How a request is verified; by options where the operator chooses the scheme. */
  readonly verify: Verifier | ((options: z.output<OptionsSchema>) => Verifier);
  /** What the vendor asks before or between webhooks; by options where the answer depends on them. */
  readonly handshakes?: readonly Handshake[] | ((options: z.output<OptionsSchema>) => readonly Handshake[]);
  /** JSON unless said otherwise. */
  readonly format?: AdapterFormat;
  /** Largest body in bytes: 1 MiB unless said otherwise, 5 MiB at most; 64 KiB where it is parsed before verification. */
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
}
