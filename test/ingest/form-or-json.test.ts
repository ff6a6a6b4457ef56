/**
 * A vendor that sends forms and JSON, all the way through the Worker: what is kept has one format, and Content-Type turns nothing into another.
 */
import { describe, expect, test } from "vitest";
import twilio from "../../adapters/twilio.ts";
import type { AcceptRequest } from "../../src/account/rpc.ts";
import { readConfig } from "../../src/config/load.ts";
import { agreesWithType, formatOf } from "../../src/contract/formats.ts";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { bodyBudget } from "../../src/ingest/body-budget.ts";
import { platformTimer } from "../../src/ingest/clock.ts";
import { createHandOver } from "../../src/ingest/hand-over.ts";
import { receive } from "../../src/ingest/receive.ts";
import { requestClock } from "../../src/ingest/request-clock.ts";
import { translateWebhook } from "../../src/translate/webhook.ts";
import { requestWith } from "../contract/verify-requests.ts";
import { accountOf, sourceOf } from "../support/accounts.ts";
import { ADAPTERS } from "../support/registry.ts";

const NOW = Date.UTC(2026, 10, 23, 12);
const TOKEN = "0123456789abcdef0123456789abcdef";
const ADDRESS = "https://worker.example/hooks/acme/twilio";
const FORM = "application/x-www-form-urlencoded";

const config = readConfig(
  {
    REGION: "us",
    ACCOUNTS: { acme: { region: "us", sources: { twilio: { public_url: ADDRESS } } } },
    ACME_CDP_API_KEY: "key_of_acme",
    ACME_TWILIO_SECRET: TOKEN,
  },
  ADAPTERS,
);

const source = sourceOf(twilio);
const clock = { now: Date.now, after: platformTimer };

/** Signs a body as Twilio does, and sends it as that content type. */
async function send(body: string, contentType: string) {
  const kept: AcceptRequest[] = [];
  const { url, headers } = await source.configured.verifier.sign(requestWith({ url: ADDRESS, body }), TOKEN, NOW);
  headers.set("content-type", contentType);
  const ending = await receive(
    new Request(url, { method: "POST", headers, body: utf8Bytes(body) }),
    { account: "acme", source: "twilio", token: null },
    {
      config,
      budget: bodyBudget(Date.now),
      clock: requestClock(clock),
      now: NOW,
      keys: { read: async () => null, readNamed: async () => null },
      handOver: createHandOver(clock.now),
      waitUntil: () => {},
      accountObject: () => ({
        failed: async () => {},
        acceptAll: async () => [],
        accept: async (request) => {
          kept.push(request);
          return { kind: "stored", accepted: request.events.length, duplicate: 0 };
        },
      }),
    },
  );
  return { ending, kept };
}

/** Text whose JSON, read as a form, names another person. */
const TYPED = "&MessageSid=SM2&SmsStatus=received&From=%2B15550100002&To=%2B15550100099&Body=STOP&x=";

const stream = JSON.stringify([
  {
    specversion: "1.0",
    id: "EZ1",
    type: "com.twilio.messaging.inbound-message.received",
    time: "2026-11-23T11:59:58.120Z",
    data: { messageSid: "SM1", from: "+15550100001", to: "+15550100099", body: TYPED, numMedia: 0 },
  },
]);
const form = new URLSearchParams({
  MessageSid: "SM1",
  SmsStatus: "received",
  From: "+15550100001",
  To: "+15550100099",
  Body: TYPED,
}).toString();

describe("a webhook is kept in the format that it has", () => {
  test.each([
    ["form", form, FORM],
    ["form", form, `${FORM}; charset=UTF-8`],
    ["json", stream, "application/json"],
    ["json", stream, "Application/JSON;charset=utf-8"],
    ["json", stream, "application/cloudevents-batch+json"],
  ])("%s", async (format, body, contentType) => {
    const { ending, kept } = await send(body, contentType);
    expect(ending).toMatchObject({ outcome: "accepted", tally: { accepted: 1 } });
    expect(kept).toMatchObject([
      { format, events: [{ id: "message.received:SM1", type: "message.received" }], headers: {}, query: {} },
    ]);
    const [webhook] = kept;
    if (webhook === undefined) throw new TypeError("nothing was kept");
    const [outcome] = await translateWebhook(webhook, source, accountOf([source]));
    expect(outcome).toMatchObject({
      kind: "calls",
      calls: [{ event: "SMS Received", properties: { sms_id: "SM1", body: TYPED } }],
    });
  });
});

test.each([
  ["JSON as a form", stream, FORM],
  ["a form as JSON", form, "application/json"],
  ["JSON as text", stream, "text/plain"],
  ["a form as another kind of form", form, "multipart/form-data; boundary=b"],
  ["a form as nothing", form, ""],
  ["JSON as a type that only begins like it", stream, "application/jsonp"],
  ["JSON as several types", stream, `${FORM}, application/json`],
])("%s is unreadable, and nothing is kept", async (_, body, contentType) => {
  const { ending, kept } = await send(body, contentType);
  expect(ending).toMatchObject({ outcome: "unreadable", reason: "parse" });
  expect(kept).toEqual([]);
});

test.each([
  ["json", "{}"],
  ["json", "[]"],
  ["json", " \r\n\t[1]"],
  ["json", '\ufeff{"a":1}'],
  ["form", ""],
  ["form", "a=[1]"],
  ["form", "%7B%7D="],
  ["form", '"{}"'],
  ["form", "  "],
])("%s: %j", (format, text) => {
  expect(formatOf(["form", "json"], utf8Bytes(text))).toBe(format);
  for (const only of ["form", "json", "text", { form: "a" }] as const) {
    expect(formatOf(only, utf8Bytes(text))).toBe(only);
    expect(agreesWithType(only, utf8Bytes(text), null)).toBe(true);
  }
});
