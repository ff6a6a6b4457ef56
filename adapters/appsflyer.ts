/**
 * AppsFlyer: installs and in-app events with the campaign that they came from, by the Push API. In-app events keep the names of the app.
 *
 * @see https://support.appsflyer.com/hc/en-us/articles/207034356-Push-API-streaming-raw-data
 */
import * as z from "zod";
import {
  type Draft,
  decisive,
  defineAdapter,
  each,
  id,
  identify,
  ignore,
  isoTime,
  maybe,
  on,
  optional,
  person,
  personId,
  pick,
  text,
  track,
} from "../src/contract/adapter.ts";
import { countOfProducts, isReservedEvent, nameAsSent, sentProperties } from "../src/contract/custom-events.ts";
import { pathToken } from "../src/contract/verify.ts";
import { attributionIn } from "../src/vocabulary/adapter.ts";

/** UTC without saying so: `2026-11-20 08:00:00.123`. */
const time = z
  .string()
  .regex(/^[\d-]{10} [\d:.]+$/)
  .transform((value) => `${value.replace(" ", "T")}Z`)
  .pipe(isoTime);

const SENT = ["platform", "app_id", "app_version", "country_code", "media_source", "conversion_type", "campaign_type"] as const;

const message = z.looseObject({
  event_name: text.pipe(z.string().min(1)),
  event_time: optional(z.union([time, isoTime])),
  ...each(decisive(id), "customer_user_id", "appsflyer_id"),
  ...each(maybe.text, ...SENT, "campaign", "af_channel", "af_keywords", "af_ad", "event_value"),
  event_revenue: maybe.number,
  event_revenue_currency: maybe.currency,
});

/** What the app said of the event: JSON as text, or a plain text. */
function saidOf(given: string): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).safeParse(JSON.parse(given)).data ?? {};
  } catch {
    return {};
  }
}

const onMessage = on(message, (m) => {
  const isInstall = m.event_name === "install";
  const name = isInstall ? "App Installed" : nameAsSent(m.event_name);
  if (name === null || isReservedEvent(name)) return ignore("its name is too long, or means something else to Customer.io");
  const who = person({ record: m, ids: [personId("device", m.appsflyer_id)] });
  const campaign = attributionIn({
    ...{ utm_source: m.media_source, utm_campaign: m.campaign, utm_medium: m.af_channel },
    ...{ utm_term: m.af_keywords, utm_content: m.af_ad },
  });
  const value = saidOf(m.event_value ?? "");
  const made: Draft = track(who, name, {
    ...pick(m, ...SENT),
    ...campaign,
    revenue: m.event_revenue,
    currency: m.event_revenue_currency,
    ...countOfProducts(value),
    ...sentProperties(value),
  });
  return isInstall ? [identify(who, pick(m, "platform", "country_code", "media_source", "campaign")), made] : made;
});

export default defineAdapter({
  id: "appsflyer",
  name: "AppsFlyer",
  secret: {
    format: /^[\w-]{16,255}$/,
    hint: "Last part of the URL given to AppsFlyer: random letters and digits, chosen by you",
    demo: "tributary_demo_appsflyer_0000",
  },
  verify: pathToken(),
  userIdFrom: ["customer_user_id"],
  webhook: z.object({ body: message }),
  events: ({ body }, { bodyHash, receivedAt }) => [
    { id: bodyHash, type: body.event_name, occurredAt: body.event_time ?? receivedAt, test: false, data: body },
  ],
  handlers: { install: onMessage },
  otherwise: onMessage,
});
