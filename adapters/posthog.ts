/**
 * PostHog: events of the product, relayed by its HTTP webhook destination. Events and properties keep the names that they have in the project; what
 * PostHog measures itself (`$autocapture` …) is left out.
 *
 * @see https://posthog.com/docs/data-pipelines/destinations/webhook
 */
import * as z from "zod";
import { defineAdapter, ignoring } from "../src/contract/adapter.ts";
import { isReservedEvent } from "../src/contract/custom-events.ts";
import { standardWebhooks, token } from "../src/contract/verify.ts";
import { body, onAlias, onEvent, onGroup, onIdentify, onPage, onScreen } from "./posthog/events.ts";

const options = z.strictObject({
  authentication: z
    .enum(["signature", "authorization"])
    .default("signature")
    .describe("`signature`: the destination has a signing secret; `authorization`: the secret is the whole Authorization header"),
});

// @see https://github.com/PostHog/posthog/pull/90307
const VERIFIERS = { signature: standardWebhooks(), authorization: token({ header: "authorization" }) };

export default defineAdapter({
  id: "posthog",
  name: "PostHog",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Signing secret of the destination (whsec_…); with the option authentication, the value of its Authorization header",
    demo: "whsec_dHJpYnV0YXJ5X2RlbW9fcG9zdGhvZ19zZWNyZXQw",
  },
  verify: ({ authentication }) => VERIFIERS[authentication],
  options,
  userIdFrom: ["distinct_id"],
  webhook: z.object({ body }),
  events: ({ body: { event, person } }, { bodyHash, receivedAt }) => {
    const { $lib, provider, source, source_event } = event.properties ?? {};
    const isOurs = [provider, source, source_event].every((name) => typeof name === "string");
    const isLoop = isOurs || (typeof $lib === "string" && /customer\.?io/i.test($lib));
    const reason = isLoop
      ? "sent by Customer.io or Tributary"
      : isReservedEvent(event.event)
        ? "named like a Customer.io action"
        : null;
    return [
      {
        id: event.uuid ?? `${event.event}:${bodyHash}`,
        type: event.event,
        occurredAt: event.timestamp ?? receivedAt,
        test: false,
        data: { ...event, person },
        ...(reason === null ? {} : { ignore: reason }),
      },
    ];
  },
  handlers: {
    $identify: onIdentify,
    $set: onIdentify,
    $create_alias: onAlias,
    $groupidentify: onGroup,
    $pageview: onPage,
    $screen: onScreen,
    ...ignoring("measured by PostHog itself", "$autocapture $pageleave"),
  },
  otherwise: onEvent,
});
