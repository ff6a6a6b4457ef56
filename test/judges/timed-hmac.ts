/**
 * Judges of signatures of the body and the time of signing.
 */
import { Environment, Paddle } from "@paddle/paddle-node-sdk";
import { encodeSignatureHeader, isValidSignature } from "@sanity/webhook";
import { isValidSlackRequest } from "@slack/bolt";
import { WorkOS } from "@workos-inc/node";
import { AwsLambdaReceiver } from "@zoom/rivet/users";
import { verifyRequestSignature } from "customerio-node";
import Orb from "orb-billing";
import Stripe from "stripe";
import { WebflowClient } from "webflow-api";
import * as z from "zod";
import customerIo from "../../adapters/customer-io.ts";
import orb from "../../adapters/orb.ts";
import paddle from "../../adapters/paddle.ts";
import slack from "../../adapters/slack.ts";
import stripe from "../../adapters/stripe.ts";
import webflow from "../../adapters/webflow.ts";
import workos from "../../adapters/workos.ts";
import zoom from "../../adapters/zoom.ts";
import { configured } from "../support/accounts.ts";
import { SCHEMES } from "../support/schemes.ts";
import { AWKWARD, holds, type Judge, samplesOf } from "./judge.ts";

const stripeClient = new Stripe("sk_test_judge");
const paddleClient = new Paddle("judge", { environment: Environment.sandbox });
const workosClient = new WorkOS("sk_test_judge");
const orbClient = new Orb({ apiKey: "judge" });
const webflowClient = new WebflowClient({ accessToken: "judge" });
const SANITY_SECRET = "tributary_demo_judge_secret";

/** How Zoom's receiver for AWS Lambda answers. */
const lambdaAnswer = z.object({ statusCode: z.number() });

// That receiver prints all that it is given.
console.debug = () => {};

/** Stripe, Paddle, Slack, Customer.io, Orb, Webflow, WorkOS, Zoom and Sanity. */
export const TIMED_HMAC: readonly Judge[] = [
  {
    name: "stripe",
    library: "stripe",
    verifier: configured(stripe).verifier,
    secret: stripe.secret.demo,
    samples: [...AWKWARD, ...samplesOf(stripe)],
    sign: ({ body: payload }, now) => ({
      headers: {
        "stripe-signature": stripeClient.webhooks.generateTestHeaderString({
          payload,
          secret: stripe.secret.demo,
          timestamp: Math.floor(now / 1000),
        }),
      },
    }),
    accepts: ({ body, headers }, secret) =>
      holds(() => stripeClient.webhooks.signature?.verifyHeader(body, headers["stripe-signature"] ?? "", secret, 300) ?? false),
  },
  {
    name: "paddle",
    library: "@paddle/paddle-node-sdk",
    verifier: configured(paddle).verifier,
    secret: paddle.secret.demo,
    samples: [...AWKWARD, ...samplesOf(paddle)],
    sign: null,
    accepts: ({ body, headers }, secret) =>
      holds(() => paddleClient.webhooks.isSignatureValid(body, secret, headers["paddle-signature"] ?? "")),
  },
  {
    name: "slack",
    library: "@slack/bolt",
    verifier: configured(slack).verifier,
    secret: slack.secret.demo,
    samples: [...AWKWARD, ...samplesOf(slack)],
    sign: null,
    accepts: ({ body, headers }, signingSecret) =>
      holds(() =>
        isValidSlackRequest({
          signingSecret,
          body,
          headers: {
            "x-slack-signature": headers["x-slack-signature"] ?? "",
            "x-slack-request-timestamp": Number(headers["x-slack-request-timestamp"]),
          },
        }),
      ),
  },
  {
    name: "customer-io",
    library: "customerio-node",
    verifier: configured(customerIo).verifier,
    secret: customerIo.secret.demo,
    samples: [...AWKWARD, ...samplesOf(customerIo)],
    sign: null,
    accepts: ({ body, headers }, signingSecret) =>
      holds(() =>
        verifyRequestSignature({
          signingSecret,
          timestamp: headers["x-cio-timestamp"] ?? "",
          body,
          signature: headers["x-cio-signature"] ?? "",
        }),
      ),
  },
  {
    name: "orb",
    library: "orb-billing",
    verifier: configured(orb).verifier,
    secret: orb.secret.demo,
    samples: [...AWKWARD, ...samplesOf(orb)],
    sign: null,
    accepts: ({ body, headers }, secret) => holds(() => orbClient.webhooks.verifySignature(body, { ...headers }, secret)),
  },
  {
    name: "webflow",
    library: "webflow-api",
    verifier: configured(webflow).verifier,
    secret: webflow.secret.demo,
    samples: [...AWKWARD, ...samplesOf(webflow)],
    sign: null,
    accepts: ({ body, headers }, secret) => webflowClient.webhooks.verifySignature({ headers: { ...headers }, body, secret }),
  },
  {
    name: "workos",
    library: "@workos-inc/node",
    verifier: configured(workos).verifier,
    secret: workos.secret.demo,
    samples: [...AWKWARD, ...samplesOf(workos)],
    sign: async ({ body }, now) => ({
      headers: {
        "workos-signature": `t=${now}, v1=${await workosClient.webhooks.computeSignature(now, body, workos.secret.demo)}`,
      },
    }),
    accepts: ({ body: payload, headers }, secret) =>
      holds(() => workosClient.webhooks.verifyHeader({ payload, sigHeader: headers["workos-signature"] ?? "", secret })),
  },
  {
    name: "zoom",
    library: "@zoom/rivet",
    verifier: configured(zoom).verifier,
    secret: zoom.secret.demo,
    samples: samplesOf(zoom),
    sign: null,
    accepts: async ({ body, headers }, webhooksSecretToken) => {
      const receiver = new AwsLambdaReceiver({ webhooksSecretToken });
      const answer = await receiver.start()({ body, headers, isBase64Encoded: false }, {}, () => {});
      return lambdaAnswer.parse(answer).statusCode === 200;
    },
    // It parses the body, and signs what it writes from that.
    blind: { to: "how the JSON is written", altered: (body) => body.replace('{"event":"', '{"event":"other.') },
  },
  {
    name: "sanity",
    library: "@sanity/webhook",
    verifier: SCHEMES.sanity,
    secret: SANITY_SECRET,
    samples: AWKWARD,
    sign: async ({ body }, now) => ({
      headers: { "sanity-webhook-signature": await encodeSignatureHeader(body, now, SANITY_SECRET) },
    }),
    accepts: ({ body, headers }, secret) => isValidSignature(body, headers["sanity-webhook-signature"] ?? "", secret),
  },
];
