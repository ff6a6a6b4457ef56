/**
 * A Worker's operator API, as commands use it.
 */
import { escaped } from "./printer.ts";
import { LOCAL_ADDRESS } from "./workerd.ts";

/** Characters of an answer that are shown. */
const LONGEST_PROBLEM = 2_000;

/** The options of every command that asks a Worker. */
export const OPERATOR_OPTIONS = {
  to: { type: "string" },
  account: { type: "string", default: "demo" },
  json: { type: "boolean", default: false },
} as const;

/** How they are explained. */
export const OPERATOR_USAGE = `  --to URL      the Worker; the local one unless said otherwise
  --account A   the account; demo unless said otherwise
  --json        the same as JSON, for machines
The environment variable ADMIN_TOKEN opens a Worker that is not local.`;

/** The end of a question: what the Worker answered, or what a person must do. */
export type OperatorAnswer = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string };

/** Asks about an account. @param body sent by POST where there is one */
export async function askOperator(
  { to, account }: { readonly to?: string | undefined; readonly account: string },
  path: string,
  body?: object,
): Promise<OperatorAnswer> {
  const base = to ?? `http://${LOCAL_ADDRESS}:${process.env.PORT ?? 8787}`;
  if (!URL.canParse(base)) return { ok: false, problem: `${base} is no URL.` };
  const url = new URL(`/api/accounts/${encodeURIComponent(account)}/${path}`, base);
  const token = process.env.ADMIN_TOKEN;
  const headers = { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) };
  const init = body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) };
  const response = await fetch(url, init).catch(() => null);
  if (response === null) return { ok: false, problem: `Nothing answers at ${base}. Start the Worker first: npm run dev` };
  const text = await response.text();
  const answer = `${url.pathname}: ${response.status} ${escaped(text.slice(0, LONGEST_PROBLEM))}`;
  if (!response.ok) return { ok: false, problem: answer };
  const parsed = parseJson(text);
  return parsed.ok ? parsed : { ok: false, problem: `This is not the operator API of a Worker. ${answer}` };
}

function parseJson(text: string): { readonly ok: true; readonly value: unknown } | { readonly ok: false } {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false };
  }
}
