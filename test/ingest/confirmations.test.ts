/**
 * Vendors whose subscription is confirmed by opening an address that they send.
 */
import { describe, expect, test } from "vitest";
import * as z from "zod";
import amazonSes from "../../adapters/amazon-ses.ts";
import { demoPublicKeyBytes } from "../../src/contract/verify/demo-keys.ts";
import { decode, utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { importPublicKey, isSignedBy } from "../../src/contract/verify/public-keys.ts";
import { fixturesOf } from "../support/fixtures.ts";
import { NOW } from "../support/requests.ts";
import { answerTo, signedWith, workerOf } from "../support/worker.ts";

const CONFIRMATION = z
  .looseObject({ SubscribeURL: z.string() })
  .parse(JSON.parse(fixturesOf("amazon-ses").find(({ name }) => name === "handshake")?.text ?? ""));

/** A Worker whose vendor answers with this text, and the addresses that it opened. */
function listening(answer: string | null) {
  const opened: string[] = [];
  const accept = async () => ({ kind: "stored", accepted: 0, duplicate: 0 }) as const;
  const worker = workerOf(
    [amazonSes],
    { "amazon-ses": {} },
    accept,
    () => NOW,
    async (url) => {
      opened.push(url);
      return answer;
    },
  );
  return { worker, opened };
}

function signed(body: object = CONFIRMATION) {
  return signedWith(amazonSes, JSON.stringify(body), NOW);
}

describe("a subscription of Amazon SNS", () => {
  test("is confirmed by the address in a signed message", async () => {
    const { worker, opened } = listening("<ConfirmSubscriptionResponse/>");
    expect(await answerTo(await worker.send("amazon-ses", await signed()))).toEqual({ status: 200, body: "confirmed" });
    expect(opened).toEqual([CONFIRMATION.SubscribeURL]);
  });

  test("is tried again where the address does not answer", async () => {
    const { worker } = listening(null);
    expect(await answerTo(await worker.send("amazon-ses", await signed()))).toMatchObject({ status: 503 });
  });

  test.each([
    "https://example.com/?Action=ConfirmSubscription&Token=1",
    "https://sns.us-east-1.amazonaws.com.example.com/?Action=ConfirmSubscription&Token=1",
    "https://sns.us-east-1.amazonaws.com/?Action=Publish&TopicArn=1",
    "http://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=1",
  ])("opens nothing else: %s", async (SubscribeURL) => {
    const { worker, opened } = listening("yes");
    await worker.send("amazon-ses", await signed({ ...CONFIRMATION, SubscribeURL }));
    expect(opened).toEqual([]);
  });

  test("opens nothing for a message that is not signed, or another topic's", async () => {
    const { worker, opened } = listening("yes");
    const genuine = await signed();
    const forged = new TextDecoder().decode(genuine.body).replace("Token=2", "Token=3");
    expect((await worker.send("amazon-ses", { ...genuine, body: utf8Bytes(forged) })).outcome).toBe("unverified");
    expect(opened).toEqual([]);
  });
});

// @see https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html
test.each([
  ["Bounce", ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]],
  ["Open", ["Message", "MessageId", "Timestamp", "TopicArn", "Type"]],
  ["handshake", ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]],
])("%s is signed in the order that Amazon documents", async (name, order) => {
  const sent = await signed(JSON.parse(fixturesOf("amazon-ses").find((one) => one.name === name)?.text ?? ""));
  const fields = z.record(z.string(), z.string()).parse(JSON.parse(new TextDecoder().decode(sent.body)));
  const text = order.map((field) => `${field}\n${fields[field]}\n`).join("");
  const key = await importPublicKey("RS256", demoPublicKeyBytes("RS256"));
  const signature = decode(fields.Signature ?? "", "base64");
  if (key === null || signature === null) throw new TypeError("no key or no signature");
  expect(await isSignedBy("RS256", key, signature, utf8Bytes(text))).toBe(true);
});
