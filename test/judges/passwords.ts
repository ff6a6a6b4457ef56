/**
 * Judges of proofs that say nothing about the body, or about a part of it alone.
 */
import { hmacValidator as HmacValidator } from "@adyen/api-library";
import { basicAuthValidator } from "chargebee";
import * as z from "zod";
import adyen from "../../adapters/adyen.ts";
import chargebee from "../../adapters/chargebee.ts";
import { configured } from "../support/accounts.ts";
import { holds, type Judge, samplesOf } from "./judge.ts";

const adyenItems = z.object({ notificationItems: z.array(z.object({ NotificationRequestItem: z.any() })) });

/** What a signature without escapes could read otherwise. */
const AWKWARD_REFERENCE = String.raw`a:b\\c Zo\u00eb \ud83d\ude00`;

/** Chargebee and Adyen. */
export const PASSWORDS: readonly Judge[] = [
  {
    name: "chargebee",
    library: "chargebee",
    verifier: configured(chargebee).verifier,
    secret: chargebee.secret.demo,
    samples: samplesOf(chargebee),
    sign: null,
    accepts: ({ headers }, secret) =>
      holds(() => basicAuthValidator((user, password) => `${user}:${password}` === secret)({ ...headers })),
    blind: { to: "the body, which no password proves", altered: null },
  },
  {
    name: "adyen",
    library: "@adyen/api-library",
    verifier: configured(adyen).verifier,
    secret: adyen.secret.demo,
    samples: samplesOf(adyen).flatMap(({ body, headers }) => [
      { body, headers },
      { body: body.replace(/("merchantReference": ?)"[^"]*"/, `$1"${AWKWARD_REFERENCE}"`), headers },
    ]),
    sign: null,
    accepts: ({ body }, secret) =>
      holds(() =>
        adyenItems
          .parse(JSON.parse(body))
          .notificationItems.every(({ NotificationRequestItem: item }) => new HmacValidator().validateHMAC(item, secret)),
      ),
    blind: {
      to: "what stands beside the signed fields of an item",
      altered: (body) => body.replace(/("pspReference": ?)"/, '$1"0'),
    },
  },
];
