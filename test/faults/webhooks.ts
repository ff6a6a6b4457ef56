/**
 * Webhooks as two vendors would send them: as many as are wanted, each about an event of its own.
 */
import { randomInt } from "node:crypto";
import { findSource } from "../../src/cli/configuration.ts";
import { toStored } from "../../src/cli/recorded.ts";
import { sign } from "../../src/cli/requests.ts";
import type { Account, Source } from "../../src/config/model.ts";
import type { SignedRequest } from "../../src/contract/verify/verifier.ts";
import type { KeptWebhook } from "../../src/translate/webhook.ts";

/** The account that all webhooks go to, one of the demo's. */
export const ACCOUNT = "demo";

/** A webhook that is not signed yet: a signature has its time. */
export interface Webhook {
  readonly source: SourceName;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** What sends webhooks here. */
export type SourceName = "stripe" | "shopify";

/** Stands in every call that is made of a {@link refusedDispute}: a fault of the sandbox can look for it. */
export const REFUSED_MARK = "refuse_this_one";

/** Ids of several runs differ. */
const run = randomInt(1e6, 1e7);
let made = 0;

function numbered(): string {
  made += 1;
  return `${run}${String(made).padStart(8, "0")}`;
}

function stripe(type: string, object: Readonly<Record<string, unknown>>): Webhook {
  const created = Math.floor(Date.now() / 1000);
  const event = {
    id: `evt_${numbered()}`,
    object: "event",
    api_version: "2026-10-28.endive",
    created,
    data: { object },
    livemode: true,
    type,
  };
  return { source: "stripe", headers: {}, text: JSON.stringify(event) };
}

/** One call: a track. */
export function dispute(reason = "fraudulent"): Webhook {
  const number = numbered();
  const created = Math.floor(Date.now() / 1000);
  return stripe("charge.dispute.created", {
    id: `du_${number}`,
    object: "dispute",
    amount: 5490,
    charge: `ch_${number}`,
    customer: `cus_${number}`,
    created,
    currency: "eur",
    evidence_details: { due_by: created + 864_000 },
    payment_intent: `pi_${number}`,
    reason,
    status: "needs_response",
  });
}

/** Two calls: an identify, then a track. */
export function customer(email?: string): Webhook {
  const number = numbered();
  const created = Math.floor(Date.now() / 1000);
  return stripe("customer.created", {
    id: `cus_${number}`,
    object: "customer",
    created,
    email: email ?? `person${number}@example.com`,
    name: "Ada Ek",
  });
}

/** Its call is one that the sandbox can be told to refuse. */
export function refusedDispute(): Webhook {
  return dispute(REFUSED_MARK);
}

/** Verified and kept, but no handler can read it: a dead letter. */
export function unreadableCustomer(): Webhook {
  return stripe("customer.created", { object: "customer" });
}

/** Of another source: an identify, then a track. */
export function shopCustomer(): Webhook {
  const number = numbered();
  const time = new Date().toISOString();
  const body = {
    id: Number(number),
    created_at: time,
    updated_at: time,
    email: `buyer${number}@example.org`,
    first_name: "Bo",
    state: "enabled",
  };
  return {
    source: "shopify",
    headers: { "x-shopify-topic": "customers/create", "x-shopify-shop-domain": "acme.example" },
    text: JSON.stringify(body),
  };
}

/** Now and then two calls, mostly one. */
export function* mixed(count = Number.POSITIVE_INFINITY): Generator<Webhook> {
  for (let index = 0; index < count; index += 1)
    yield index % 8 === 0 ? customer() : index % 8 === 4 ? shopCustomer() : dispute();
}

/** So many of a kind. */
export function* many(count: number, make: () => Webhook): Generator<Webhook> {
  for (let index = 0; index < count; index += 1) yield make();
}

function found(name: SourceName): { readonly account: Account; readonly source: Source } {
  const result = findSource(ACCOUNT, name);
  if (!result.ok) throw new Error(result.problem);
  return result;
}

const sources = { stripe: found("stripe"), shopify: found("shopify") };

/** The source as the Worker has it. */
export function configurationOf(name: SourceName): { readonly account: Account; readonly source: Source } {
  return sources[name];
}

/** The webhook as its vendor signs it now. */
export function signed({ source, headers, text }: Webhook): Promise<SignedRequest> {
  const request: SignedRequest = {
    method: "POST",
    url: "",
    headers: new Headers({ ...headers, "content-type": "application/json" }),
    query: new URLSearchParams(),
    pathToken: null,
    body: new TextEncoder().encode(text),
  };
  return sign(request, sources[source].source, Date.now());
}

/** The webhook as the Worker keeps it. */
export async function stored(webhook: Webhook): Promise<KeptWebhook> {
  return toStored(await signed(webhook), sources[webhook.source].source, Date.now());
}
