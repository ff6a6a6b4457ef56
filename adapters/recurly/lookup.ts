/**
 * The look-up of an account at Recurly's API, also by the objects that have one.
 */
import * as z from "zod";
import type { IdentifyDraft, Lookup } from "../../src/contract/adapter.ts";
import { maybe } from "../../src/contract/adapter.ts";
import { account, holderOf, identifyHolder } from "./accounts.ts";

/** The option of a source. */
export const options = z.strictObject({
  api_host: z
    .enum(["v3.recurly.com", "v3.eu.recurly.com"])
    .default("v3.recurly.com")
    .describe("API host for look-ups: `v3.recurly.com`, or `v3.eu.recurly.com` for sites in the EU"),
});

/** The look-up; the host is an option of the source. */
export const lookup: Lookup = {
  hosts: ["{api_host}"],
  request: ({ kind, id }, apiKey) => {
    const path = pathOf(kind, id);
    const headers = { accept: "application/vnd.recurly.v2021-02-25+json", authorization: `Basic ${btoa(`${apiKey}:`)}` };
    return path === undefined ? null : { host: "{api_host}", path, headers };
  },
  read: (answer) => {
    const found = identifyFound(answer);
    return found ? [found] : null;
  },
};

/** An account, or an object with one. */
const answer = z.union([
  account.extend({ object: z.literal("account") }).transform((found) => ({ account: found, ids: {} })),
  z
    .object({ object: z.enum(["subscription", "transaction", "invoice"]), uuid: maybe.id, number: maybe.id, account })
    .transform((found) => ({
      account: found.account,
      ids: { [found.object]: found.object === "invoice" ? found.number : found.uuid },
    })),
]);

/** @see https://recurly.com/developers/api/v2021-02-25/ */
const LOOKUPS: ReadonlyMap<string, (id: string) => string> = new Map([
  ["account", (code: string) => `/accounts/code-${code}`],
  ["subscription", (uuid: string) => `/subscriptions/uuid-${uuid}`],
  ["transaction", (uuid: string) => `/transactions/uuid-${uuid}`],
  ["invoice", (number: string) => `/invoices/number-${number}`],
]);

/** The API path for an id; `null` for unknown kinds. */
function pathOf(kind: string, id: string): string | undefined {
  return LOOKUPS.get(kind)?.(encodeURIComponent(id));
}

/** The account in an answer of the API; `null` if there is none. */
function identifyFound(body: unknown): IdentifyDraft | null {
  const found = answer.safeParse(body).data;
  return found ? identifyHolder(holderOf(found.account, found.ids), found.account) : null;
}
