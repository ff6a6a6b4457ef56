/**
 * Sentry: users of the company's own application who met an error, as an alert rule or the error webhook tells.
 *
 * Who the user is was said by the application in the user's browser or on its server, to an address that is public: it is claimed.
 *
 * @see https://docs.sentry.io/organization/integrations/integration-platform/webhooks/
 */
import * as z from "zod";
import {
  claimed,
  decisive,
  defineAdapter,
  each,
  id,
  ignore,
  maybe,
  off,
  on,
  optional,
  person,
  personId,
  text,
} from "../src/contract/adapter.ts";
import { bare, hmac } from "../src/contract/verify.ts";
import { ownEvents } from "../src/vocabulary/adapter.ts";
import type { SENTRY } from "./sentry/plan.schema.ts";

const own = ownEvents<typeof SENTRY>();

const met = z.object({
  user: decisive(z.object({ id: decisive(id), email: decisive(text) })),
  ...each(maybe.text, "title", "culprit", "level", "environment", "platform", "release", "web_url"),
  issue_id: maybe.id,
  triggered_rule: maybe.text,
});

const onMet = on(met, ({ user, web_url: url, triggered_rule: rule, ...e }) => {
  if (!user?.id && !user?.email) return ignore("met by nobody who is named");
  const who = person({ email: claimed(user.email), ids: [personId("user", user.id)] });
  return own("Application Error Met")(who, { ...e, url, rule });
});

const record = optional(z.looseObject({ event_id: id, datetime: maybe.isoTime }));

export default defineAdapter({
  id: "sentry",
  name: "Sentry",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Client secret of the internal integration",
    demo: "tributary_demo_sentry_0123456789",
  },
  verify: hmac({
    hash: "SHA-256",
    header: "sentry-hook-signature",
    encoding: "hex",
    covers: "body",
    layout: bare(),
    message: ({ body }) => [body],
  }),
  people: "known",
  webhook: z.object({
    body: z.object({
      data: optional(z.object({ event: record, error: record, triggered_rule: maybe.text })),
    }),
  }),
  // The resource is in an unsigned header: the body shows it as well.
  events: ({ body: { data } }, { bodyHash, receivedAt }) => {
    const found = data?.event ?? data?.error;
    const type = data?.event ? "event_alert" : data?.error ? "error" : "other";
    return [
      {
        id: found ? `${type}:${found.event_id}` : bodyHash,
        type,
        occurredAt: found?.datetime ?? receivedAt,
        test: false,
        data: { ...found, triggered_rule: data?.triggered_rule },
      },
    ];
  },
  handlers: { event_alert: onMet, error: off("one for every error", onMet) },
  // Issues, comments, metric alerts, installations.
  otherwise: ignore("names no user of the application"),
});
