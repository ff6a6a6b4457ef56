/**
 * Stand-ins for the APIs of vendors, each with the paging that its documentation describes.
 */
import { behind, type Lists, type StandIn, type StoredRecord, standIn, timeOf } from "./api.ts";
import { stripeApi } from "./stripe.ts";

/** What an API is. */
export interface World {
  readonly lists: Lists;
  readonly now: () => number;
  /** Records of a page, at most. */
  readonly most: number;
}

const LATE = Number.POSITIVE_INFINITY;

const byId = (records: readonly StoredRecord[]) => records.toSorted((one, other) => one.id.localeCompare(other.id));

function within(
  records: readonly StoredRecord[],
  from: number,
  until: number,
  field: "at" | "changedAt" = "at",
): readonly StoredRecord[] {
  const timeIn = (one: StoredRecord): number => (field === "at" ? one.at : (one.changedAt ?? one.at));
  return records
    .filter((one) => timeIn(one) >= from && timeIn(one) < until)
    .toSorted((one, other) => timeIn(one) - timeIn(other));
}

const values = (records: readonly StoredRecord[]) => records.map(({ value }) => value);

const unknown = () => Response.json({}, { status: 404 });

/** A token for the rest of a list: what is asked for stays as it was. */
function cursors() {
  const known = new Map<string, readonly StoredRecord[]>();
  return {
    rest: (token: string): readonly StoredRecord[] | null => known.get(token) ?? null,
    issue: (rest: readonly StoredRecord[]): string => {
      const token = `token${known.size}`;
      known.set(token, rest);
      return token;
    },
  };
}

/** @see https://shopify.dev/docs/api/admin-rest/usage/pagination */
function shopifyApi({ lists, most }: World): StandIn {
  const tokens = cursors();
  return standIn("example.myshopify.com", ({ url, headers }) => {
    if (headers.get("x-shopify-access-token") !== KEYS.SHOPIFY_ACCESS_TOKEN) return Response.json({}, { status: 401 });
    const query = url.searchParams;
    if (url.pathname.endsWith("/customers.json")) {
      const after = Number(query.get("since_id"));
      const found = (lists.customers ?? [])
        .filter(({ id }) => Number(id) > after)
        .toSorted((one, other) => Number(one.id) - Number(other.id));
      // A page that is not full is the last one: the stand-in keeps to the limit that is asked for.
      return Response.json({ customers: values(found.slice(0, Number(query.get("limit")))) });
    }
    if (!url.pathname.endsWith("/orders.json")) return unknown();
    const token = query.get("page_info");
    if (token !== null && query.size > 2) return Response.json({}, { status: 400 });
    const field = query.has("updated_at_min") ? "updated_at" : "created_at";
    const [from, until] = [timeOf(query.get(`${field}_min`), 0), timeOf(query.get(`${field}_max`), LATE)];
    const found =
      token === null ? within(lists.orders ?? [], from, until, field === "updated_at" ? "changedAt" : "at") : tokens.rest(token);
    if (found === null) return Response.json({}, { status: 400 });
    const rest = found.slice(most);
    const link = `<https://example.myshopify.com/x?limit=250&page_info=${rest.length > 0 ? tokens.issue(rest) : ""}>; rel="next"`;
    return Response.json({ orders: values(found.slice(0, most)) }, { headers: rest.length > 0 ? { link } : {} });
  });
}

/** @see https://woocommerce.github.io/woocommerce-rest-api-docs/#pagination */
function woocommerceApi({ lists }: World): StandIn {
  return standIn("shop.example.com", ({ url, headers }) => {
    const key = btoa(`${KEYS.WOOCOMMERCE_KEY}:${KEYS.WOOCOMMERCE_SECRET}`);
    if (headers.get("authorization") !== `Basic ${key}`) return Response.json({}, { status: 401 });
    const name = url.pathname.split("/").at(-1) ?? "";
    if (lists[name] === undefined) return unknown();
    const query = url.searchParams;
    const gmt = (text: string | null, otherwise: number) => timeOf(text === null ? null : `${text}Z`, otherwise);
    const found = within(lists[name] ?? [], gmt(query.get("after"), -1) + 1, gmt(query.get("before"), LATE));
    const [page, most] = [Number(query.get("page")), Number(query.get("per_page"))];
    return Response.json(values(found.slice((page - 1) * most, page * most)));
  });
}

/** @see https://developer.paddle.com/api-reference/about/pagination */
function paddleApi({ lists, most, now }: World): StandIn {
  return standIn("api.paddle.com", ({ url, headers }) => {
    if (headers.get("authorization") !== `Bearer ${KEYS.PADDLE_API_KEY}`) return Response.json({}, { status: 403 });
    const name = url.pathname.slice(1);
    const query = url.searchParams;
    if (query.get("order_by") !== "id[ASC]") return Response.json({}, { status: 400 });
    const oldest = name === "events" ? now() - 90 * 86_400_000 : 0;
    const [from, until] = [timeOf(query.get("created_at[GTE]"), 0), timeOf(query.get("created_at[LT]"), LATE)];
    const part = behind(byId(within(lists[name] ?? [], Math.max(from, oldest), until)), query.get("after"), most);
    if (part === null) return Response.json({}, { status: 400 });
    const next = `https://api.paddle.com/${name}?after=${part.page.at(-1)?.id ?? ""}`;
    return Response.json({ data: values(part.page), meta: { pagination: { per_page: most, next, has_more: part.isMore } } });
  });
}

/** @see https://apidocs.chargebee.com/docs/api/#pagination_and_filtering */
function chargebeeApi({ lists, most }: World): StandIn {
  const tokens = cursors();
  return standIn("example.chargebee.com", ({ url, headers }) => {
    if (headers.get("authorization") !== `Basic ${btoa(`${KEYS.CHARGEBEE_API_KEY}:`)}`) return Response.json({}, { status: 401 });
    const name = url.pathname.split("/").at(-1) ?? "";
    const between = [...url.searchParams].find(([field]) => field.endsWith("[between]"))?.[1] ?? "[0,99999999999]";
    const [first, last]: readonly number[] = JSON.parse(between);
    const token = url.searchParams.get("offset");
    const found = token === null ? within(lists[name] ?? [], (first ?? 0) * 1000, ((last ?? 0) + 1) * 1000) : tokens.rest(token);
    if (found === null) return Response.json({}, { status: 400 });
    const rest = found.slice(most);
    return Response.json({ list: values(found.slice(0, most)), ...(rest.length > 0 ? { next_offset: tokens.issue(rest) } : {}) });
  });
}

interface Search {
  readonly filterGroups: readonly { readonly filters: readonly { readonly propertyName: string; readonly value: string }[] }[];
  readonly after?: string;
}

/** @see https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm */
function hubspotApi({ lists, most }: World): StandIn {
  return standIn("api.hubapi.com", ({ headers, body }) => {
    if (headers.get("authorization") !== `Bearer ${KEYS.HUBSPOT_ACCESS_TOKEN}`) return Response.json({}, { status: 401 });
    const search: Search = JSON.parse(JSON.stringify(body));
    const [from, until] = search.filterGroups[0]?.filters ?? [];
    const field = from?.propertyName === "lastmodifieddate" ? "changedAt" : "at";
    const found = within(lists.contacts ?? [], Number(from?.value), Number(until?.value), field);
    const place = Number(search.after ?? "0");
    const next = found.length > place + most ? { paging: { next: { after: String(place + most) } } } : {};
    return Response.json({ total: found.length, results: values(found.slice(place, place + most)), ...next });
  });
}

interface Query {
  readonly query: { readonly value: readonly { readonly field: string; readonly operator: string; readonly value: number }[] };
  readonly pagination: { readonly starting_after?: string };
}

/** The search matches days. @see https://developers.intercom.com/docs/build-an-integration/learn-more/rest-apis/pagination */
function intercomApi({ lists, most }: World): StandIn {
  const DAY = 86_400_000;
  return standIn("api.intercom.io", ({ url, headers, body }) => {
    if (headers.get("authorization") !== `Bearer ${KEYS.INTERCOM_ACCESS_TOKEN}`) return Response.json({}, { status: 401 });
    const isOfContacts = url.pathname.startsWith("/contacts");
    const search: Query | null = url.pathname.endsWith("/search") ? JSON.parse(JSON.stringify(body)) : null;
    const dayOf = (index: number): number => Math.floor(((search?.query.value[index]?.value ?? 0) * 1000) / DAY) * DAY;
    const listed = (isOfContacts ? lists.contacts : lists.conversations) ?? [];
    const field = search?.query.value[0]?.field === "updated_at" ? "changedAt" : "at";
    const found = search === null ? byId(listed) : within(listed, dayOf(0) + DAY, dayOf(1), field);
    const part = behind(
      found,
      search === null ? url.searchParams.get("starting_after") : (search.pagination.starting_after ?? null),
      most,
    );
    if (part === null) return Response.json({}, { status: 400 });
    const pages = part.isMore ? { pages: { next: { starting_after: part.page.at(-1)?.id } } } : { pages: { next: null } };
    return Response.json({ [isOfContacts ? "data" : "conversations"]: values(part.page), ...pages });
  });
}

/** @see https://docs.github.com/en/rest/repos/webhooks#list-deliveries-for-a-repository-webhook */
function githubApi({ lists, most }: World): StandIn {
  return standIn("api.github.com", ({ url, headers }) => {
    if (headers.get("authorization") !== `Bearer ${KEYS.GITHUB_TOKEN}`) return Response.json({}, { status: 401 });
    const all = (lists.deliveries ?? []).toSorted((one, other) => other.at - one.at);
    const [, name] = /\/deliveries\/(.+)$/.exec(url.pathname) ?? [];
    if (name !== undefined) {
      const one = all.find(({ id }) => id === name);
      return one === undefined ? unknown() : Response.json(one.value);
    }
    const part = behind(all, url.searchParams.get("cursor"), most);
    if (part === null) return Response.json({}, { status: 422 });
    const heads = part.page.map(({ value }) => ({ ...value, request: undefined }));
    const link = `<https://api.github.com/x?cursor=${part.page.at(-1)?.id ?? ""}>; rel="next"`;
    return Response.json(heads, { headers: part.isMore ? { link } : {} });
  });
}

/** What the variables of the environment hold. */
export const KEYS = {
  STRIPE_API_KEY: "rk_live_0123456789abcdef",
  SHOPIFY_SHOP: "example.myshopify.com",
  SHOPIFY_ACCESS_TOKEN: "shpat_0123456789abcdef",
  WOOCOMMERCE_HOST: "shop.example.com",
  WOOCOMMERCE_KEY: "ck_0123456789abcdef",
  WOOCOMMERCE_SECRET: "cs_0123456789abcdef",
  PADDLE_API_KEY: "pdl_live_apikey_0123456789",
  CHARGEBEE_SITE: "example",
  CHARGEBEE_API_KEY: "live_0123456789abcdef",
  HUBSPOT_ACCESS_TOKEN: "pat-eu1-0123456789abcdef",
  HUBSPOT_PORTAL_ID: "1234567",
  INTERCOM_ACCESS_TOKEN: "dG9rOjAxMjM0NTY3ODk=",
  GITHUB_TOKEN: "github_pat_0123456789",
  GITHUB_HOOK: "repos/acme/app/hooks/1",
} as const;

/** The APIs, by the adapter's id. */
export const APIS: ReadonlyMap<string, (world: World) => StandIn> = new Map([
  ["stripe", (world: World) => stripeApi({ ...world, key: KEYS.STRIPE_API_KEY })],
  ["shopify", shopifyApi],
  ["woocommerce", woocommerceApi],
  ["paddle", paddleApi],
  ["chargebee", chargebeeApi],
  ["hubspot", hubspotApi],
  ["intercom", intercomApi],
  ["github", githubApi],
]);
