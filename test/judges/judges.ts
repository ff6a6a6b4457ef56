/**
 * Other people's libraries, as judges: each verifies what we sign and, where it can, signs what we verify.
 */
import "@shopify/shopify-api/adapters/web-api";
import { readdirSync, readFileSync } from "node:fs";
import { sign as signForGithub, verify as verifyForGithub } from "@octokit/webhooks-methods";
import { Environment, Paddle } from "@paddle/paddle-node-sdk";
import { ApiVersion, LogSeverity, shopifyApi } from "@shopify/shopify-api";
import { isValidSlackRequest } from "@slack/bolt";
import { verifyRequestSignature } from "customerio-node";
import { WebhooksHelper as Square } from "square";
import { Webhook as StandardWebhook } from "standardwebhooks";
import Stripe from "stripe";
import { Webhook as SvixWebhook } from "svix";
import * as z from "zod";
import paddle from "../../adapters/paddle.ts";
import shopify from "../../adapters/shopify.ts";
import slack from "../../adapters/slack.ts";
import square from "../../adapters/square.ts";
import stripe from "../../adapters/stripe.ts";
import type { Adapter } from "../../src/contract/define.ts";
import type { Verifier } from "../../src/contract/verify/verifier.ts";
import { configured } from "../support/accounts.ts";
import { SCHEMES } from "../support/schemes.ts";

export type Headers = Readonly<Record<string, string>>;

/** What one library knows of one way of signing. Times are milliseconds since 1970. */
export interface Judge {
  /** Its vectors are `test/vectors/<name>.sdk.json`. */
  readonly name: string;
  /** The package. */
  readonly library: string;
  readonly verifier: Verifier;
  readonly secret: string;
  /** The URL that is called, where the signature covers it. */
  readonly url?: string;
  /** What is signed, and the unsigned headers that go with it. */
  readonly samples: readonly Sample[];
  /** The headers of a signed body; `null` where the library only verifies. */
  readonly sign: ((body: string, now: number) => Headers | Promise<Headers>) | null;
  /** Does the library accept this, now? */
  readonly accepts: (body: string, headers: Headers) => boolean | Promise<boolean>;
}

/** A body and its unsigned headers. */
export interface Sample {
  readonly body: string;
  readonly headers: Headers;
}

const packages = z
  .object({ dependencies: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"))).dependencies;

/** The library with its version. */
export function versionOf({ library }: Judge): string {
  return `${library} ${packages[library] ?? "of no known version"}`;
}

/** JSON that signing by character instead of by byte, or parsing and writing again, would spoil. */
const AWKWARD: readonly Sample[] = [
  '{"id":1}',
  '{ "name" : "Zo\u00eb \u{1f600}\\u00e9" ,\r\n"amount":1.10 }\n',
  `{"long":"${"\u00fc".repeat(70_000)}"}`,
].map((body) => ({
  body,
  headers: {},
}));

const fixture = z.object({
  headers: z.record(z.string(), z.string()).default({}),
  body: z.unknown().optional(),
  raw: z.string().optional(),
});

/** The fixtures of an adapter. */
function samplesOf({ id }: Adapter): readonly Sample[] {
  const folder = new URL(`../fixtures/${id}/`, import.meta.url);
  return readdirSync(folder)
    .sort()
    .map((name) => {
      const { headers, body, raw } = fixture.parse(JSON.parse(readFileSync(new URL(name, folder), "utf8")));
      return { body: raw ?? JSON.stringify(body), headers };
    });
}

/** Many libraries throw where they refuse. */
async function holds(check: () => unknown): Promise<boolean> {
  try {
    return (await check()) !== false;
  } catch {
    return false;
  }
}

const stripeClient = new Stripe("sk_test_judge");
const shopifyClient = shopifyApi({
  apiKey: "judge",
  apiSecretKey: shopify.secret.demo,
  hostName: "hooks.example.com",
  apiVersion: ApiVersion.October25,
  isEmbeddedApp: false,
  logger: { level: LogSeverity.Error },
});
/** What Shopify's library wants to see beside the signature. */
const SHOPIFY_HEADERS: Headers = {
  "x-shopify-topic": "orders/paid",
  "x-shopify-shop-domain": "judge.myshopify.com",
  "x-shopify-api-version": "2025-10",
  "x-shopify-webhook-id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
};
const paddleClient = new Paddle("judge", { environment: Environment.sandbox });
const SQUARE_URL = "https://hooks.example.com/hooks/demo/square";
const STANDARD_SECRET = `whsec_${btoa("tributary_demo_judge_key")}`;
const standardWebhook = new StandardWebhook(STANDARD_SECRET);
const svixWebhook = new SvixWebhook(STANDARD_SECRET);
const PLAIN_SECRET = "tributary_demo_judge_secret";

/** Every judge. */
export const JUDGES: readonly Judge[] = [
  {
    name: "stripe",
    library: "stripe",
    verifier: configured(stripe).verifier,
    secret: stripe.secret.demo,
    samples: [...AWKWARD, ...samplesOf(stripe)],
    sign: (payload, now) => ({
      "stripe-signature": stripeClient.webhooks.generateTestHeaderString({
        payload,
        secret: stripe.secret.demo,
        timestamp: Math.floor(now / 1000),
      }),
    }),
    accepts: (body, headers) =>
      holds(
        () =>
          stripeClient.webhooks.signature?.verifyHeader(body, headers["stripe-signature"] ?? "", stripe.secret.demo, 300) ??
          false,
      ),
  },
  {
    name: "shopify",
    library: "@shopify/shopify-api",
    verifier: configured(shopify).verifier,
    secret: shopify.secret.demo,
    samples: [...AWKWARD, ...samplesOf(shopify)].map(({ body, headers }) => ({
      body,
      headers: { ...SHOPIFY_HEADERS, ...headers },
    })),
    sign: null,
    accepts: async (rawBody, headers) => {
      const rawRequest = new Request("https://hooks.example.com/", { method: "POST", headers, body: rawBody });
      return (await shopifyClient.webhooks.validate({ rawBody, rawRequest })).valid;
    },
  },
  {
    name: "paddle",
    library: "@paddle/paddle-node-sdk",
    verifier: configured(paddle).verifier,
    secret: paddle.secret.demo,
    samples: [...AWKWARD, ...samplesOf(paddle)],
    sign: null,
    accepts: (body, headers) =>
      holds(() => paddleClient.webhooks.isSignatureValid(body, paddle.secret.demo, headers["paddle-signature"] ?? "")),
  },
  {
    name: "square",
    library: "square",
    verifier: configured(square).verifier,
    secret: square.secret.demo,
    url: SQUARE_URL,
    samples: [...AWKWARD, ...samplesOf(square)],
    sign: null,
    accepts: (requestBody, headers) =>
      holds(() =>
        Square.verifySignature({
          requestBody,
          signatureHeader: headers["x-square-hmacsha256-signature"] ?? "",
          signatureKey: square.secret.demo,
          notificationUrl: SQUARE_URL,
        }),
      ),
  },
  {
    name: "slack",
    library: "@slack/bolt",
    verifier: configured(slack).verifier,
    secret: slack.secret.demo,
    samples: [...AWKWARD, ...samplesOf(slack)],
    sign: null,
    accepts: (body, headers) =>
      holds(() =>
        isValidSlackRequest({
          signingSecret: slack.secret.demo,
          body,
          headers: {
            "x-slack-signature": headers["x-slack-signature"] ?? "",
            "x-slack-request-timestamp": Number(headers["x-slack-request-timestamp"]),
          },
        }),
      ),
  },
  {
    name: "standard-webhooks",
    library: "standardwebhooks",
    verifier: SCHEMES["standard-webhooks"],
    secret: STANDARD_SECRET,
    samples: AWKWARD,
    sign: (body, now) => ({
      "webhook-id": "msg_judge",
      "webhook-timestamp": String(Math.floor(now / 1000)),
      "webhook-signature": standardWebhook.sign("msg_judge", new Date(now), body),
    }),
    accepts: (body, headers) => holds(() => standardWebhook.verify(body, { ...headers })),
  },
  {
    name: "svix",
    library: "svix",
    verifier: SCHEMES.svix,
    secret: STANDARD_SECRET,
    samples: AWKWARD,
    sign: (body, now) => ({
      "svix-id": "msg_judge",
      "svix-timestamp": String(Math.floor(now / 1000)),
      "svix-signature": svixWebhook.sign("msg_judge", new Date(now), body),
    }),
    accepts: (body, headers) => holds(() => svixWebhook.verify(body, { ...headers })),
  },
  {
    name: "github",
    library: "@octokit/webhooks-methods",
    verifier: SCHEMES.github,
    secret: PLAIN_SECRET,
    samples: AWKWARD,
    sign: async (body) => ({ "x-hub-signature-256": await signForGithub(PLAIN_SECRET, body) }),
    accepts: (body, headers) => holds(() => verifyForGithub(PLAIN_SECRET, body, headers["x-hub-signature-256"] ?? "")),
  },
  {
    name: "customerio",
    library: "customerio-node",
    verifier: SCHEMES.customerio,
    secret: PLAIN_SECRET,
    samples: AWKWARD,
    sign: null,
    accepts: (body, headers) =>
      holds(() =>
        verifyRequestSignature({
          signingSecret: PLAIN_SECRET,
          timestamp: headers["x-cio-timestamp"] ?? "",
          body,
          signature: headers["x-cio-signature"] ?? "",
        }),
      ),
  },
];
