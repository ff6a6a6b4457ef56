/**
 * A stand-in for Stripe's API: lists that are newest first, and events that are kept for 30 days.
 * @see https://docs.stripe.com/api/pagination
 */
import { behind, type Lists, type StandIn, standIn, timeOf } from "./api.ts";

const KEPT = 30 * 86_400_000;

/** What the API is. */
export interface StripeWorld {
  readonly lists: Lists;
  /** The keys that it takes, live and test. */
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Records of a page, at most. */
  readonly most?: number;
}

const NAMES: ReadonlyMap<string, string> = new Map([
  ["/v1/customers", "customers"],
  ["/v1/subscriptions", "subscriptions"],
  ["/v1/checkout/sessions", "sessions"],
  ["/v1/charges", "charges"],
  ["/v1/invoices", "invoices"],
  ["/v1/events", "events"],
]);

/** Makes the API. */
export function stripeApi({ lists, key, now, most = 3 }: StripeWorld): StandIn {
  return standIn("api.stripe.com", ({ url, headers }) => {
    if (headers.get("authorization") !== `Bearer ${key}`) return Response.json({ error: {} }, { status: 401 });
    const name = NAMES.get(url.pathname);
    if (name === undefined) return Response.json({ error: {} }, { status: 404 });
    const query = url.searchParams;
    const [from, until] = [timeOf(query.get("created[gte]"), 0), timeOf(query.get("created[lt]"), Number.POSITIVE_INFINITY)];
    const oldest = name === "events" ? now() - KEPT : 0;
    const found = (lists[name] ?? [])
      .filter(({ at }) => at >= Math.max(from, oldest) && at < until)
      .toSorted((one, other) => other.at - one.at || other.id.localeCompare(one.id));
    const part = behind(found, query.get("starting_after"), Math.min(most, Number(query.get("limit"))));
    // `resource_missing`
    if (part === null) return Response.json({ error: { type: "invalid_request_error" } }, { status: 400 });
    return Response.json({ object: "list", data: part.page.map(({ value }) => value), has_more: part.isMore });
  });
}
