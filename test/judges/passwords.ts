/**
 * Judges of passwords, which say nothing about the body.
 */
import { basicAuthValidator } from "chargebee";
import chargebee from "../../adapters/chargebee.ts";
import { configured } from "../support/accounts.ts";
import { holds, type Judge, samplesOf } from "./judge.ts";

/** Chargebee. */
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
];
