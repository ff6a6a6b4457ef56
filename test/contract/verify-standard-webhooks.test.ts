import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { utf8 } from "../../src/contract/verify/keys.ts";
import { standardWebhooks } from "../../src/contract/verify/standard-webhooks.ts";
import { NOW, outcomeOf, requestWith, withHeaders } from "./verify-requests.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const SECONDS = 1_700_000_000;
const verifier = standardWebhooks();
const unsigned = requestWith({ headers: { "webhook-id": "msg_1" }, body: '{"test":1}' });
const signed = await verifier.sign(unsigned, SECRET, NOW);
const signature = signed.headers.get("webhook-signature") ?? "";

const outcome = (changes: Readonly<Record<string, string | null>>) => outcomeOf(verifier, withHeaders(signed, changes), [SECRET]);

describe("standard webhooks", () => {
  test("gives the signed id as nonce", async () => {
    expect(verifier.covers).toBe("body");
    expect(verifier.precheck(signed, NOW)).toEqual({ ok: true });
    expect(await verifier.verify(signed, [SECRET], NOW)).toEqual({ ok: true, nonce: "msg_1" });
  });

  test.each<[string, Record<string, string | null>, string]>([
    ["no signature", { "webhook-signature": null }, "missing"],
    ["no id", { "webhook-id": null }, "missing"],
    ["an empty id", { "webhook-id": "" }, "missing"],
    ["no timestamp", { "webhook-timestamp": null }, "missing"],
    ["no time at all", { "webhook-timestamp": "soon" }, "malformed"],
    ["an old timestamp", { "webhook-timestamp": String(SECONDS - 301) }, "stale"],
    ["a new timestamp", { "webhook-timestamp": String(SECONDS + 301) }, "stale"],
    ["another timestamp", { "webhook-timestamp": String(SECONDS - 1) }, "mismatch"],
    ["another id", { "webhook-id": "msg_2" }, "mismatch"],
    ["two ids", { "webhook-id": "msg_1, msg_1" }, "malformed"],
    ["an id with a full stop", { "webhook-id": `msg_1.${SECONDS}` }, "malformed"],
    ["a very long id", { "webhook-id": "m".repeat(256) }, "malformed"],
    ["part of a signature", { "webhook-signature": signature.slice(0, 8) }, "malformed"],
    ["a prefix only", { "webhook-signature": "v1," }, "malformed"],
    ["a signature without version", { "webhook-signature": signature.slice(3) }, "malformed"],
    ["a signature of a key pair only", { "webhook-signature": signature.replace("v1,", "v1a,") }, "malformed"],
    ["two headers", { "webhook-signature": `${signature}, ${signature}` }, "accepted"],
    ["another signature", { "webhook-signature": `v1,${btoa("x".repeat(32))}` }, "mismatch"],
    ["several signatures", { "webhook-signature": `v1,${btoa("x".repeat(32))} v1a,abc v2,def ${signature}` }, "accepted"],
    ["seventeen signatures", { "webhook-signature": Array(17).fill(signature).join(" ") }, "malformed"],
  ])("%s", async (_name, changes, expected) => expect(await outcome(changes)).toBe(expected));

  test("signs another body as another", async () => {
    expect(await outcomeOf(verifier, { ...signed, body: new Uint8Array([...signed.body, 32]) }, [SECRET])).toBe("mismatch");
  });

  test("takes svix names as well, unless only one kind is wanted, and mixes none", async () => {
    const svix = standardWebhooks({ prefix: "svix-" });
    const bySvix = await svix.sign(requestWith({ headers: { "svix-id": "msg_1" }, body: '{"test":1}' }), SECRET, NOW);
    expect(bySvix.headers.get("svix-signature")).toBe(signature);
    expect(await outcomeOf(verifier, bySvix, [SECRET])).toBe("accepted");
    expect(await outcomeOf(svix, bySvix, [SECRET])).toBe("accepted");
    expect(await outcomeOf(svix, signed, [SECRET])).toBe("missing");
    expect(await outcomeOf(standardWebhooks({ prefix: "webhook-" }), bySvix, [SECRET])).toBe("missing");
    expect(await outcome({ "webhook-id": null, "svix-id": "msg_1" })).toBe("missing");
    expect(verifier.sensitive.headers).toEqual(["webhook-signature", "svix-signature"]);
    expect(svix.sensitive.headers).toEqual(["svix-signature"]);
  });

  test("takes the whole secret as text where a vendor does", async () => {
    const polar = standardWebhooks({ key: utf8() });
    const byPolar = await polar.sign(unsigned, SECRET, NOW);
    expect(await outcomeOf(polar, byPolar, [SECRET])).toBe("accepted");
    expect(await outcomeOf(verifier, byPolar, [SECRET])).toBe("mismatch");
    expect(polar.unusable("whsec_no base64 at all")).toBeNull();
  });

  test.each(["", "whsec_", "whsec_AAAA", "whsec_not base64", "v1,whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])(
    "cannot use %j",
    async (secret) => {
      expect(verifier.unusable(secret)).toBeTypeOf("string");
      expect(await outcomeOf(verifier, signed, [secret])).toBe("mismatch");
    },
  );

  test("random headers neither throw nor verify", async () => {
    const text = fc.string({ unit: fc.constantFrom(..."v1a, =+/0A.", "v1,", "msg_1", String(SECONDS)), maxLength: 120 });
    await fc.assert(
      fc.asyncProperty(text, text, text, async (id, timestamp, mark) => {
        const headers = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": mark };
        expect(["missing", "malformed", "stale", "mismatch"]).toContain(await outcome(headers));
        expect(["missing", "malformed", "stale", "mismatch"]).toContain(await outcome({ "webhook-signature": mark }));
      }),
      { numRuns: 300 },
    );
  });
});
