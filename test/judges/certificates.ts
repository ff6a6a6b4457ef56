/**
 * Judges of signatures whose key comes with a certificate or from Google's key set. They get our own certificates and keys, since nobody else can sign
 * with the vendors'.
 */
import { createPublicKey } from "node:crypto";
import https from "node:https";
import { PassThrough } from "node:stream";
import { Environment, SignedDataVerifier } from "@apple/app-store-server-library";
import { OAuth2Client } from "google-auth-library";
import { CompactSign, decodeJwt } from "jose";
import MessageValidator from "sns-validator";
import * as z from "zod";
import amazonSes from "../../adapters/amazon-ses.ts";
import appStore from "../../adapters/app-store.ts";
import googlePlay from "../../adapters/google-play.ts";
import { demoPublicKeyBytes } from "../../src/contract/verify/demo-keys.ts";
import { demoPrivateKeyBytes } from "../../src/contract/verify/demo-private-keys.ts";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import type { Verifier } from "../../src/contract/verify/verifier.ts";
import { OWN_INTERMEDIATE, OWN_LEAF, OWN_ROOT } from "../contract/chains.ts";
import { configured } from "../support/accounts.ts";
import { SCHEMES } from "../support/schemes.ts";
import { holds, type Judge, samplesOf } from "./judge.ts";

const AUDIENCE = "https://hooks.example.com";

const google = new OAuth2Client();

const GOOGLE_KEY = createPublicKey({ key: Buffer.from(demoPublicKeyBytes("RS256")), format: "der", type: "spki" })
  .export({ format: "pem", type: "spki" })
  .toString();

/** Over the demo's RSA key: `openssl req -x509 -key … -sha256 -days 36500 -subj /CN=sns.amazonaws.com`. */
const SNS_CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIDGzCCAgOgAwIBAgIUFNM+xeLpPMaaf3YvWqnomMK23A0wDQYJKoZIhvcNAQEL
BQAwHDEaMBgGA1UEAwwRc25zLmFtYXpvbmF3cy5jb20wIBcNMjYxMTI5MTQyMzMz
WhgPMjEyNjExMDUxNDIzMzNaMBwxGjAYBgNVBAMMEXNucy5hbWF6b25hd3MuY29t
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAoQ6jecnV0cwNsaWSDHQG
Nd7dKLhhk0mRe/g+N5SpKO9Q/N6pleNl67Bli4j5f8FfrhPxAZLwQjt3a/oRqy7G
VqiHrsAoRxJnOLEygNejnatkoMVvh3/cVTwfSYpt8xUr17cgngKOvrijVoC5hF6Y
A3zEp4AQx1mTTDlpi5pPg49QNtd/rLY2J7+br1/vwxk/4cZvpXWirn+NyTJ/lhD/
X6/G/cw1XfYjJYRgpJejO00Pwf323iZYmBOwmCyONlHE04571jhyH32MMwhW3ZFy
QemAZ47S+4QrZgLfBbOqYMXJm1ieIYdSXl5BwriwYXVbXN86xS0s4AEI++UTVfss
lwIDAQABo1MwUTAdBgNVHQ4EFgQUL1B8Xnet3fb1KkrPSUzzjCK1u1kwHwYDVR0j
BBgwFoAUL1B8Xnet3fb1KkrPSUzzjCK1u1kwDwYDVR0TAQH/BAUwAwEB/zANBgkq
hkiG9w0BAQsFAAOCAQEAdZBn4QKTHYGswy5gvDzw5jIp6uBAV1n/rWr4lF3ngTzT
t9XredOc/Bt9xg5eMzDXkVvb0HQ5LV/0X/TK2Z+3xy/3T4bCZ7A4hDfM4lFjPReU
nirj34gi0Fv8eQeN17muOaq8LHqO35ri8RztFoDgJxY+mAfOPkDwF9DhuE8mmQXu
d7nTTuUp5G5lSvCbXWxuWSy6N89dgt+TAylY9IPwYi5EAM75UUX3CKORlWEZ+eOZ
s3mWPnHWQMGeHdWfAVxotAdEqwklGN4N24VSiIx3OK75elOm8AwBTikpBO1FnDwC
NQecoOx9W9wBdtmD0qTo1R89+EnoELWJPX0UW1qCOQ==
-----END CERTIFICATE-----
`;

// The library fetches the certificate from Amazon, and takes no other way.
Object.assign(https, {
  get: (_url: string, answered: (response: unknown) => void) => {
    const response = Object.assign(new PassThrough(), { statusCode: 200 });
    answered(response);
    response.end(SNS_CERTIFICATE);
    return response;
  },
});

const snsMessage = z.looseObject({ TopicArn: z.string() });

/** SNS signs what a message says. Its library leaves the topic to whoever calls it. */
function snsJudge(version: "1" | "2"): Judge {
  return {
    name: "amazon-ses",
    library: "sns-validator",
    verifier: configured(amazonSes, { signature_version: version }).verifier,
    options: { signature_version: version },
    secret: amazonSes.secret.demo,
    samples: samplesOf(amazonSes).map(({ body, headers }) => ({
      headers,
      body: body.replace(/("SignatureVersion": ?)"\d"/, `$1"${version}"`),
    })),
    sign: null,
    accepts: async ({ body }, topic) => {
      const message = JSON.parse(body);
      const { promise, resolve } = Promise.withResolvers<boolean>();
      new MessageValidator().validate(message, (error) => resolve(error === null));
      return (await promise) && snsMessage.parse(message).TopicArn === topic;
    },
    blind: { to: "how the JSON is written", altered: (body) => body.replace('"MessageId":"', '"MessageId":"0') },
  };
}

const appStoreBody = z.object({ signedPayload: z.string() });

const appStoreClaims = z.looseObject({
  data: z.looseObject({ environment: z.enum(Environment), appAppleId: z.number().optional() }),
});

/** Signs as the App Store does, with a chain of our own in the token's header. */
const chained: Verifier = {
  ...SCHEMES["app-store.chain"],
  sign: async (request) => {
    const inner = await configured(appStore).verifier.sign(request, appStore.secret.demo, Date.now());
    const { signedPayload } = appStoreBody.parse(JSON.parse(new TextDecoder().decode(inner.body)));
    const claims = { ...decodeJwt(signedPayload), signedDate: Date.now() };
    const parameters = { name: "ECDSA", namedCurve: "P-256" };
    const key = await crypto.subtle.importKey("pkcs8", demoPrivateKeyBytes("ES256"), parameters, false, ["sign"]);
    const token = new CompactSign(utf8Bytes(JSON.stringify(claims)));
    const header = { alg: "ES256", x5c: [OWN_LEAF, OWN_INTERMEDIATE, OWN_ROOT] };
    return {
      ...request,
      body: utf8Bytes(JSON.stringify({ signedPayload: await token.setProtectedHeader(header).sign(key) })),
    };
  },
};

/** Google Play, Amazon SES with both versions of its signatures, and the App Store. */
export const CERTIFICATES: readonly Judge[] = [
  {
    name: "google-play",
    library: "google-auth-library",
    verifier: configured(googlePlay, { audience: AUDIENCE }).verifier,
    options: { audience: AUDIENCE },
    secret: googlePlay.secret.demo,
    samples: samplesOf(googlePlay),
    sign: null,
    accepts: ({ headers }, account) =>
      holds(async () => {
        const token = (headers.authorization ?? "").replace("Bearer ", "");
        // The demo's token names no key.
        const ticket = await google.verifySignedJwtWithCertsAsync(token, { undefined: GOOGLE_KEY }, AUDIENCE, [
          "https://accounts.google.com",
        ]);
        const { email, email_verified } = ticket.getPayload() ?? {};
        return email === account && email_verified === true;
      }),
    blind: { to: "the body, which no token of Google's covers", altered: null },
  },
  snsJudge("2"),
  snsJudge("1"),
  {
    name: "app-store.chain",
    library: "@apple/app-store-server-library",
    verifier: chained,
    secret: appStore.secret.demo,
    samples: samplesOf(appStore).filter(({ body }) => appStoreClaims.safeParse(JSON.parse(body).signedPayload).success),
    sign: null,
    accepts: ({ body }, bundle) =>
      holds(async () => {
        const { signedPayload } = appStoreBody.parse(JSON.parse(body));
        // Which environment and which number of the app are for the caller to say: here the token's own.
        const { environment, appAppleId } = appStoreClaims.parse(decodeJwt(signedPayload)).data;
        const root = Buffer.from(OWN_ROOT, "base64");
        return new SignedDataVerifier([root], false, environment, bundle, appAppleId).verifyAndDecodeNotification(signedPayload);
      }),
    blind: {
      to: "how the JSON around the token is written",
      altered: (body) => body.replace(/\.(\w)/, (_, first) => `.${first === "a" ? "b" : "a"}`),
    },
  },
];
