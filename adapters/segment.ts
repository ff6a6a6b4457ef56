/**
 * Segment: its calls, relayed. Names become those of this project: events in Title Case, properties in snake_case.
 *
 * What Customer.io or Tributary produced is left out, or it would come round again. A call named like one of Customer.io's actions is never
 * passed on. Of a batch Segment signs the first event alone, so batches are refused.
 *
 * @see https://segment.com/docs/connections/spec/
 */
import * as z from "zod";
import { defineAdapter, type MapContext, type MapResult, on } from "../src/contract/define.ts";
import {
  group,
  identify,
  ignore,
  type Properties,
  page,
  products,
  type Traits,
  track,
  type Value,
} from "../src/contract/drafts.ts";
import { claimed, type Maybe, type PersonFacts, person, personId } from "../src/contract/facts.ts";
import { id, isoTime, number, text } from "../src/contract/fields.ts";
import { eventNameOf, propertyNameOf, relayedValue } from "../src/contract/relay.ts";
import { isReservedEvent } from "../src/contract/reserved.ts";
import { hmac } from "../src/contract/verify/hmac.ts";
import { bare } from "../src/contract/verify/layouts.ts";

/** Properties of a call that are passed on. */
const MOST_PROPERTIES = 200;

/** @see https://segment.com/docs/connections/spec/ecommerce/v2/ */
const product = z.object({
  product_id: id.nullish().catch(null),
  sku: id.nullish().catch(null),
  name: text.nullish().catch(null),
  brand: text.nullish().catch(null),
  category: text.nullish().catch(null),
  variant: text.nullish().catch(null),
  coupon: text.nullish().catch(null),
  price: number.nullish().catch(null),
  quantity: number.nullish().catch(null),
  position: number.nullish().catch(null),
  url: text.nullish().catch(null),
  image_url: text.nullish().catch(null),
});

const place = z.object({ city: text.nullish(), state: text.nullish(), postalCode: text.nullish(), country: text.nullish() });

const fields = z.record(z.string(), z.unknown()).nullish().catch(null);

const integration = z.object({ name: text.nullish() }).nullish().catch(null);

const context = z
  .object({
    traits: fields,
    integration,
    library: integration,
    locale: text.nullish().catch(null),
    timezone: text.nullish().catch(null),
    page: z.object({ url: text.nullish(), title: text.nullish(), referrer: text.nullish() }).nullish().catch(null),
  })
  .nullish()
  .catch(null);

const call = z.looseObject({
  type: text,
  messageId: id,
  timestamp: isoTime.nullish().catch(null),
  receivedAt: isoTime.nullish().catch(null),
  userId: z.union([id, z.literal("")]).nullish(),
  anonymousId: z.union([id, z.literal("")]).nullish(),
  context,
  properties: fields,
  traits: fields,
  integrations: z.record(z.string(), z.unknown()).nullish().catch(null),
});

const named = call.extend({ name: text.nullish() });

const options = z.strictObject({
  /** `verified` only where nobody but your backend sends e-mail addresses to Segment: the write key of a browser is public. */
  email: z.enum(["claimed", "verified"]).default("claimed"),
});

type Call = z.output<typeof call>;
type Fields = Call["traits"];
type Context = MapContext<z.output<typeof options>>;

export default defineAdapter({
  id: "segment",
  name: "Segment",
  docs: "https://segment.com/docs/connections/destinations/catalog/actions-webhook/",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Shared secret of the Webhooks destination: at least 16 random characters of your own",
    demo: "tributary_demo_segment_secret",
  },
  // @see https://segment.com/docs/connections/destinations/catalog/actions-webhook/
  verify: hmac({
    hash: "SHA-1",
    header: "x-signature",
    encoding: "hex",
    covers: "body",
    layout: bare(),
    message: ({ body }) => [body],
  }),
  options,
  userIdFrom: ["userId"],
  webhook: z.object({ body: call }),
  events: ({ body }, { receivedAt }) => {
    const reason = reasonToIgnore(body);
    return [
      {
        id: body.messageId,
        type: body.type,
        occurredAt: body.timestamp ?? body.receivedAt ?? receivedAt,
        test: false,
        data: body,
        ...(reason === null ? {} : { ignore: reason }),
      },
    ];
  },
  handlers: {
    identify: on(call, (c, { options: o }: Context) => identify(personOf(c, o.email), traitsOf(c))),
    track: on(call.extend({ event: text }), (c, { options: o }: Context) => tracked(c, c.event, o.email)),
    page: on(named, (c, { options: o }: Context) => viewed(c, c.name, o.email)),
    screen: on(named, (c, { options: o }: Context) =>
      track(personOf(c, o.email), "Screen Viewed", { ...relayed(c.properties), name: c.name }),
    ),
    group: on(call.extend({ groupId: id }), (c, { options: o }: Context) =>
      group(personOf(c, o.email, null), { kind: "group", id: c.groupId }, relayed(c.traits)),
    ),
    alias: ignore("people are never joined"),
  },
  otherwise: ignore("no call of Segment's specification"),
  habits: {
    timeoutSeconds: 5,
    retries: "for up to 4 hours, ever less often",
    givesUp: "after 4 hours the call is lost; the destination stays",
    setup: [
      "In Segment open Connections > Catalog, choose Webhooks (Actions) and connect it to the source.",
      "Under Settings > Advanced Settings set a shared secret of your own, random, at least 16 characters: it is the source's secret.",
      "In the mapping choose the events, the URL of this source, POST, and the whole event as the data ($event). Set batching off: batches are refused, because Segment signs only their first event.",
      "Take Customer.io's own destination away from the same Segment source, or every call arrives twice.",
    ],
  },
});

/** What goes round, and what Segment itself says is not for Customer.io. */
function reasonToIgnore({ context: c, properties, integrations, event }: Call): string | null {
  const origins = [c?.integration?.name, c?.library?.name].map((name) => name?.toLowerCase() ?? "");
  if (origins.some((name) => /customer\.?io|tributary/.test(name))) return "Customer.io or Tributary sent it";
  const isOurs = ["provider", "source", "source_event"].every((name) => typeof properties?.[name] === "string");
  if (isOurs) return "Customer.io or Tributary sent it";
  const choice = Object.entries(integrations ?? {}).find(([name]) => /^customer\.?io/i.test(name))?.[1] ?? integrations?.All;
  if (choice === false) return "not for Customer.io, by its integrations";
  return typeof event === "string" && isReservedEvent(event) ? "the name of an action of Customer.io" : null;
}

function personOf(c: Call, trust: "claimed" | "verified", traits = c.traits): PersonFacts {
  const found = { ...c.context?.traits, ...traits };
  const email = text.safeParse(found.email).data;
  return person({
    record: { userId: c.userId, traits: found },
    email: trust === "verified" ? { value: email, trust } : claimed(email),
    phone: text.safeParse(found.phone).data,
    ids: [personId("anonymous", c.anonymousId)],
  });
}

function traitsOf(c: Call): Traits {
  const { email: _, phone: __, id: ___, ...traits } = relayed(c.traits);
  const address = place.safeParse(c.traits?.address).data;
  return {
    timezone: c.context?.timezone,
    locale: c.context?.locale,
    city: address?.city,
    state: address?.state,
    postal_code: address?.postalCode,
    country: address?.country,
    ...traits,
  };
}

function tracked(c: Call, name: string, trust: "claimed" | "verified"): MapResult {
  const event = eventNameOf(name);
  if (event === null) return ignore("its name is none in Title Case: in other letters than Latin, or too long");
  return isReservedEvent(event)
    ? ignore("the name of an action of Customer.io")
    : track(personOf(c, trust), event, relayed(c.properties));
}

function viewed(c: Call, name: Maybe<string>, trust: "claimed" | "verified"): MapResult {
  const { url: own, ...properties } = relayed(c.properties);
  const url = typeof own === "string" ? own : c.context?.page?.url;
  if (!url) return ignore("the page has no URL");
  return page(personOf(c, trust), name || c.context?.page?.title || "Page", url, {
    title: c.context?.page?.title,
    referrer: c.context?.page?.referrer,
    ...properties,
  });
}

/**
 * What is passed on of somebody else's object: texts, numbers, truth values and lists of them; products; nothing nested else. An amount in
 * minor units is left out: only its sender knows which amount it belongs to.
 */
function relayed(object: Fields): Properties {
  const { products: list, products_count: _, ...others } = object ?? {};
  const entries = Object.entries(others)
    .slice(0, MOST_PROPERTIES)
    .flatMap(([given, value]): readonly (readonly [string, Value])[] => {
      const name = propertyNameOf(given);
      return name === null || name.endsWith("_minor") || name.startsWith("products") ? [] : [[name, relayedValue(name, value)]];
    });
  return {
    ...Object.fromEntries(entries),
    ...products(z.array(product).safeParse(list).data),
  };
}
