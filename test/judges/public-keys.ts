/**
 * Judges of signatures that only the vendor can make. We sign with the demo's private keys, they check with its public ones.
 */

import { decodeWebhook } from "@kinde/webhooks";
import { EventWebhook } from "@sendgrid/eventwebhook";
import { verifyKey } from "discord-interactions";
import discord from "../../adapters/discord.ts";
import kinde from "../../adapters/kinde.ts";
import sendgrid from "../../adapters/sendgrid.ts";
import { configured } from "../support/accounts.ts";
import { AWKWARD, holds, type Judge, samplesOf } from "./judge.ts";
import { keyServer } from "./key-server.ts";

const eventWebhook = new EventWebhook();

/** SendGrid, Discord and Kinde. */
export const PUBLIC_KEYS: readonly Judge[] = [
  {
    name: "sendgrid",
    library: "@sendgrid/eventwebhook",
    verifier: configured(sendgrid).verifier,
    secret: sendgrid.secret.demo,
    // The key in the library's own tests.
    stranger:
      "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==",
    samples: [...AWKWARD, ...samplesOf(sendgrid)],
    sign: null,
    accepts: ({ body, headers }, secret) =>
      holds(() =>
        eventWebhook.verifySignature(
          eventWebhook.convertPublicKeyToECDSA(secret),
          body,
          headers["x-twilio-email-event-webhook-signature"] ?? "",
          headers["x-twilio-email-event-webhook-timestamp"] ?? "",
        ),
      ),
  },
  {
    name: "discord",
    library: "discord-interactions",
    verifier: configured(discord).verifier,
    secret: discord.secret.demo,
    // The first key in the test vectors of RFC 8032.
    stranger: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    samples: [...AWKWARD, ...samplesOf(discord)],
    sign: null,
    accepts: ({ body, headers }, secret) =>
      verifyKey(body, headers["x-signature-ed25519"] ?? "", headers["x-signature-timestamp"] ?? "", secret),
  },
  {
    name: "kinde",
    library: "@kinde/webhooks",
    verifier: configured(kinde).verifier,
    secret: kinde.secret.demo,
    samples: samplesOf(kinde),
    sign: null,
    // It fetches the keys of the host that it is told.
    accepts: async ({ body }, host) => {
      const server = await keyServer();
      return holds(
        async () => (await decodeWebhook(body, `${server}/${host === kinde.secret.demo ? "demo" : "stranger"}`)) !== null,
      );
    },
    blind: {
      to: "white space in the token",
      altered: (token) => token.replace(/\.(\w)/, (_, first) => `.${first === "a" ? "b" : "a"}`),
    },
  },
];
