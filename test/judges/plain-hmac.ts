/**
 * Judges of signatures of the body alone.
 */
import "@shopify/shopify-api/adapters/web-api";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { LinearWebhookClient } from "@linear/sdk/webhooks";
import { sign as signForGithub, verify as verifyForGithub } from "@octokit/webhooks-methods";
import { ApiVersion, LogSeverity, shopifyApi } from "@shopify/shopify-api";
import acuityLibrary from "acuityscheduling";
import { verifySignature as verifyForGocardless } from "gocardless-nodejs/webhooks";
import Razorpay from "razorpay";
import * as z from "zod";
import acuity from "../../adapters/acuity.ts";
import generic from "../../adapters/generic.ts";
import github from "../../adapters/github.ts";
import gocardless from "../../adapters/gocardless.ts";
import linear from "../../adapters/linear.ts";
import metaLeads from "../../adapters/meta-leads.ts";
import razorpay from "../../adapters/razorpay.ts";
import shopify from "../../adapters/shopify.ts";
import whatsapp from "../../adapters/whatsapp.ts";
import type { Adapter } from "../../src/contract/interface.ts";
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

// Meta's library signs with it in its own tests, and does not export it.
const { generateXHub256Sig } = z
  .object({ generateXHub256Sig: z.function({ input: [z.string(), z.string()], output: z.string() }) })
  .parse(createRequire(import.meta.url)(fileURLToPath(new URL("node_modules/whatsapp/build/utils.js", import.meta.url))));

/** Every product of Meta's is signed in one way. */
function metaJudge(adapter: Adapter): Judge {
  const signed = (body: string, secret: string) => `sha256=${generateXHub256Sig(body, secret)}`;
  return {
    name: adapter.id,
    library: "whatsapp",
    verifier: configured(adapter).verifier,
    secret: adapter.secret.demo,
    samples: [...AWKWARD, ...samplesOf(adapter).filter(({ body }) => body !== "")],
    sign: ({ body }) => ({ headers: { "x-hub-signature-256": signed(body, adapter.secret.demo) } }),
    accepts: ({ body, headers }, secret) => headers["x-hub-signature-256"] === signed(body, secret),
  };
}

/** Shopify, GitHub, GoCardless, Acuity, Meta's two, Razorpay, Linear, and what `generic` verifies by its options. */
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
    name: "gocardless",
    library: "gocardless-nodejs",
    verifier: configured(gocardless).verifier,
    secret: gocardless.secret.demo,
    samples: [...AWKWARD, ...samplesOf(gocardless)],
    sign: null,
    accepts: ({ body, headers }, secret) =>
      holds(() => verifyForGocardless(body, secret, headers["webhook-signature"] ?? "") ?? true),
  },
  {
    name: "acuity",
    library: "acuityscheduling",
    verifier: configured(acuity).verifier,
    secret: acuity.secret.demo,
    samples: [...AWKWARD, ...samplesOf(acuity)],
    sign: null,
    accepts: ({ body, headers }, secret) =>
      holds(() => acuityLibrary.verifyMessageSignature(secret, body, headers["x-acuity-signature"] ?? "")),
  },
  metaJudge(whatsapp),
  metaJudge(metaLeads),
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
