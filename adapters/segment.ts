/**
 * Segment: its calls, relayed. Events, properties and traits keep the names that they have in the workspace; only the traits that Customer.io has a
 * name for get it (`firstName`).
 *
 * Calls from Customer.io or Tributary are ignored to prevent loops. A call named like one of Customer.io's actions is never
 * passed on. Of a batch Segment signs the first event alone, so batches are refused.
 *
 * @see https://segment.com/docs/connections/spec/
 */
import * as z from "zod";
import type { MapResult, Maybe } from "../src/contract/adapter.ts";
import { defineAdapter, identify, ignore, maybe, on, page, pick, text, track } from "../src/contract/adapter.ts";
import { isReservedEvent, nameAsSent } from "../src/contract/custom-events.ts";
import { bare, hmac } from "../src/contract/verify.ts";
import { type Call, call, contextOf, onAlias, onGroup, personOf, propertiesOf, traitsOf } from "./segment/calls.ts";

const named = call.extend({ name: maybe.text });

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
    identify: on(call, (c) => identify(personOf(c), traitsOf(c))),
    track: on(call.extend({ event: text }), (c) => tracked(c, c.event)),
    page: on(named, (c) => viewed(c, c.name)),
    screen: on(named, (c) => ({
      ...track(personOf(c), "Screen Viewed", { ...propertiesOf(c), ...(c.name ? { name: c.name } : {}) }),
      ...contextOf(c),
    })),
    group: onGroup,
    alias: onAlias,
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

function tracked(c: Call, name: string): MapResult {
  const event = nameAsSent(name);
  if (event === null) return ignore("its name is empty or too long for Customer.io");
  if (isReservedEvent(event)) return ignore("named like a Customer.io action");
  return { ...track(personOf(c), event, propertiesOf(c)), ...contextOf(c) };
}

function viewed(c: Call, name: Maybe<string>): MapResult {
  const { url: own, ...properties } = propertiesOf(c);
  const url = typeof own === "string" ? own : c.context?.page?.url;
  if (!url) return ignore("the page has no URL");
  const seen = { ...pick(c.context?.page, "title", "referrer"), ...properties };
  return { ...page(personOf(c), name || c.context?.page?.title || "Page", url, seen), ...contextOf(c) };
}
