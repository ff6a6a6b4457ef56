import { describe, expect, test } from "vitest";
import * as z from "zod";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { hmac } from "../../src/contract/verify/hmac.ts";
import { base64, hex } from "../../src/contract/verify/keys.ts";
import { bare, keyed, positional, prefixed } from "../../src/contract/verify/layouts.ts";
import { standardWebhooks } from "../../src/contract/verify/standard-webhooks.ts";
import type { Verifier } from "../../src/contract/verify/verifier.ts";
import { NOW, outcomeOf, requestWith } from "./verify-requests.ts";

const vectors = z.array(
  z.strictObject({
    source: z.string(),
    secret: z.string(),
    url: z.string().optional(),
    body: z.string(),
    headers: z.record(z.string(), z.string()),
    now: z.number(),
  }),
);

const sha256Hex = { hash: "SHA-256", encoding: "hex", covers: "body" } as const;
const sha256Base64 = { hash: "SHA-256", encoding: "base64", covers: "body" } as const;

const ADYEN_ITEM = "notificationItems.0.NotificationRequestItem";
const ADYEN_FIELDS = [
  "originalReference",
  "merchantAccountCode",
  "merchantReference",
  "amount.value",
  "amount.currency",
  "eventCode",
  "success",
];

const schemes: Readonly<Record<string, Verifier>> = {
  adyen: hmac({
    hash: "SHA-256",
    field: `${ADYEN_ITEM}.additionalData.hmacSignature`,
    encoding: "base64",
    covers: "nonce",
    layout: bare(),
    id: { field: `${ADYEN_ITEM}.pspReference` },
    message: ({ id, field }) => [id, ...ADYEN_FIELDS.flatMap((name) => [":", field(`${ADYEN_ITEM}.${name}`) ?? ""])],
    key: hex(),
  }),
  airtable: hmac({
    ...sha256Hex,
    header: "X-Airtable-Content-MAC",
    layout: prefixed("hmac-sha256="),
    message: ({ body }) => [body],
    key: base64(),
  }),
  box: hmac({
    ...sha256Base64,
    header: ["BOX-SIGNATURE-PRIMARY", "BOX-SIGNATURE-SECONDARY"],
    layout: bare(),
    timestamp: { header: "BOX-DELIVERY-TIMESTAMP" },
    unit: "iso",
    tolerance: 600,
    message: ({ body, timestamp }) => [body, timestamp],
  }),
  "dropbox-sign": hmac({
    hash: "SHA-256",
    field: "event.event_hash",
    encoding: "hex",
    covers: "nothing",
    layout: bare(),
    timestamp: { field: "event.event_time" },
    tolerance: 300,
    message: ({ timestamp, field }) => [timestamp, field("event.event_type")],
    format: { form: "json" },
  }),
  github: hmac({ ...sha256Hex, header: "x-hub-signature-256", layout: prefixed("sha256="), message: ({ body }) => [body] }),
  gocardless: hmac({ ...sha256Hex, header: "webhook-signature", layout: bare(), message: ({ body }) => [body] }),
  mollie: hmac({ ...sha256Hex, header: "x-mollie-signature", layout: prefixed("sha256="), message: ({ body }) => [body] }),
  paddle: hmac({
    ...sha256Hex,
    header: "paddle-signature",
    layout: keyed({ timestamp: "ts", signature: "h1" }, ";"),
    message: ({ timestamp, body }) => [timestamp, ":", body],
    tolerance: 300,
  }),
  razorpay: hmac({ ...sha256Hex, header: "x-razorpay-signature", layout: bare(), message: ({ body }) => [body] }),
  recurly: hmac({
    ...sha256Hex,
    header: "recurly-signature",
    layout: positional(),
    unit: "milliseconds",
    message: ({ timestamp, body }) => [timestamp, ".", body],
    tolerance: 300,
  }),
  sanity: hmac({
    ...sha256Hex,
    encoding: "base64url",
    header: "sanity-webhook-signature",
    layout: keyed({ timestamp: "t", signature: "v1" }),
    unit: "milliseconds",
    message: ({ timestamp, body }) => [timestamp, ".", body],
    tolerance: 300,
  }),
  shopify: hmac({
    ...sha256Base64,
    header: ["x-shopify-hmac-sha256", "shopify-hmac-sha256"],
    layout: bare(),
    message: ({ body }) => [body],
  }),
  slack: hmac({
    ...sha256Hex,
    header: "x-slack-signature",
    layout: prefixed("v0="),
    timestamp: { header: "x-slack-request-timestamp" },
    message: ({ timestamp, body }) => ["v0:", timestamp, ":", body],
    tolerance: 300,
  }),
  square: hmac({
    ...sha256Base64,
    header: "x-square-hmacsha256-signature",
    layout: bare(),
    message: ({ url, body }) => [url, body],
  }),
  "standard-webhooks": standardWebhooks(),
  stripe: hmac({
    ...sha256Hex,
    header: "stripe-signature",
    layout: keyed({ timestamp: "t", signature: "v1" }),
    message: ({ timestamp, body }) => [timestamp, ".", body],
    tolerance: 300,
  }),
  svix: standardWebhooks({ prefix: "svix-" }),
  twilio: hmac({
    hash: "SHA-1",
    header: "x-twilio-signature",
    encoding: "base64",
    covers: "body",
    layout: bare(),
    message: ({ url, sortedForm }) => [url, sortedForm()],
    format: "form",
  }),
};

const files = import.meta.glob<string>("../vectors/*.json", { eager: true, query: "?raw", import: "default" });

describe.each(Object.entries(schemes))("%s", (name, verifier) => {
  const published = vectors.parse(JSON.parse(files[`../vectors/${name}.json`] ?? "[]"));

  test("has published vectors", () => expect(published.length).toBeGreaterThan(0));

  test.each(published)("$source", async ({ secret, url, headers, body, now }) => {
    const request = requestWith({ url, headers, body });
    const outcome = (changed: object, secrets = [secret]) => outcomeOf(verifier, { ...request, ...changed }, secrets, now);
    expect(await outcome({})).toBe("accepted");
    expect(await outcome({}, ["another secret", "", secret])).toBe("accepted");
    expect(await outcome({}, ["another secret", `${secret} `, ""])).toBe("mismatch");
    expect(await outcome({}, [])).toBe("mismatch");
    if (verifier.covers === "body") expect(await outcome({ body: utf8Bytes(`${body} `) })).toBe("mismatch");
    if (verifier.signsUrl) expect(await outcome({ url: `${url}x` })).toBe("mismatch");
  });

  test.each(published)("signs as the vendor does: $source", async ({ secret, url, headers, body, now }) => {
    const signed = await verifier.sign(requestWith({ url, headers, body }), secret, now);
    expect(await outcomeOf(verifier, signed, [secret], now)).toBe("accepted");
    // Several signatures, and an offset from UTC, are theirs to write; ours is the first, and UTC.
    const isPlain = !/h2=|-07:00/.test(Object.values(headers).join());
    if (isPlain && verifier.sensitive.headers.length > 0) expect(Object.fromEntries(signed.headers)).toMatchObject(headers);
    if (verifier.sensitive.headers.length === 0) expect(new TextDecoder().decode(signed.body)).toContain(signatureIn(body));
  });
});

/** The signature of the vectors that carry it in the body, as it stands there. */
function signatureIn(body: string): string {
  return /(?:hmacSignature":"|event_hash%22%3A%22)([^"%]+)/.exec(body)?.[1] ?? "no signature";
}

test("an old page of Zendesk's signs body and timestamp in the other order: not accepted", async () => {
  const zendesk = hmac({
    ...sha256Base64,
    header: "x-zendesk-webhook-signature",
    layout: bare(),
    timestamp: { header: "x-zendesk-webhook-signature-timestamp" },
    unit: "iso",
    tolerance: 300,
    message: ({ timestamp, body }) => [timestamp, body],
  });
  const [secret, now] = ["HRkRd4BeOAoUkfZr-mhauJT64rvBASlJRoIyPsd3zeA=", Date.UTC(2021, 6, 25, 10)];
  const headers = {
    "x-zendesk-webhook-signature-timestamp": "2021-07-25T10:00:00Z",
    "x-zendesk-webhook-signature": "tRDSF7URY8BLCDlaBcQ7FHu051Zk+aAB0NKMP53teMw=",
  };
  const request = requestWith({ headers, body: '{"say": "hello"}' });
  expect(await outcomeOf(zendesk, request, [secret], now)).toBe("mismatch");
  expect(await outcomeOf(zendesk, await zendesk.sign(request, secret, now), [secret], now)).toBe("accepted");
  expect(await outcomeOf(zendesk, request, [secret], NOW)).toBe("stale");
});
