/**
 * Invented vendors, an app that serves them, and an account object that writes down what it is asked.
 */
import * as z from "zod";
import type { OperationAnswer } from "../../src/account/operation.ts";
import type { AcceptAnswer, AcceptRequest } from "../../src/account/rpc.ts";
import { createApp, type Edge } from "../../src/app.ts";
import { defineAdapter } from "../../src/contract/define.ts";
import { identify, ignore, track } from "../../src/contract/drafts.ts";
import { person } from "../../src/contract/facts.ts";
import { decimal, id, text, unixSeconds } from "../../src/contract/fields.ts";
import { off, on } from "../../src/contract/handlers.ts";
import { answerJson, answerText, handshake } from "../../src/contract/handshake.ts";
import type { Adapter } from "../../src/contract/interface.ts";
import { hmac } from "../../src/contract/verify/hmac.ts";
import { bare, keyed } from "../../src/contract/verify/layouts.ts";
import { pathToken } from "../../src/contract/verify/path-token.ts";
import type { BodyShares } from "../../src/ingest/body-budget.ts";
import type { Clock } from "../../src/ingest/clock.ts";

/** The time at which requests are sent and received, milliseconds since 1970. */
export const NOW = Date.UTC(2026, 10, 23, 12);

const item = z.looseObject({
  id: z.string(),
  type: z.string(),
  created: unixSeconds,
  live: z.boolean().default(true),
  shop: text.optional(),
  skip: text.optional(),
});

const invoice = z.looseObject({ amount: decimal });

/** Signs body and time in a header; one secret serves several shops; its URL check is signed. */
export const billing = defineAdapter({
  id: "billing",
  name: "Billing",
  secret: { format: /^bsec_[A-Za-z0-9_]{16,}$/, hint: "Signing secret of the webhook", demo: "bsec_tributary_demo_billing" },
  verify: hmac({
    hash: "SHA-256",
    header: "billing-signature",
    encoding: "hex",
    covers: "body",
    layout: keyed({ timestamp: "t", signature: "v1" }),
    message: ({ timestamp, body }) => [timestamp, ".", body],
    tolerance: 300,
  }),
  handshakes: [
    handshake({
      proof: "signed",
      method: "POST",
      request: z.object({ body: z.strictObject({ check: z.string().regex(/^\w{1,40}$/) }) }),
      answer: async ({ body }, tools) => answerJson({ seal: await tools.hmac("SHA-256", `check:${body.check}`, "hex") }),
    }),
  ],
  bodyLimit: 256 * 1024,
  batch: "events[]",
  webhook: z.object({
    body: z.looseObject({ events: z.array(item), reply: text.optional() }),
    headers: z.looseObject({
      "billing-topic": text.optional(),
      "billing-signature": text.optional(),
      authorization: text.optional(),
      cookie: text.optional(),
    }),
    query: z.looseObject({ shard: text.optional() }),
  }),
  options: z.strictObject({ shop: z.string().optional() }),
  tenant: { option: "shop", required: false },
  acknowledge: ({ reply }) => (reply === undefined ? {} : { reply, accepted: "forged" }),
  userIdFrom: ["metadata.user_id"],
  events: ({ body }) =>
    body.events.map((event) => ({
      id: event.id,
      type: event.type,
      occurredAt: event.created,
      test: !event.live,
      data: event,
      ...(event.shop === undefined ? {} : { tenant: event.shop }),
      ...(event.skip === undefined ? {} : { ignore: event.skip }),
    })),
  handlers: {
    "invoice.paid": on(invoice, (paid) => track(person({}), "Invoice Paid", { total: Number(paid.amount) })),
    "invoice.drafted": off(
      "drafts are noise",
      on(invoice, () => track(person({}), "Invoice Drafted")),
    ),
    "balance.changed": ignore("about the account, not a person"),
  },
});

/** Sends forms, and is verified by the path alone. */
export const forms = defineAdapter({
  id: "forms",
  name: "Forms",
  secret: { format: /^[\w-]{20,}$/, hint: "A token of your own making", demo: "tributary_demo_forms_token" },
  verify: pathToken(),
  format: "form",
  webhook: z.object({ body: z.looseObject({ entry: id }) }),
  events: ({ body }, { receivedAt }) => [{ id: body.entry, type: "entry", occurredAt: receivedAt, test: false, data: body }],
  handlers: { entry: on(z.looseObject({ email: text.optional() }), () => identify(person({}), {})) },
});

/** Asks for unsigned answers before it sends anything, by GET and by POST. */
export const chat = defineAdapter({
  id: "chat",
  name: "Chat",
  secret: { format: /^[A-Za-z0-9_]{24,}$/, hint: "App secret", demo: "tributary_demo_chat_secret_1" },
  verify: hmac({
    hash: "SHA-256",
    header: "chat-signature",
    encoding: "hex",
    covers: "body",
    layout: bare(),
    message: ({ body }) => [body],
  }),
  handshakes: [
    handshake({
      proof: "unsigned",
      method: "GET",
      request: z.object({ query: z.looseObject({ token: z.string(), challenge: z.string().regex(/^\d{1,20}$/) }) }),
      answer: async ({ query }, { isSecret }) =>
        (await isSecret(query.token)) ? answerText(query.challenge) : answerText("no", 403),
    }),
    handshake({
      proof: "unsigned",
      method: "POST",
      request: z.object({ body: z.strictObject({ challenge: z.string().regex(/^\w{1,40}$/) }) }),
      answer: ({ body }) => answerJson(body),
    }),
    handshake({
      proof: "signed",
      method: "GET",
      request: z.object({ headers: z.looseObject({ "chat-hello": z.string().regex(/^\w{1,40}$/) }) }),
      answer: ({ headers }) => answerText(headers["chat-hello"]),
    }),
    handshake({
      proof: "signed",
      method: "POST",
      request: z.object({ body: z.strictObject({ ping: z.literal(true) }) }),
      answer: () => answerText("", 204),
    }),
  ],
  webhook: z.object({ body: z.looseObject({ id }) }),
  events: ({ body }, { receivedAt }) => [{ id: body.id, type: "message", occurredAt: receivedAt, test: false, data: body }],
  handlers: { message: on(z.looseObject({}), () => track(person({}), "Message Sent")) },
});

/** Signs its URL, names the delivery in a signed header, and uses one key for all customers. */
export const relay = defineAdapter({
  id: "relay",
  name: "Relay",
  secret: { format: /^[A-Za-z0-9_]{24,}$/, hint: "App secret", demo: "tributary_demo_relay_secret" },
  verify: hmac({
    hash: "SHA-256",
    header: "relay-signature",
    encoding: "base64",
    covers: "body",
    layout: bare(),
    id: { header: "relay-id" },
    message: ({ id: delivery, url, body }) => [url, ".", delivery, ".", body],
  }),
  webhook: z.object({ body: z.looseObject({ team: id }) }),
  options: z.strictObject({ team: z.string().optional() }),
  tenant: { option: "team", required: true },
  events: ({ body }, { receivedAt, nonce, bodyHash }) => [
    { id: nonce ?? bodyHash, type: "sent", occurredAt: receivedAt, test: false, data: body, tenant: body.team },
  ],
  handlers: { sent: on(z.looseObject({}), () => track(person({}), "Message Relayed")) },
});

/** Answers its handshake with a status that does not exist: a defect. */
export const broken = defineAdapter({
  id: "broken",
  name: "Broken",
  secret: { format: /^[\w-]{20,}$/, hint: "A token", demo: "tributary_demo_broken_token" },
  verify: pathToken(),
  handshakes: [
    handshake({
      proof: "unsigned",
      method: "GET",
      request: z.object({ query: z.looseObject({ hello: z.string() }) }),
      answer: () => answerText("private text", 99),
    }),
  ],
  webhook: z.object({ body: z.unknown() }),
  events: () => [],
  handlers: {},
});

export const REGISTRY: ReadonlyMap<string, Adapter> = new Map(
  [billing, forms, chat, relay, broken].map((adapter) => [adapter.id, adapter]),
);

/** The environment of a Worker in production, in which everything is as it should be. */
export const ENV = {
  REGION: "us",
  ADMIN_TOKEN: "an-operator's-token".replaceAll("'", "").padEnd(40, "0"),
  ACCOUNTS: {
    acme: {
      region: "us",
      sources: {
        billing: {},
        "billing-de": {
          adapter: "billing",
          shop: "de",
          test_events: "deliver",
          events_on: ["invoice.drafted"],
          events_off: ["invoice.paid"],
        },
        forms: {},
        chat: {},
        relay: { team: "7", public_url: "https://hooks.acme.example/hooks/acme/relay" },
        broken: {},
        unset: { adapter: "billing" },
      },
    },
    elsewhere: { region: "eu", sources: { billing: {} } },
  },
  ACME_READ_TOKEN: "acme-reads".padEnd(40, "0"),
  ACME_OPERATE_TOKEN: "acme-operates".padEnd(40, "0"),
  ELSEWHERE_READ_TOKEN: "elsewhere-reads".padEnd(40, "0"),
  ELSEWHERE_OPERATE_TOKEN: "elsewhere-operates".padEnd(40, "0"),
  ACME_CDP_API_KEY: "key_of_acme",
  ACME_BILLING_SECRET: "bsec_0123456789abcdef",
  ACME_BILLING_DE_SECRET: "bsec_aaaaaaaaaaaaaaaaaaaa bsec_bbbbbbbbbbbbbbbbbbbb",
  ACME_FORMS_SECRET: "forms-token-0123456789",
  ACME_CHAT_SECRET: "chatsecret0123456789012345",
  ACME_RELAY_SECRET: "relaysecret012345678901234",
  ACME_BROKEN_SECRET: "broken-token-0123456789",
};

/** What a request is made of; a POST of JSON unless said otherwise. */
export interface Sent {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly secret?: string;
  /** When it was signed, milliseconds since 1970. */
  readonly at?: number;
}

const ORIGIN = "https://worker.example";

/** Where a local run is asked. */
export const LOOPBACK = "http://127.0.0.1:8787";

/** One kept event, and nothing else. */
export const INVOICE = JSON.stringify({
  events: [{ id: "evt_1", type: "invoice.paid", created: 1_790_000_000, amount: "19.99" }],
});

/** An event for `billing`, with these fields changed. */
export function event(fields: object = {}): object {
  return { id: "evt_1", type: "invoice.paid", created: 1_790_000_000, amount: "19.99", ...fields };
}

/** An unsigned request. */
export function unsigned({ path = "/hooks/acme/billing", method = "POST", headers = {}, body }: Sent): Request {
  const hasBody = method !== "GET" && method !== "HEAD";
  return new Request(ORIGIN + path, {
    method,
    headers: { "content-type": "application/json", ...headers },
    ...(hasBody ? { body: body ?? INVOICE } : {}),
  });
}

/** A request as the vendor of `billing` signs it. */
export function signed(sent: Sent = {}): Promise<Request> {
  return signedBy(billing, { secret: ENV.ACME_BILLING_SECRET, ...sent });
}

/** A request as this vendor signs it. */
export async function signedBy(
  adapter: Adapter,
  sent: Sent & { readonly secret: string; readonly url?: string },
): Promise<Request> {
  const request = unsigned(sent);
  const configured = adapter.configure({});
  if (!configured.ok) throw new TypeError(configured.issue);
  const { headers } = await configured.adapter.verifier.sign(
    {
      method: request.method,
      url: sent.url ?? "",
      headers: new Headers(request.headers),
      query: new URL(request.url).searchParams,
      pathToken: null,
      body: new Uint8Array(await request.clone().arrayBuffer()),
    },
    sent.secret,
    sent.at ?? NOW,
  );
  return new Request(request, { headers });
}

/** The same request, sent to a local run. */
export function toLoopback(request: Request): Request {
  return new Request(request.url.replace(ORIGIN, LOOPBACK), request);
}

/** The same request with another body: of a stream, say. */
export function withBody(request: Request, body: BodyInit): Request {
  return new Request(request.url, { method: request.method, headers: request.headers, body });
}

/** A body that throws when it is read, and tells whether it was. */
export function untouchable(): { readonly stream: ReadableStream<Uint8Array>; readonly wasTouched: () => boolean } {
  let touched = false;
  const pull = () => {
    touched = true;
    throw new Error("the body was read");
  };
  return { stream: new ReadableStream({ pull }, { highWaterMark: 0 }), wasTouched: () => touched };
}

const unasked = (): never => {
  throw new Error("ingest asks for nothing but accept");
};

function sharesOf(bytes: number): BodyShares {
  return { total: bytes, unproven: bytes, source: bytes };
}

/** An app, what it wrote, and what its account object was asked. */
export function serve(
  given: {
    readonly env?: object;
    readonly accept?: (attempt: number) => Promise<AcceptAnswer>;
    /** Limit of all bodies together, bytes. */
    readonly bodiesInFlight?: number;
    readonly bodies?: BodyShares;
    /** What the app is timed by: a clock that `wait` moves, unless said otherwise. */
    readonly clock?: Clock;
    readonly registry?: ReadonlyMap<string, Adapter>;
    readonly fetch?: () => Promise<Response>;
    /** What the account's object answers to an operation; it is asked for none unless this is given. */
    readonly operate?: () => Promise<OperationAnswer>;
  } = {},
) {
  const env = { ...(given.env ?? ENV) };
  const accepts: AcceptRequest[] = [];
  const accounts: string[] = [];
  const lines: { readonly level: string; readonly line: Record<string, unknown> }[] = [];
  let now = NOW;
  const edge: Edge = {
    adapters: given.registry ?? REGISTRY,
    now: given.clock?.now ?? (() => now),
    write: (level, line) => lines.push({ level, line: JSON.parse(line) }),
    accountObject: (account) => {
      accounts.push(`${account.region}/${account.name}`);
      const accept = (request: AcceptRequest): Promise<AcceptAnswer> => {
        accepts.push(request);
        const accepted = request.events.length + request.unreadable.length;
        const stored = { kind: "stored", accepted, duplicate: 0 } as const;
        return given.accept ? given.accept(accepts.length) : Promise.resolve(stored);
      };
      return {
        accept,
        acceptAll: (requests) => Promise.all(requests.map(accept)),
        failed: async () => {},
        operate: given.operate ?? unasked,
        wipe: async () => true,
        watch: () => {
          throw new Error("nobody watches");
        },
      };
    },
    ...(given.clock === undefined ? {} : { after: given.clock.after }),
    ...(given.bodies === undefined ? {} : { bodies: given.bodies }),
    ...(given.bodiesInFlight === undefined ? {} : { bodies: sharesOf(given.bodiesInFlight) }),
    ...(given.fetch === undefined ? {} : { fetch: given.fetch }),
  };
  const app = createApp(edge);
  return {
    accepts,
    accounts,
    /** The log without what it said about the configuration. */
    lines: () => lines.map(({ line }) => line).filter(({ outcome }) => outcome !== "configuration"),
    written: lines,
    wait: (milliseconds: number) => {
      now += milliseconds;
    },
    send: async (request: Request | Promise<Request>): Promise<Response> => app.fetch(await request, env),
    get: (path: string, headers: Readonly<Record<string, string>> = {}, origin = ORIGIN): Promise<Response> | Response =>
      app.fetch(new Request(origin + path, { headers }), env),
  };
}
