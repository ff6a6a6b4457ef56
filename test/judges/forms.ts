/**
 * Judges of signatures of a form's fields, or of what stands in for them.
 */
import { createHash } from "node:crypto";
import { parse } from "node:querystring";
import { BraintreeGateway, Environment } from "braintree";
import twilioLibrary from "twilio";
import braintree from "../../adapters/braintree.ts";
import twilio from "../../adapters/twilio.ts";
import { formatOf } from "../../src/contract/formats.ts";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { configured } from "../support/accounts.ts";
import { AWKWARD, holds, type Judge, type Message, plain, samplesOf } from "./judge.ts";

const TWILIO_URL = "https://hooks.example.com/hooks/demo/twilio";

/** Forms whose fields are not in order, come twice, are empty, or hold what one decoder reads in another way than the next. */
const AWKWARD_FORMS = [
  "To=%2B15550100001&Body=Zo%C3%AB+%F0%9F%98%80%20%26+%3D&body=&MediaUrl0=https%3A%2F%2Fexample.com%2F%3Fa%3Db&From",
  "b=2&A=1&a=3&B=4&A=0&A=1&b=10&Body=%0D%0A%2520",
  `Body=${"%C3%BC".repeat(20_000)}`,
].map(plain);

/** The fixtures of Twilio in one of its two formats. */
function twilioSamples(format: "form" | "json"): readonly Message[] {
  return samplesOf(twilio).filter(({ body }) => formatOf(twilio.format, utf8Bytes(body)) === format);
}

/** Twilio signs JSON by its hash, which it puts into the URL. */
function twilioUrlOf(body: string): string {
  return `${TWILIO_URL}?bodySHA256=${createHash("sha256").update(body).digest("hex")}`;
}

const BRAINTREE = { public_key: "judge_public_key" };

const braintreeWith = (privateKey: string) =>
  new BraintreeGateway({ environment: Environment.Sandbox, merchantId: "judge", publicKey: BRAINTREE.public_key, privateKey });

/** Kinds that Braintree's library makes samples of, as far as there are fixtures. */
const BRAINTREE_KINDS = [
  "check",
  "disbursement",
  "dispute_accepted",
  "dispute_auto_accepted",
  "dispute_disputed",
  "dispute_expired",
  "dispute_lost",
  "dispute_opened",
  "dispute_won",
  "payment_method_revoked_by_customer",
  "subscription_billing_skipped",
  "subscription_canceled",
  "subscription_charged_successfully",
  "subscription_charged_unsuccessfully",
  "subscription_expired",
  "subscription_trial_ended",
  "subscription_went_active",
  "subscription_went_past_due",
  "transaction_settled",
  "transaction_settlement_declined",
] as const;

/** The kind of the notification in a form of Braintree's, where its library makes samples of that; a handshake is no notification. */
function kindIn(form: string): (typeof BRAINTREE_KINDS)[number] | undefined {
  const xml = atob(new URLSearchParams(form).get("bt_payload") ?? "");
  return BRAINTREE_KINDS.find((name) => xml.includes(`<kind>${name}</kind>`));
}

/** Twilio, in both of its formats, and Braintree. */
export const FORMS: readonly Judge[] = [
  {
    name: "twilio",
    library: "twilio",
    verifier: configured(twilio).verifier,
    secret: twilio.secret.demo,
    url: () => TWILIO_URL,
    samples: [...AWKWARD_FORMS, ...twilioSamples("form")],
    sign: ({ body }) => ({
      headers: {
        "x-twilio-signature": twilioLibrary.getExpectedTwilioSignature(twilio.secret.demo, TWILIO_URL, parse(body)),
      },
    }),
    accepts: ({ body, headers }, secret) =>
      twilioLibrary.validateRequest(secret, headers["x-twilio-signature"] ?? "", TWILIO_URL, parse(body)),
  },
  {
    name: "twilio",
    library: "twilio",
    verifier: configured(twilio).verifier,
    secret: twilio.secret.demo,
    url: twilioUrlOf,
    samples: [...AWKWARD, ...twilioSamples("json")],
    sign: ({ body }) => ({
      headers: { "x-twilio-signature": twilioLibrary.getExpectedTwilioSignature(twilio.secret.demo, twilioUrlOf(body), {}) },
    }),
    accepts: ({ body, headers }, secret) =>
      twilioLibrary.validateRequestWithBody(secret, headers["x-twilio-signature"] ?? "", twilioUrlOf(body), body),
  },
  {
    name: "braintree",
    library: "braintree",
    verifier: configured(braintree, BRAINTREE).verifier,
    options: BRAINTREE,
    secret: braintree.secret.demo,
    samples: samplesOf(braintree).filter(({ body }) => kindIn(body) !== undefined),
    // It signs nothing but its own samples, so a sample of ours only says of which kind.
    sign: async ({ body }) => {
      const kind = kindIn(body);
      if (kind === undefined) return {};
      const { webhookTesting } = braintreeWith(braintree.secret.demo);
      const { bt_signature, bt_payload } = await webhookTesting.sampleNotification(kind, "judge");
      return { body: new URLSearchParams({ bt_signature, bt_payload }).toString() };
    },
    accepts: ({ body }, secret) => {
      const form = new URLSearchParams(body);
      return holds(() =>
        braintreeWith(secret).webhookNotification.parse(form.get("bt_signature") ?? "", form.get("bt_payload") ?? ""),
      );
    },
  },
];
