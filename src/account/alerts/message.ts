/**
 * A message to the operator's webhook: its body, and its signature.
 */
import type { AlertKind, AlertTarget } from "../../config/alert-options.ts";
import type { Account } from "../../config/model.ts";
import { counted } from "../../contract/counted.ts";
import { encode, utf8Bytes } from "../../contract/verify/encoding.ts";
import { base64, hmacKey } from "../../contract/verify/keys.ts";
import type { Message } from "./alert-state.ts";

/** What a message is about; `test`: nothing, it proves the way. */
export type Told = Omit<Message, "kind" | "tries" | "notBefore"> & { readonly kind: AlertKind | "test" };

type Details = Message["details"];

const SUMMARIES: Readonly<Record<Told["kind"], (details: Details) => string>> = {
  dead_letters: ({ count }) => `events that cannot be delivered wait for you: ${count}`,
  held: ({ reason }) => `nothing is delivered until you act: ${HELD[String(reason)] ?? reason}`,
  lag: ({ seconds }) => `the oldest pending webhook has been waiting for ${counted(Math.round(Number(seconds) / 60), "minute")}`,
  conflicts: ({ count }) => `people who may exist twice in Customer.io wait for your decision: ${count}`,
  drift: ({ what, count }) => `the vendor's webhooks have changed (changes: ${count}): ${what}`,
  vendor_gives_up: ({ failures, limit_hours, limit_failures }) =>
    `the vendor gets failures alone (${failures} so far) and will stop sending ${
      limit_hours === undefined ? `after ${limit_failures} in a row` : `after ${counted(Number(limit_hours), "hour")}`
    }`,
  rate_limited: () => "Customer.io answers that too much is sent; delivery goes on more slowly",
  test: () => "a test: alerts of this account arrive here",
};

const HELD: Readonly<Record<string, string>> = {
  no_key: "the account has no API key",
  key_refused: "Customer.io refuses the API key",
  everything_refused: "Customer.io refuses everything",
};

const STATES: Readonly<Record<Message["state"], string>> = { opened: "Alert", reminder: "Still open", resolved: "Resolved" };

/** What is told, as text. */
export function summaryOf({ name }: Pick<Account, "name">, { state, kind, source, details }: Told): string {
  return `${STATES[state]}: ${source === null ? name : `${name}/${source}`}: ${SUMMARIES[kind](details)}`;
}

/** The body of a message. */
export function bodyOf(account: Pick<Account, "name" | "region">, told: Told, form: AlertTarget["form"]): string {
  const summary = summaryOf(account, told);
  if (form === "chat") return JSON.stringify({ text: `[tributary] ${summary}` });
  const { state, kind, source, since, at, details } = told;
  return JSON.stringify({
    type: `tributary.alert.${state}`,
    timestamp: new Date(at).toISOString(),
    data: { account: account.name, region: account.region, source, kind, since: new Date(since).toISOString(), summary, details },
  });
}

/**
 * The headers that sign a body.
 * @param now milliseconds since 1970: of this try
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export async function signatureOf(secret: string, id: string, body: string, now: number): Promise<Record<string, string>> {
  const timestamp = String(Math.floor(now / 1_000));
  const key = await hmacKey("SHA-256", base64("whsec_"), secret);
  if (key === null) throw new TypeError("the secret of alerts is not checked by the configuration");
  const signature = await crypto.subtle.sign("HMAC", key, utf8Bytes(`${id}.${timestamp}.${body}`));
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${encode(new Uint8Array(signature), "base64")}`,
  };
}
