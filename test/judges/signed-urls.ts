/**
 * Judges of signatures of the body and the URL that is called.
 */
import { Signature } from "@hubspot/api-client";
import { WebhooksHelper } from "square";
import hubspot from "../../adapters/hubspot.ts";
import square from "../../adapters/square.ts";
import { configured } from "../support/accounts.ts";
import { AWKWARD, holds, type Judge, samplesOf } from "./judge.ts";

const SQUARE_URL = "https://hooks.example.com/hooks/demo/square";
const HUBSPOT_URL = "https://hooks.example.com/hooks/demo/hubspot";

/** HubSpot's three ways of signing; the oldest leaves the URL out. */
function hubspotJudge(signature: "v1" | "v2" | "v3"): Judge {
  const isTimed = signature === "v3";
  const header = isTimed ? "x-hubspot-signature-v3" : "x-hubspot-signature";
  return {
    name: "hubspot",
    library: "@hubspot/api-client",
    verifier: configured(hubspot, { signature }).verifier,
    options: { signature },
    secret: hubspot.secret.demo,
    url: () => HUBSPOT_URL,
    samples: [...AWKWARD, ...samplesOf(hubspot)],
    sign: ({ body: requestBody }, timestamp) => ({
      headers: {
        [header]: Signature.getSignature("POST", signature, {
          clientSecret: hubspot.secret.demo,
          requestBody,
          url: HUBSPOT_URL,
          timestamp,
          signature: "",
        }),
        ...(isTimed ? { "x-hubspot-request-timestamp": String(timestamp) } : {}),
      },
    }),
    accepts: ({ body: requestBody, headers }, clientSecret) =>
      holds(() =>
        Signature.isValid({
          signatureVersion: signature,
          signature: headers[header] ?? "",
          clientSecret,
          requestBody,
          url: HUBSPOT_URL,
          method: "POST",
          timestamp: Number(headers["x-hubspot-request-timestamp"]),
        }),
      ),
  };
}

/** Square, and HubSpot in each of its ways. */
export const SIGNED_URLS: readonly Judge[] = [
  {
    name: "square",
    library: "square",
    verifier: configured(square).verifier,
    secret: square.secret.demo,
    url: () => SQUARE_URL,
    samples: [...AWKWARD, ...samplesOf(square)],
    sign: null,
    accepts: ({ body: requestBody, headers }, signatureKey) =>
      holds(() =>
        WebhooksHelper.verifySignature({
          requestBody,
          signatureHeader: headers["x-square-hmacsha256-signature"] ?? "",
          signatureKey,
          notificationUrl: SQUARE_URL,
        }),
      ),
  },
  hubspotJudge("v3"),
  hubspotJudge("v2"),
  hubspotJudge("v1"),
];
