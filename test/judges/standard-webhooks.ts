/**
 * Judges of Standard Webhooks, and of what Svix made of it before.
 */
import { verifyWebhook } from "@clerk/backend/webhooks";
import { webhooks as polarWebhooks } from "@polar-sh/sdk/2027-01";
import { Resend } from "resend";
import { Webhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import beehiiv from "../../adapters/beehiiv.ts";
import bigcommerce from "../../adapters/bigcommerce.ts";
import clerk from "../../adapters/clerk.ts";
import gitlab from "../../adapters/gitlab.ts";
import polar from "../../adapters/polar.ts";
import posthog from "../../adapters/posthog.ts";
import resendAdapter from "../../adapters/resend.ts";
import standardWebhooks from "../../adapters/standard-webhooks.ts";
import stytch from "../../adapters/stytch.ts";
import superwall from "../../adapters/superwall.ts";
import type { Adapter } from "../../src/contract/interface.ts";
import { configured } from "../support/accounts.ts";
import { AWKWARD, holds, type Judge, samplesOf } from "./judge.ts";

const { demo } = standardWebhooks.secret;
const TEXT_KEY = { key: "text" };
const POLAR_LEGACY_SECRET = "polar_whs_tributary_demo_judge_0123456789";
const resend = new Resend("re_judge");

/** What the adapters of this family have in common. */
function judgeOf(adapter: Adapter, options: Readonly<Record<string, string>> = {}) {
  return {
    name: adapter.id,
    verifier: configured(adapter, options).verifier,
    options,
    secret: adapter.secret.demo,
    samples: [...AWKWARD, ...samplesOf(adapter)],
    sign: null,
  };
}

/** The headers of this family. @param sign gives the signature */
function headersWith(
  prefix: "webhook-" | "svix-",
  sign: (id: string, time: Date, body: string) => string,
): NonNullable<Judge["sign"]> {
  return ({ body }, now) => ({
    headers: {
      [`${prefix}id`]: "msg_judge",
      [`${prefix}timestamp`]: String(Math.floor(now / 1000)),
      [`${prefix}signature`]: sign("msg_judge", new Date(now), body),
    },
  });
}

/** The standard itself in both of its spellings, vendors that follow it, Clerk, and Polar with its secrets new and old. */
export const STANDARD_WEBHOOKS: readonly Judge[] = [
  {
    ...judgeOf(standardWebhooks),
    library: "standardwebhooks",
    sign: headersWith("webhook-", (id, time, body) => new Webhook(demo).sign(id, time, body)),
    accepts: ({ body, headers }, secret) => holds(() => new Webhook(secret).verify(body, { ...headers })),
  },
  {
    ...judgeOf(standardWebhooks, TEXT_KEY),
    library: "standardwebhooks",
    sign: headersWith("webhook-", (id, time, body) => new Webhook(demo, { format: "raw" }).sign(id, time, body)),
    accepts: ({ body, headers }, secret) => holds(() => new Webhook(secret, { format: "raw" }).verify(body, { ...headers })),
  },
  {
    ...judgeOf(standardWebhooks),
    library: "svix",
    sign: headersWith("svix-", (id, time, body) => new SvixWebhook(demo).sign(id, time, body)),
    accepts: ({ body, headers }, secret) => holds(() => new SvixWebhook(secret).verify(body, { ...headers })),
  },
  {
    ...judgeOf(standardWebhooks),
    library: "resend",
    accepts: ({ body: payload, headers }, webhookSecret) =>
      holds(() =>
        resend.webhooks.verify({
          payload,
          headers: {
            id: headers["webhook-id"] ?? "",
            timestamp: headers["webhook-timestamp"] ?? "",
            signature: headers["webhook-signature"] ?? "",
          },
          webhookSecret,
        }),
      ),
  },
  {
    ...judgeOf(resendAdapter),
    library: "resend",
    accepts: ({ body: payload, headers }, webhookSecret) =>
      holds(() =>
        resend.webhooks.verify({
          payload,
          headers: {
            id: headers["svix-id"] ?? "",
            timestamp: headers["svix-timestamp"] ?? "",
            signature: headers["svix-signature"] ?? "",
          },
          webhookSecret,
        }),
      ),
  },
  {
    ...judgeOf(posthog),
    library: "standardwebhooks",
    sign: headersWith("webhook-", (id, time, body) => new Webhook(posthog.secret.demo).sign(id, time, body)),
    accepts: ({ body, headers }, secret) => holds(() => new Webhook(secret).verify(body, { ...headers })),
  },
  {
    ...judgeOf(bigcommerce),
    library: "standardwebhooks",
    sign: headersWith("webhook-", (id, time, body) =>
      new Webhook(bigcommerce.secret.demo, { format: "raw" }).sign(id, time, body),
    ),
    accepts: ({ body, headers }, secret) => holds(() => new Webhook(secret, { format: "raw" }).verify(body, { ...headers })),
  },
  {
    ...judgeOf(gitlab),
    library: "standardwebhooks",
    sign: headersWith("webhook-", (id, time, body) => new Webhook(gitlab.secret.demo).sign(id, time, body)),
    accepts: ({ body, headers }, secret) => holds(() => new Webhook(secret).verify(body, { ...headers })),
  },
  {
    ...judgeOf(beehiiv),
    library: "svix",
    sign: headersWith("svix-", (id, time, body) => new SvixWebhook(beehiiv.secret.demo).sign(id, time, body)),
    accepts: ({ body, headers }, secret) => holds(() => new SvixWebhook(secret).verify(body, { ...headers })),
  },
  {
    ...judgeOf(stytch),
    library: "svix",
    sign: headersWith("svix-", (id, time, body) => new SvixWebhook(stytch.secret.demo).sign(id, time, body)),
    accepts: ({ body, headers }, secret) => holds(() => new SvixWebhook(secret).verify(body, { ...headers })),
  },
  {
    ...judgeOf(superwall),
    library: "svix",
    sign: headersWith("svix-", (id, time, body) => new SvixWebhook(superwall.secret.demo).sign(id, time, body)),
    accepts: ({ body, headers }, secret) => holds(() => new SvixWebhook(secret).verify(body, { ...headers })),
  },
  {
    ...judgeOf(clerk),
    library: "@clerk/backend",
    accepts: ({ body, headers }, signingSecret) =>
      holds(() => verifyWebhook(new Request("https://hooks.example.com/", { method: "POST", headers, body }), { signingSecret })),
  },
  ...[polar.secret.demo, POLAR_LEGACY_SECRET].map(
    (polarSecret): Judge => ({
      ...judgeOf(polar),
      library: "@polar-sh/sdk",
      secret: polarSecret,
      // It refuses events of a type that it does not know.
      samples: samplesOf(polar),
      accepts: ({ body, headers }, secret) => holds(() => polarWebhooks.validateEvent(body, headers, secret)),
    }),
  ),
];
