/**
 * Segment: its calls, relayed. Names become those of this project: events in Title Case, properties in snake_case.
 *
 * Calls from Customer.io or Tributary are ignored to prevent loops. A call named like one of Customer.io's actions is never
 * passed on. Of a batch Segment signs the first event alone, so batches are refused.
 *
 * @see https://segment.com/docs/connections/spec/
 */
import * as z from "zod";
import type { MapContext, MapResult, Maybe, Trust } from "../src/contract/adapter.ts";
import { defineAdapter, group, id, identify, ignore, maybe, on, page, pick, text, track } from "../src/contract/adapter.ts";
import { eventNameOf, isReservedEvent } from "../src/contract/custom-events.ts";
import { bare, hmac } from "../src/contract/verify.ts";
import { type Call, call, personOf, relayed, traitsOf } from "./segment/calls.ts";

const named = call.extend({ name: maybe.text });

const options = z.strictObject({
  email: z
    .enum(["claimed", "verified"])
    .default("claimed")
    .describe(
      "trust in e-mail addresses: `claimed`, or `verified` if only your backend sends them; a browser's write key is public",
    ),
});

type Context = MapContext<z.output<typeof options>>;

export default defineAdapter({
  id: "segment",
  name: "Segment",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Shared secret of the Webhooks destination: at least 16 random characters, chosen by you",
    demo: "tributary_demo_segment_secret",
  },
  // @see https://www.twilio.com/docs/segment/connections/destinations/catalog/actions-webhook
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
    alias: ignore("people are not merged"),
  },
  otherwise: ignore("not a call in Segment's specification"),
});

/** Loops, and calls that exclude Customer.io. */
function reasonToIgnore({ context: c, properties, integrations, event }: Call): string | null {
  const origins = [c?.integration?.name, c?.library?.name].map((name) => name?.toLowerCase() ?? "");
  if (origins.some((name) => /customer\.?io|tributary/.test(name))) return "sent by Customer.io or Tributary";
  const isOurs = ["provider", "source", "source_event"].every((name) => typeof properties?.[name] === "string");
  if (isOurs) return "sent by Customer.io or Tributary";
  const choice = Object.entries(integrations ?? {}).find(([name]) => /^customer\.?io/i.test(name))?.[1] ?? integrations?.All;
  if (choice === false) return "not for Customer.io, by its integrations";
  return typeof event === "string" && isReservedEvent(event) ? "named like a Customer.io action" : null;
}

function tracked(c: Call, name: string, trust: Trust): MapResult {
  const event = eventNameOf(name);
  if (event === null) return ignore("its name has no Title Case form: not in Latin letters, or too long");
  return isReservedEvent(event)
    ? ignore("named like a Customer.io action")
    : track(personOf(c, trust), event, relayed(c.properties));
}

function viewed(c: Call, name: Maybe<string>, trust: Trust): MapResult {
  const { url: own, ...properties } = relayed(c.properties);
  const url = typeof own === "string" ? own : c.context?.page?.url;
  if (!url) return ignore("the page has no URL");
  return page(personOf(c, trust), name || c.context?.page?.title || "Page", url, {
    ...pick(c.context?.page, "title", "referrer"),
    ...properties,
  });
}
