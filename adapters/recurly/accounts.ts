/**
 * Recurly's accounts.
 */
import * as z from "zod";
import type { IdentifyDraft, Maybe, PersonFacts, Properties } from "../../src/contract/adapter.ts";
import {
  backed,
  each,
  firstStated,
  identify,
  list,
  maybe,
  optional,
  person,
  personId,
  pick,
  reference,
} from "../../src/contract/adapter.ts";
import { customFields } from "../../src/vocabulary/adapter.ts";

const { text } = maybe;

/** The company's own fields. */
export const fields = optional(list(z.looseObject({ name: maybe.text })));

/** An account: `code` and `company` in an answer of the API, `account_code` and `company_name` in a notification. */
export const account = z.looseObject({
  ...each(maybe.id, "account_code", "code"),
  ...each(text, "email", "first_name", "last_name", "company_name", "company", "phone", "preferred_locale"),
  created_at: maybe.isoTime,
  custom_fields: fields,
});

/** An account. */
export type Account = z.output<typeof account>;

/**
 * The person of an account.
 * @param leads references to the same account
 */
export function holderOf(a: Maybe<Account>, leads: Readonly<Record<string, Maybe<string>>>): PersonFacts {
  const code = codeOf(a);
  return person({
    record: a ? { ...a, code } : null,
    email: backed(a?.email),
    phone: a?.phone,
    ids: [personId("account", code), ...Object.entries(leads).map(([kind, value]) => reference(kind, value))],
  });
}

/** The holder of an account, with traits. */
export function identifyHolder(who: PersonFacts, a: Account): IdentifyDraft {
  return { ...identify(who, traitsOf(a)), custom: customFields("account.custom_fields", a.custom_fields) };
}

function traitsOf(a: Account): Properties {
  return {
    ...pick(a, "first_name", "last_name", "created_at"),
    company: firstStated(a.company_name, a.company),
    locale: a.preferred_locale,
  };
}

function codeOf(a: Maybe<Account>): Maybe<string> {
  return a?.account_code ?? a?.code;
}
