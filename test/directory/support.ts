/**
 * The operator's API of the directory, over its real object.
 */
import { env, exports } from "cloudflare:workers";
import type { App } from "../../src/app.ts";
import {
  DIRECTORY_OPERATIONS,
  type DirectoryInput,
  type DirectoryOperationName,
} from "../../src/console/directory/operations.ts";
import { ADAPTERS } from "../support/registry.ts";

export const BASE = "http://127.0.0.1:8787";

/** An answer: its status, and its JSON. */
export interface Answered {
  readonly status: number;
  readonly json: unknown;
}

type Fetch = (request: Request) => Promise<Response>;

/** The Worker as it is tested everywhere: with the demo accounts, and a directory beside them. */
export const worker: Fetch = (request) => exports.default.fetch(request);

/** A Worker of its own, as another isolate is: it has its own memory. @param variables beside the usual ones */
export function isolateOf(app: App, variables: Readonly<Record<string, unknown>> = {}): Fetch {
  const own = { ...env, ...variables };
  return (request) => app.fetch(request, own);
}

/** Asks for an operation. */
export async function ask<Name extends DirectoryOperationName>(
  name: Name,
  input: DirectoryInput<Name>,
  fetch: Fetch = worker,
): Promise<Answered> {
  const { method, path } = DIRECTORY_OPERATIONS[name];
  const fields = new Map<string, unknown>(Object.entries(input));
  const filled = path.replace(/:(\w+)/g, (_, field: string) => {
    const value = encodeURIComponent(String(fields.get(field)));
    fields.delete(field);
    return value;
  });
  const url = new URL(`/api/v1${filled}`, BASE);
  if (method === "GET") for (const [field, value] of fields) url.searchParams.set(field, String(value));
  const body = method === "GET" ? {} : { body: JSON.stringify(input) };
  const headers = { "content-type": "application/json" };
  const response = await fetch(new Request(url, { method, headers, ...body }));
  return { status: response.status, json: await response.json() };
}

/** A webhook of Stripe, signed with this secret. */
export async function stripeWebhook(account: string, source: string, id: string, secret: string): Promise<Request> {
  const stripe = ADAPTERS.get("stripe");
  const configured = stripe?.configure({});
  if (!configured?.ok) throw new TypeError("there is no such adapter");
  const data = { object: { id: `cus_${id}`, object: "customer", email: `${id}@example.com`, created: 1_795_000_000 } };
  const event = { id: `evt_${id}`, object: "event", type: "customer.created", created: 1_795_000_000, livemode: true, data };
  const url = `${BASE}/hooks/${account}/${source}`;
  const request = {
    ...{ method: "POST", url, headers: new Headers(), query: new URLSearchParams(), pathToken: null },
    body: new Uint8Array(new TextEncoder().encode(JSON.stringify(event))),
  };
  const signed = await configured.adapter.verifier.sign(request, secret, Date.now());
  return new Request(url, { method: "POST", headers: signed.headers, body: signed.body });
}
