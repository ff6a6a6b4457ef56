/**
 * Judges of signatures of the body alone.
 */
import "@shopify/shopify-api/adapters/web-api";
import { LinearWebhookClient } from "@linear/sdk/webhooks";
import { sign as signForGithub, verify as verifyForGithub } from "@octokit/webhooks-methods";
import { ApiVersion, LogSeverity, shopifyApi } from "@shopify/shopify-api";
import Razorpay from "razorpay";
import generic from "../../adapters/generic.ts";
import github from "../../adapters/github.ts";
import linear from "../../adapters/linear.ts";
import razorpay from "../../adapters/razorpay.ts";
import shopify from "../../adapters/shopify.ts";
import { configured } from "../support/accounts.ts";
import { AWKWARD, type Headers, holds, type Judge, plain, samplesOf } from "./judge.ts";

/** What Shopify's library wants to see beside the signature. */
const SHOPIFY_HEADERS: Headers = {
  "x-shopify-topic": "orders/paid",
  "x-shopify-shop-domain": "judge.myshopify.com",
  "x-shopify-api-version": "2025-10",
  "x-shopify-webhook-id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
};

const shopifyWith = (apiSecretKey: string) =>
  shopifyApi({
    apiKey: "judge",
    apiSecretKey,
    hostName: "hooks.example.com",
    apiVersion: ApiVersion.October25,
    isEmbeddedApp: false,
    logger: { level: LogSeverity.Error },
  });

// Linear's library looks at the time in the body, too, and refuses what is older than a minute.
const LINEAR_BODIES = [
  JSON.stringify({ action: "create", type: "Issue", data: { title: "Zo\u00eb \u{1f600}" }, webhookTimestamp: Date.now() }),
  `{ "type" : "Comment\\u00e9" ,\r\n"estimate":1.10, "webhookTimestamp" : ${Date.now()} }\n`,
];

const LINEAR = { header: "linear-signature" };
const RAZORPAY = { header: "x-razorpay-signature" };

/** Shopify, GitHub, Razorpay, Linear, and what `generic` verifies by its options. */
export const PLAIN_HMAC: readonly Judge[] = [
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
    accepts: async ({ body, headers }, secret) => {
      const rawRequest = new Request("https://hooks.example.com/", { method: "POST", headers, body });
      return (await shopifyWith(secret).webhooks.validate({ rawBody: body, rawRequest })).valid;
    },
  },
  {
    name: "github",
    library: "@octokit/webhooks-methods",
    verifier: configured(github).verifier,
    secret: github.secret.demo,
    samples: [...AWKWARD, ...samplesOf(github)],
    sign: async ({ body }) => ({ headers: { "x-hub-signature-256": await signForGithub(github.secret.demo, body) } }),
    accepts: ({ body, headers }, secret) => holds(() => verifyForGithub(secret, body, headers["x-hub-signature-256"] ?? "")),
  },
  {
    name: "razorpay",
    library: "razorpay",
    verifier: configured(razorpay).verifier,
    secret: razorpay.secret.demo,
    samples: [...AWKWARD, ...samplesOf(razorpay)],
    sign: null,
    accepts: ({ body, headers }, secret) => Razorpay.validateWebhookSignature(body, headers[RAZORPAY.header] ?? "", secret),
  },
  {
    name: "linear",
    library: "@linear/sdk",
    verifier: configured(linear).verifier,
    secret: linear.secret.demo,
    samples: LINEAR_BODIES.map(plain),
    sign: null,
    accepts: ({ body, headers }, secret) =>
      holds(() => new LinearWebhookClient(secret).verify(Buffer.from(body), headers[LINEAR.header] ?? "")),
  },
  {
    name: "generic",
    library: "@linear/sdk",
    verifier: configured(generic, LINEAR).verifier,
    options: LINEAR,
    secret: generic.secret.demo,
    samples: LINEAR_BODIES.map(plain),
    sign: null,
    accepts: ({ body, headers }, secret) =>
      holds(() => new LinearWebhookClient(secret).verify(Buffer.from(body), headers[LINEAR.header] ?? "")),
  },
  {
    name: "generic",
    library: "razorpay",
    verifier: configured(generic, RAZORPAY).verifier,
    options: RAZORPAY,
    secret: generic.secret.demo,
    samples: AWKWARD,
    sign: null,
    accepts: ({ body, headers }, secret) => Razorpay.validateWebhookSignature(body, headers[RAZORPAY.header] ?? "", secret),
  },
];
