/**
 * What is done with one vendor event: a handler checks its data and maps it to drafts.
 */
import type * as z from "zod";
import { type Draft, type Ignore, ignore } from "./drafts.ts";
import { describeException, describeIssues } from "./issues.ts";
import type { VendorEvent } from "./vendor-event.ts";

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

/** A handler that maps. */
export interface MapHandler<Options> {
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
      return result.length === 0 ? ignore("no event for this data") : { kind: "drafts", drafts: result };
    },
  };
}

/** An event that is taken only by sources that list it in `events_on`; the reason is what an operator reads. */
export function off<Options>(reason: string, handler: MapHandler<Options>): MapHandler<Options> {
  return { ...handler, offReason: reason };
}

/** How one type of event is treated before any option of a source is looked at. */
export type Interest =
  | { readonly kind: "taken" }
  | { readonly kind: "off"; readonly reason: string }
  | { readonly kind: "ignored"; readonly reason: string };

const UNMAPPED = "no handler for this type";

/** What is done with a type by default, before the options of a source. */
export function interestIn<Options>(handler: Handler<Options> | undefined): Interest {
  if (!handler) return { kind: "ignored", reason: UNMAPPED };
  if (handler.kind === "ignore") return { kind: "ignored", reason: handler.reason };
  return handler.offReason === undefined ? { kind: "taken" } : { kind: "off", reason: handler.offReason };
}

/** The schema of a handler; `null` where it maps nothing. */
export function schemaIn<Options>(handler: Handler<Options> | undefined): z.ZodType | null {
  return handler?.kind === "map" ? handler.schema : null;
}

/** Maps one event. Never throws: an exception in a mapper becomes `failed`. */
export function mapEvent<Options>(handler: Handler<Options> | undefined, event: VendorEvent, options: Options): Mapped {
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
