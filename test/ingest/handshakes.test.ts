import { describe, expect, test } from "vitest";
import { chat, ENV, serve, signed, signedBy, unsigned } from "./vendors.ts";

const json = (value: unknown) => JSON.stringify(value);
const path = "/hooks/acme/chat";

describe("unsigned", () => {
  test("by GET, with the secret as the vendor's token", async () => {
    const app = serve();
    const response = await app.send(unsigned({ path: `${path}?token=${ENV.ACME_CHAT_SECRET}&challenge=42`, method: "GET" }));
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(await response.text()).toBe("42");
    expect(app.accounts).toEqual([]);
  });

  test("by GET, with another token", async () => {
    expect((await serve().send(unsigned({ path: `${path}?token=x&challenge=42`, method: "GET" }))).status).toBe(403);
  });

  test("a GET that is not a handshake is greeted", async () => {
    expect((await serve().send(unsigned({ path: `${path}?token=x&challenge=<script>`, method: "GET" }))).status).toBe(200);
  });

  test("HEAD is never a handshake", async () => {
    expect((await serve().send(unsigned({ path: `${path}?token=x&challenge=42`, method: "HEAD" }))).status).toBe(200);
  });

  test("by POST", async () => {
    const app = serve();
    const response = await app.send(unsigned({ path, body: json({ challenge: "abc" }) }));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ challenge: "abc" });
    expect(app.accounts).toEqual([]);
  });

  test("by POST with a wrong signature", async () => {
    const response = await serve().send(
      unsigned({ path, headers: { "chat-signature": "0".repeat(64) }, body: json({ challenge: "abc" }) }),
    );
    expect(await response.json()).toEqual({ challenge: "abc" });
  });

  test.each([
    ["not the handshake", json({ challenge: "abc", id: "1" })],
    ["text beyond the pattern", json({ challenge: "<b>" })],
    ["not JSON", "{"],
    ["too large for a handshake", json({ challenge: "abc" }) + " ".repeat(16 * 1024)],
  ])("by POST, %s: unverified", async (_, body) => {
    expect((await serve().send(unsigned({ path, body }))).status).toBe(401);
  });

  test("an adapter without handshakes answers none", async () => {
    expect((await serve().send(unsigned({ body: json({ challenge: "abc" }) }))).status).toBe(401);
  });
});

describe("signed", () => {
  test("by POST, with the vendor's signature", async () => {
    const app = serve();
    const response = await app.send(signed({ body: json({ check: "abc" }) }));
    expect(response.status).toBe(200);
    const { seal } = await response.json<{ seal: string }>();
    const utf8 = new TextEncoder();
    const key = await crypto.subtle.importKey(
      "raw",
      utf8.encode(ENV.ACME_BILLING_SECRET),
      { name: "HMAC", hash: "SHA-256" },
      false,
      ["verify"],
    );
    expect(
      await crypto.subtle.verify(
        "HMAC",
        key,
        Uint8Array.from(seal.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)),
        utf8.encode("check:abc"),
      ),
    ).toBe(true);
    expect(app.accounts).toEqual([]);
    expect(app.lines()).toEqual([{ outcome: "handshake", account: "acme", source: "billing" }]);
  });

  test("not without the signature", async () => {
    expect((await serve().send(unsigned({ body: json({ check: "abc" }) }))).status).toBe(401);
  });

  test("an answer without a body", async () => {
    const response = await serve().send(signedBy(chat, { path, secret: ENV.ACME_CHAT_SECRET, body: json({ ping: true }) }));
    expect(response.status).toBe(204);
    expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  });

  test("by GET, and only with the signature", async () => {
    const headers = { "chat-hello": "world" };
    const genuine = await signedBy(chat, { path, method: "GET", headers, secret: ENV.ACME_CHAT_SECRET });
    expect(await (await serve().send(genuine)).text()).toBe("world");
    const forged = unsigned({ path, method: "GET", headers: { ...headers, "chat-signature": "0".repeat(64) } });
    expect(await (await serve().send(forged)).text()).not.toContain("world");
  });

  test("a webhook of the same vendor is not a handshake", async () => {
    const app = serve();
    const response = await app.send(
      signedBy(chat, { path, secret: ENV.ACME_CHAT_SECRET, body: json({ id: "m1", challenge: "abc" }) }),
    );
    expect(await response.json()).toEqual({ accepted: 1, duplicate: 0, ignored: 0 });
  });
});
