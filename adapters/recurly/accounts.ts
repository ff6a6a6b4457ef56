/**
 * Recurly's accounts and their look-up.
 */
import * as z from "zod";
import type { IdentifyDraft, Maybe, PersonFacts, Properties } from "../../src/contract/adapter.ts";
import { claimed, each, identify, maybe, person, personId, pick, reference } from "../../src/contract/adapter.ts";

const { text } = maybe;

/** An account: `code` and `company` in an answer of the API, `account_code` and `company_name` in a notification. */
export const account = z.looseObject({
  ...each(maybe.id, "account_code", "code"),
  ...each(text, "email", "first_name", "last_name", "company_name", "company", "phone", "preferred_locale"),
  created_at: maybe.isoTime,
});

/** An account. */
export type Account = z.output<typeof account>;

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
export function pathOf(kind: string, id: string): string | undefined {
  return LOOKUPS.get(kind)?.(encodeURIComponent(id));
}

/** The account in an answer of the API; `null` if there is none. */
export function identifyFound(body: unknown): IdentifyDraft | null {
  const found = answer.safeParse(body).data;
  return found ? identify(holderOf(found.account, found.ids), traitsOf(found.account)) : null;
}

/**
 * The person of an account.
 * @param leads references to the same account
 */
export function holderOf(a: Maybe<Account>, leads: Readonly<Record<string, Maybe<string>>>): PersonFacts {
  const code = codeOf(a);
  return person({
    record: a ? { ...a, code } : null,
    email: claimed(a?.email),
    phone: a?.phone,
    ids: [personId("account", code), ...Object.entries(leads).map(([kind, value]) => reference(kind, value))],
  });
}

/** Traits of an account's holder. */
export function traitsOf(a: Account): Properties {
  return {
    account_code: codeOf(a),
    ...pick(a, "first_name", "last_name", "created_at"),
    company: a.company_name ?? a.company,
    locale: a.preferred_locale,
  };
}

function codeOf(a: Maybe<Account>): Maybe<string> {
  return a?.account_code ?? a?.code;
}
