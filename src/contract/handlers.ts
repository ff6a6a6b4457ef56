/**
 * Handlers check the data of a vendor event and map it to drafts.
 */
import type * as z from "zod";
import { type Draft, type Ignore, ignore, type Value } from "./drafts.ts";
import { describeException, describeIssues } from "./issues.ts";
import { readAs } from "./read-as.ts";
import type { VendorEvent } from "./vendor-event.ts";

/** What a mapper receives besides the data. It has no clock, environment or network. */
export interface MapContext<Options> {
  readonly event: Omit<VendorEvent, "data">;
  readonly options: Options;
  /** What a look-up told of an id that the event names; undefined where nothing was looked up. See `Lookup`. */
  readonly found: Value;
}

/** What a mapper returns. */
export type MapResult = Draft | readonly Draft[] | Ignore;

/** The outcome of mapping one vendor event. `failed` makes a dead letter; its issue names fields, never values. */
export type Mapped =
  | { readonly kind: "drafts"; readonly drafts: readonly Draft[] }
  | Ignore
  | { readonly kind: "failed"; readonly reason: "schema" | "exception"; readonly issue: string };

/** How one event type is handled. Made by `on`, `ignore` and `off`. */
export type Handler<Options> = MapHandler<Options> | Ignore;

/** A handler that maps. */
export interface MapHandler<Options> {
  readonly kind: "map";
  /** Why the event is off unless the source turns it on; absent if it is on by default. */
  readonly offReason?: string;
  /** The schema of the data. */
  readonly schema: z.ZodType;
  readonly map: (data: unknown, context: MapContext<Options>) => Mapped;
}

/**
 * Maps an event whose data matches `schema`. Other data becomes a dead letter, and so does an event whose mapper throws.
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
      const parsed = readAs(schema, data);
      if (!parsed.success) return { kind: "failed", reason: "schema", issue: describeIssues(parsed.error) };
      const result = mapper(parsed.data, context);
      if ("kind" in result) return result.kind === "ignore" ? result : { kind: "drafts", drafts: [result] };
      return result.length === 0 ? ignore("no event for this data") : { kind: "drafts", drafts: result };
    },
  };
}

/** An event that is off unless a source lists it in `events_on`; operators read the reason. */
export function off<Options>(reason: string, handler: MapHandler<Options>): MapHandler<Options> {
  return { ...handler, offReason: reason };
}

/** The default treatment of an event type, before a source's options. */
export type Interest =
  | { readonly kind: "taken" }
  | { readonly kind: "off"; readonly reason: string }
  | { readonly kind: "ignored"; readonly reason: string };

const UNMAPPED = "no handler for this type";

/** The default treatment of a handler's type. */
export function interestIn<Options>(handler: Handler<Options> | undefined): Interest {
  if (!handler) return { kind: "ignored", reason: UNMAPPED };
  if (handler.kind === "ignore") return { kind: "ignored", reason: handler.reason };
  return handler.offReason === undefined ? { kind: "taken" } : { kind: "off", reason: handler.offReason };
}

/** The schema of a handler; `null` if it maps nothing. */
export function schemaIn<Options>(handler: Handler<Options> | undefined): z.ZodType | null {
  return handler?.kind === "map" ? handler.schema : null;
}

/** Maps one event. Never throws: an exception in a mapper becomes `failed`. */
export function mapEvent<Options>(
  handler: Handler<Options> | undefined,
  event: VendorEvent,
  options: Options,
  found?: Value,
): Mapped {
  if (event.ignore !== undefined) return ignore(event.ignore);
  if (!handler) return ignore(UNMAPPED);
  if (handler.kind === "ignore") return handler;
  const { data, ...known } = event;
  try {
    return handler.map(data, { event: known, options, found });
  } catch (error) {
    return { kind: "failed", reason: "exception", issue: describeException(error) };
  }
}
