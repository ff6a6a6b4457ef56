/**
 * The least that a Worker can do to keep a webhook: it verifies the signature, parses the body, and inserts it into the database of an object. It
 * knows three vendors by heart and one table. The path names the vendor and, where there are several, the object. GROUP = "yes" commits those together that wait together.
 */
import { DurableObject } from "cloudflare:workers";

export class Store extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    this.waiting = [];
    this.isCommitting = false;
    this.isGrouping = env.GROUP === "yes";
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS webhooks (id TEXT PRIMARY KEY, body BLOB)");
  }

  insert(id, body) {
    this.ctx.storage.sql.exec("INSERT OR IGNORE INTO webhooks (id, body) VALUES (?, ?)", id, body);
  }

  keep(id, body) {
    if (!this.isGrouping) return this.insert(id, body);
    return new Promise((resolve, reject) => {
      this.waiting.push({ id, body, resolve, reject });
      if (!this.isCommitting) this.commitWaiting();
    });
  }

  /** At once where nothing is on its way to the disk; what arrives meanwhile is the next group. */
  async commitWaiting() {
    this.isCommitting = true;
    while (this.waiting.length > 0) {
      const group = this.waiting.splice(0);
      try {
        this.ctx.storage.transactionSync(() => {
          for (const one of group) this.insert(one.id, one.body);
        });
        for (const one of group) one.resolve();
      } catch (error) {
        for (const one of group) one.reject(error);
      }
      await this.ctx.storage.sync();
    }
    this.isCommitting = false;
  }
}

const encoder = new TextEncoder();
const keys = {};

function base64(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function hex(text) {
  return Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

function joined(text, body) {
  const prefix = encoder.encode(text);
  const bytes = new Uint8Array(prefix.length + body.byteLength);
  bytes.set(prefix);
  bytes.set(new Uint8Array(body), prefix.length);
  return bytes;
}

function hmacKey(secret) {
  return crypto.subtle.importKey("raw", encoder.encode(secret), { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
}

/** A signature in DER, as the 64 bytes that WebCrypto takes. */
function plainSignature(der) {
  const plain = new Uint8Array(64);
  let at = 2;
  for (const end of [32, 64]) {
    const length = der[at + 1];
    const number = der.subarray(at + 2, at + 2 + length).slice(-32);
    plain.set(number, end - number.length);
    at += 2 + length;
  }
  return plain;
}

const VENDORS = {
  stripe: {
    verify: async (headers, body, env) => {
      const [, time, signature] = /^t=(\d+),v1=(\w+)$/.exec(headers.get("stripe-signature") ?? "") ?? [];
      if (time === undefined || Math.abs(Date.now() / 1000 - Number(time)) > 300) return false;
      keys.stripe ??= await hmacKey(env.STRIPE);
      return crypto.subtle.verify("HMAC", keys.stripe, hex(signature), joined(`${time}.`, body));
    },
    idOf: (event) => event.id,
  },
  shopify: {
    verify: async (headers, body, env) => {
      keys.shopify ??= await hmacKey(env.SHOPIFY);
      return crypto.subtle.verify("HMAC", keys.shopify, base64(headers.get("x-shopify-hmac-sha256") ?? ""), body);
    },
    idOf: (order) => String(order.id),
  },
  sendgrid: {
    verify: async (headers, body, env) => {
      const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
      keys.sendgrid ??= await crypto.subtle.importKey("spki", base64(env.SENDGRID), algorithm, false, ["verify"]);
      const signature = plainSignature(base64(headers.get("x-twilio-email-event-webhook-signature") ?? ""));
      const time = headers.get("x-twilio-email-event-webhook-timestamp") ?? "";
      return crypto.subtle.verify(algorithm, keys.sendgrid, signature, joined(time, body));
    },
    idOf: (events) => events[0].sg_event_id,
  },
};

export default {
  async fetch(request, env) {
    const [, kind, object = "all"] = new URL(request.url).pathname.split("/");
    const vendor = VENDORS[kind];
    if (vendor === undefined) return new Response("here");
    const body = await request.arrayBuffer();
    if (!(await vendor.verify(request.headers, body, env))) return new Response(null, { status: 401 });
    const id = vendor.idOf(JSON.parse(new TextDecoder().decode(body)));
    await env.STORE.getByName(object).keep(id, body);
    return Response.json({ kept: true });
  },
};
