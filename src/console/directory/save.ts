/**
 * Saves an account of the directory, unless the change would make it unusable or take what another account has.
 */
import { adaptersFor, openAccount } from "../../config/directory/opened.ts";
import type { DirectoryRecord, SealedSecret } from "../../config/directory/record.ts";
import type { Finding } from "../../config/findings.ts";
import type { Config } from "../../config/model.ts";
import { sourcesIn, textOf, valueAt } from "../../config/schema.ts";
import { isDemo } from "../../config/secrets.ts";
import type { Adapter } from "../../contract/interface.ts";
import { isSecret } from "../../contract/verify/equality.ts";
import { answerOf, findingOf } from "./answer.ts";
import type { DirectoryAccount } from "./operations.ts";
import { type DirectoryContext, type DirectoryRefusal, refusal } from "./result.ts";

/** How a change of an account ended. */
export type Saved =
  | { readonly ok: true; readonly value: { readonly account: DirectoryAccount; readonly dry_run: boolean } }
  | DirectoryRefusal;

/** A secret with its text. */
interface OpenSecret extends SealedSecret {
  readonly text: string;
}

/**
 * Saves an account.
 * @param before as it was; `null` for a new one
 * @param isDry whether it is only tried
 */
export async function save(
  context: DirectoryContext,
  before: DirectoryRecord | null,
  next: DirectoryRecord,
  isDry = false,
): Promise<Saved> {
  const { tools } = context;
  const after = await openAccount(next, tools.context, tools.sealing);
  const known = before === null ? [] : (await openAccount(before, tools.context, tools.sealing)).findings;
  const old = known.map((finding) => findingOf(finding, before?.name ?? ""));
  const findings = after.findings
    .filter(isObstacle)
    .map((finding) => findingOf(finding, next.name))
    .filter((finding) => !old.some((other) => JSON.stringify(other) === JSON.stringify(finding)));
  if (findings.length > 0) {
    const message = findings.map(({ place, text }) => (place === "" ? text : `${place}: ${text}`)).join("; ");
    const isTaken = findings.every(({ code }) => code === "same_name");
    return { ...refusal(isTaken ? "conflict" : "malformed", isTaken ? "conflict" : "invalid", message), findings };
  }
  const own = await ownSecrets(next, context);
  const declared = await declaredWith(own, context.config);
  if (declared !== null) return taken("secret", declared);
  if (isDry) return { ok: true, value: { account: await answerOf(next, tools), dry_run: true } };
  const prints = await printsOf(next, context);
  const written = await tools.object().write({ record: next, expected: before?.revision ?? null, own: prints });
  tools.cache.forget();
  if (written.ok) return { ok: true, value: { account: await answerOf(written.record, tools), dry_run: false } };
  if ("of" in written) return taken(written.reason, written.of);
  return written.reason === "stale"
    ? refusal("conflict", "changed", "The account was changed meanwhile. Look at it, and try again.")
    : refusal("conflict", "full", "The directory is full: it takes 1,000 accounts. Remove some, or use another Worker.");
}

/** The fingerprints that no other account may have, under every key. */
export async function printsOf(record: DirectoryRecord, context: DirectoryContext): Promise<readonly string[]> {
  const own = await ownSecrets(record, context);
  return (await Promise.all(own.map(({ text }) => context.tools.sealing.fingerprints(text)))).flat();
}

const WHAT = {
  name: "That name is taken: it is the name, or a former one, of account",
  secret:
    "Each account needs a key and secrets of its own, or webhooks of one would be accepted for the other. It is already that of account",
  token: "Each token opens one account. It is already that of account",
} as const;

function taken(what: keyof typeof WHAT, of: string): DirectoryRefusal {
  return refusal("conflict", `${what}_taken`, `${WHAT[what]} ${of}.`);
}

/** An account is set up step by step: secrets may follow. */
function isObstacle({ level, code }: Finding): boolean {
  return level === "error" && code !== "missing_secret";
}

/** The secrets that no other account may have. Vendors with one secret for several customers say in each webhook which one it is about. */
async function ownSecrets(
  { uid, declaration, secrets }: DirectoryRecord,
  { tools: { context, sealing } }: DirectoryContext,
): Promise<readonly OpenSecret[]> {
  const adapters = await adaptersFor(declaration, context.adapters);
  const adapterOf = new Map<string, Adapter | undefined>(
    sourcesIn(declaration).map(([source, given]) => [source, adapters.get(textOf(valueAt(given, ["adapter"])) || source)]),
  );
  const own = secrets.filter(
    ({ kind, source }) => kind === "cdp_api_key" || (kind === "secret" && (adapterOf.get(source ?? "")?.tenant ?? null) === null),
  );
  const open = own.map(async (secret): Promise<readonly OpenSecret[]> => {
    const { kind, source, number, sealed } = secret;
    const text = await sealing.open(sealed, { uid, kind, source, number });
    // Demo secrets are everybody's, and work in local runs only.
    const demoSecrets = new Set([...context.demoSecrets, adapterOf.get(source ?? "")?.secret.demo ?? ""]);
    const isShared = context.runtime === "local" && text !== null && isDemo(text, { runtime: "cloudflare", demoSecrets });
    return text === null || isShared ? [] : [{ ...secret, text }];
  });
  return (await Promise.all(open)).flat();
}

/** The declared account that has one of these secrets; `null` if none has. */
async function declaredWith(secrets: readonly OpenSecret[], { accounts }: Config): Promise<string | null> {
  for (const [name, state] of accounts) {
    if (!state.ok) continue;
    const { apiKey, sources } = state.account;
    const theirs = [...sources.values()].flatMap((found) =>
      found.ok && found.source.adapter.tenant === null ? found.source.secrets : [],
    );
    for (const { kind, text } of secrets) if (await isSecret(text, kind === "cdp_api_key" ? [apiKey ?? ""] : theirs)) return name;
  }
  return null;
}
