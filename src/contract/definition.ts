/**
 * The parts of an adapter that its author writes. What only the catalogue shows is in `catalogue-entry.ts`.
 */
import type * as z from "zod";
import type { BatchPath } from "./batch.ts";
import type { State } from "./drafts.ts";
import type { AdapterFormat } from "./formats.ts";
import type { GivesUp } from "./gives-up.ts";
import type { Handler } from "./handlers.ts";
import type { Handshake } from "./handshake.ts";
import type { Lookup, Pull } from "./remote.ts";
import type { Arrival, VendorEvent } from "./vendor-event.ts";
import type { Verifier } from "./verify/verifier.ts";

/** The schema of a webhook: `body`, and the headers and query fields that the adapter reads. Others are not stored. */
export type WebhookSchema = z.ZodObject<{ body: z.ZodType; headers?: z.ZodObject; query?: z.ZodObject }>;

/** The argument of `defineAdapter`, in `adapters/<id>.ts`. */
export interface AdapterDefinition<Schema extends WebhookSchema, OptionsSchema extends z.ZodObject> {
  /** The file's name. Must never change. */
  readonly id: string;
  /** The vendor's name, in its own spelling. */
  readonly name: string;
  readonly secret: {
    /** Matches one complete secret; must not match white space. */
    readonly format: RegExp;
    /** Which of the vendor's secrets this is, for the operator. */
    readonly hint: string;
    /** A secret for the demo and tests that contains the marker `tributary_demo`, as text or once decoded. */
    readonly demo: string;
  };
  /** How requests are verified; a function of the options if the operator chooses the scheme. */
  readonly verify: Verifier | ((options: z.output<OptionsSchema>) => Verifier);
  /** Handshakes before or between webhooks; a function of the options if the answer depends on them. */
  readonly handshakes?: readonly Handshake[] | ((options: z.output<OptionsSchema>) => readonly Handshake[]);
  /** Default: JSON. */
  readonly format?: AdapterFormat;
  /** Body limit, bytes. Default 1 MiB, maximum 5 MiB; 64 KiB if the body is parsed before verification. */
  readonly bodyLimit?: number;
  readonly webhook: Schema;
  /**
   * Path of the list if a body holds several events; may depend on the options, `null` for sources without one. `webhook` and `events` then
   * receive one item at a time, in a body with no other: an invalid item becomes a dead letter, the others are processed.
   */
  readonly batch?: BatchPath | ((options: z.output<OptionsSchema>) => BatchPath | null);
  /** Options of the adapter in addition to those of every source; strict, snake_case. Omit if there are none. */
  readonly options: OptionsSchema;
  /** Options for the demo and tests, if a source requires some. A required tenant defaults to `"demo"`. */
  readonly demoOptions?: z.input<OptionsSchema>;
  /** The option that holds the tenant, compared with the signed `tenant` of each event. */
  readonly tenant?: { readonly option: string; readonly required: boolean };
  /** Default of `user_id_from`: paths in a person's `record` that hold the company's own user id. */
  readonly userIdFrom?: readonly string[];
  /** Whether the vendor keeps the users of the company's own product: such sources own the profile by default. */
  readonly isUserDirectory?: true;
  /** Default `create`. `known` if the vendor's events are mostly about strangers: unknown people are then not created. */
  readonly people?: "create" | "known";
  /** Of what it states how it stands (drafts of the kind `state`): of a person's subscriptions, orders, e-mail address. */
  readonly states?: readonly State["of"][];
  /** The events in a webhook. */
  readonly events: (webhook: z.output<Schema>, arrival: Arrival, options: z.output<OptionsSchema>) => readonly VendorEvent[];
  /** Fields that the vendor expects in the JSON that answers an accepted webhook, beside ours. */
  readonly acknowledge?: (body: z.output<Schema>["body"]) => Readonly<Record<string, string>>;
  readonly handlers: Readonly<Record<string, Handler<z.output<OptionsSchema>>>>;
  /** Handler of all other types, for vendors without a fixed list. */
  readonly otherwise?: Handler<z.output<OptionsSchema>>;
  /** When the vendor stops sending to a URL that fails; left out where it never does, or does not say. */
  readonly givesUp?: GivesUp;
  readonly lookup?: Lookup;
  readonly pull?: Pull;
}
