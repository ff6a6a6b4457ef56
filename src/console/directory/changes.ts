/**
 * Changes of accounts of the directory: each makes a new record, which is then saved.
 */
import { hashOf } from "../../config/directory/cache.ts";
import { ACCOUNT_SECRETS, type DirectoryRecord, type SealedSecret, type SecretKind } from "../../config/directory/record.ts";
import { sourcesIn } from "../../config/schema.ts";
import { encode } from "../../contract/verify/encoding.ts";
import { isSecret } from "../../contract/verify/equality.ts";
import type { DirectoryParsed } from "./operations.ts";
import { type DirectoryContext, type DirectoryRefusal, refusal } from "./result.ts";
import { type Saved, save } from "./save.ts";

/** Secrets and tokens of one account. */
const MOST_SECRETS = 300;

const DAY = 86_400_000;

/** A record, or why there is none. */
type Found = { readonly ok: true; readonly record: DirectoryRecord } | DirectoryRefusal;

/** Looks an account up by its present name. */
export async function recordOf({ tools }: DirectoryContext, name: string): Promise<Found> {
  const { record } = await tools.object().look(name, { index: 0, record: 0 });
  if (record !== null && record !== "same" && record.name === name) return { ok: true, record };
  const isDeclared = tools.context.declared.has(name);
  const message = isDeclared
    ? "This account is declared: change it in wrangler.toml, and deploy."
    : "The directory has no such account.";
  return refusal(isDeclared ? "conflict" : "absent", isDeclared ? "declared" : "not_found", message);
}

/** Adds an account. */
export async function add(context: DirectoryContext, input: DirectoryParsed<"directory.add">): Promise<Saved> {
  const { name, account, adopt, dry_run: isDry } = input;
  const { context: declared } = context.tools;
  if (declared.declared.has(name) || declared.formerNames.has(name))
    return refusal("conflict", "declared", "An account of this name is declared in wrangler.toml. A name is in one of the two.");
  if (declared.elsewhere.has(name))
    return refusal("conflict", "elsewhere", "The Worker of the other region serves an account of this name: see ELSEWHERE.");
  const uid = encode(crypto.getRandomValues(new Uint8Array(16)), "hex");
  const now = context.now();
  const empty: DirectoryRecord = {
    ...{ uid, id: adopt ? name : `${name}~${uid.slice(0, 8)}`, name, was: [], declaration: account },
    ...{ secrets: [], tokens: [], next: 1, revision: 0, addedAt: now, changedAt: now },
  };
  let record: DirectoryRecord = empty;
  for (const secret of input.secrets) {
    const more = await withSecret(context, record, secret);
    if (!more.ok) return more;
    record = more.record;
  }
  return formerNameIn(account) ?? save(context, null, record, isDry);
}

/** Replaces options and sources. */
export async function set(context: DirectoryContext, input: DirectoryParsed<"directory.set">): Promise<Saved> {
  const found = await recordOf(context, input.name);
  if (!found.ok) return found;
  const { record } = found;
  if (input.revision !== undefined && input.revision !== record.revision)
    return refusal("conflict", "changed", "The account was changed meanwhile. Look at it, and try again.");
  if (input.account.region !== record.declaration.region)
    return refusal(
      "conflict",
      "region",
      "What an account has stored stays in its region. Remove it, and add it in the other one.",
    );
  const sources = new Set(sourcesIn(input.account).map(([source]) => source));
  const secrets = record.secrets.filter(({ source }) => source === null || sources.has(source));
  const next = { ...changed(context, record), declaration: input.account, secrets };
  return formerNameIn(input.account) ?? save(context, record, next, input.dry_run);
}

/** Adds a secret. */
export async function addSecret(context: DirectoryContext, input: DirectoryParsed<"directory.secrets.add">): Promise<Saved> {
  const found = await recordOf(context, input.name);
  if (!found.ok) return found;
  const more = await withSecret(context, changed(context, found.record), input);
  return more.ok ? save(context, found.record, more.record) : more;
}

/** Adds a token. */
export async function addToken(context: DirectoryContext, input: DirectoryParsed<"directory.tokens.add">): Promise<Saved> {
  const found = await recordOf(context, input.name);
  if (!found.ok) return found;
  const { adminToken, tokens } = context.config;
  if (await isSecret(input.value, [adminToken ?? "", ...tokens.map(({ value }) => value)]))
    return refusal("conflict", "token_taken", "This is a token of the Worker or of a declared account. Make one for each.");
  const record = changed(context, found.record);
  const hash = await hashOf(input.value);
  if (record.tokens.some((token) => token.hash === hash))
    return refusal("conflict", "token_taken", "The account has this token already.");
  if (isFull(record)) return full();
  const now = context.now();
  const expiresAt = input.days === null ? null : now + input.days * DAY;
  const token = { number: record.next, scope: input.scope, hash, addedAt: now, expiresAt };
  return save(context, found.record, { ...record, tokens: [...record.tokens, token], next: record.next + 1 });
}

/** Deletes a secret or a token. */
export async function retire(context: DirectoryContext, input: DirectoryParsed<"directory.secrets.retire">): Promise<Saved> {
  const found = await recordOf(context, input.name);
  if (!found.ok) return found;
  const { record } = found;
  const isIt = ({ number }: { readonly number: number }) => number === input.number;
  const secret = record.secrets.find(isIt);
  if (secret === undefined && !record.tokens.some(isIt))
    return refusal("absent", "not_found", "The account has no secret and no token of this number.");
  const isOnly =
    secret !== undefined &&
    ["cdp_api_key", "secret"].includes(secret.kind) &&
    record.secrets.filter(hasPlace(secret)).length === 1;
  if (isOnly && !input.force)
    return refusal(
      "conflict",
      "last_secret",
      "It is the last of its kind: without it nothing is taken or delivered. With force (--force) it is deleted all the same.",
    );
  const next = {
    ...changed(context, record),
    secrets: record.secrets.filter((one) => !isIt(one)),
    tokens: record.tokens.filter((one) => !isIt(one)),
  };
  return save(context, record, next);
}

/** Renames an account; its former name still leads to it. */
export async function rename(context: DirectoryContext, input: DirectoryParsed<"directory.rename">): Promise<Saved> {
  const found = await recordOf(context, input.name);
  if (!found.ok) return found;
  const { record } = found;
  if (input.to === record.name) return refusal("conflict", "same_name", "It has this name already.");
  const was = [...record.was.filter((name) => name !== input.to), record.name];
  return save(context, record, { ...changed(context, record), name: input.to, was });
}

/** Drops a former name. */
export async function dropName(context: DirectoryContext, input: DirectoryParsed<"directory.drop_name">): Promise<Saved> {
  const found = await recordOf(context, input.name);
  if (!found.ok) return found;
  const { record } = found;
  if (!record.was.includes(input.was)) return refusal("absent", "not_found", "The account had no such name.");
  return save(context, record, { ...changed(context, record), was: record.was.filter((name) => name !== input.was) });
}

/** A secret as it is given. */
interface GivenSecret {
  readonly kind: SecretKind;
  readonly source?: string | undefined;
  readonly value: string;
}

async function withSecret({ tools, now }: DirectoryContext, record: DirectoryRecord, given: GivenSecret): Promise<Found> {
  const { kind, source = null, value } = given;
  if (ACCOUNT_SECRETS.some((one) => one === kind) !== (source === null))
    return refusal(
      "malformed",
      "invalid",
      `${ACCOUNT_SECRETS.join(", ")} belong to the account, secret and api_key to a source.`,
    );
  const names = sourcesIn(record.declaration).map(([name]) => name);
  if (source !== null && !names.includes(source))
    return refusal("absent", "no_source", `The account has no such source. It has: ${names.join(", ") || "none"}.`);
  if (isFull(record)) return full();
  const place = { uid: record.uid, kind, source, number: record.next };
  const there = record.secrets.filter(hasPlace(place));
  for (const one of there)
    if ((await tools.sealing.open(one.sealed, { ...place, number: one.number })) === value)
      return refusal("conflict", "secret_known", `It has this secret already, as number ${one.number}.`);
  const [fingerprint = ""] = await tools.sealing.fingerprints(value);
  const sealed = await tools.sealing.seal(value, place);
  const secret: SealedSecret = { kind, source, number: record.next, sealed, fingerprint, addedAt: now() };
  // Of keys there is one: a new one replaces it. Of signing secrets there are several while one replaces another.
  const kept = kind === "secret" ? record.secrets : record.secrets.filter((one) => !there.includes(one));
  return { ok: true, record: { ...record, secrets: [...kept, secret], next: record.next + 1 } };
}

function hasPlace(place: Pick<SealedSecret, "kind" | "source">): (secret: SealedSecret) => boolean {
  return ({ kind, source }) => kind === place.kind && source === place.source;
}

function isFull({ secrets, tokens }: DirectoryRecord): boolean {
  return secrets.length + tokens.length >= MOST_SECRETS;
}

function full(): DirectoryRefusal {
  return refusal("conflict", "full", `An account has at most ${MOST_SECRETS} secrets and tokens. Retire some.`);
}

function changed({ now }: DirectoryContext, record: DirectoryRecord): DirectoryRecord {
  return { ...record, changedAt: now() };
}

/** A former name is given by renaming: one that is merely claimed could be another account's. */
function formerNameIn(account: DirectoryRecord["declaration"]): DirectoryRefusal | null {
  const text = "was: accounts of the directory are renamed by an operation of its own; remove it";
  return account.was === undefined ? null : refusal("malformed", "invalid", text);
}
