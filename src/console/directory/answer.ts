/**
 * An account of the directory as operators see it: everything but its secrets.
 */
import * as z from "zod";
import type { AccountOperations } from "../../account/operations.ts";
import type { DirectoryTools } from "../../config/directory/directory.ts";
import { openAccount } from "../../config/directory/opened.ts";
import type { DirectoryRecord } from "../../config/directory/record.ts";
import type { Finding } from "../../config/findings.ts";
import type { AccountPlace } from "../../config/model.ts";
import { sourcesIn, textOf, valueAt } from "../../config/schema.ts";
import { REGISTRY } from "../../contract/registry.ts";
import type { DirectoryAccount } from "./operations.ts";

/** What was used when, as the account's object answers it. */
const usesSchema = z.object({ uses: z.array(z.object({ source: z.string(), secret: z.string(), lastUsedAt: z.number() })) });

type Uses = z.output<typeof usesSchema>["uses"];

/** A finding as it is answered: its place inside the account. */
export function findingOf(
  { code, level, path, text, choices = [] }: Finding,
  name: string,
): DirectoryAccount["findings"][number] {
  const place = path[0] === "ACCOUNTS" && path[1] === name ? path.slice(2) : path;
  // The Worker loads only adapters that are used: any may be meant.
  const words = code === "unknown_adapter" ? [...REGISTRY.keys()] : [...choices];
  return { code, level, place: place.join("."), text, choices: words };
}

/** The region that an account declares. */
export function regionOf({ declaration }: Pick<DirectoryRecord, "declaration">): "us" | "eu" {
  return declaration.region === "eu" ? "eu" : "us";
}

/** What finds the object of an account. */
export function placeOf(record: DirectoryRecord): AccountPlace {
  return { name: record.name, id: record.id, region: regionOf(record) };
}

/** When its secrets were last used; nothing where its object does not answer. */
export async function usesOf(object: AccountOperations): Promise<Uses> {
  try {
    const answer = await object.operate("secrets", "{}");
    return answer.ok ? usesSchema.parse(JSON.parse(answer.value)).uses : [];
  } catch {
    return [];
  }
}

/** The answer about an account. */
export async function answerOf(
  record: DirectoryRecord,
  { context, sealing }: Pick<DirectoryTools, "context" | "sealing">,
  uses: Uses = [],
): Promise<DirectoryAccount> {
  const { id, name, was, revision, addedAt, changedAt, declaration, secrets, tokens } = record;
  const { state, findings } = await openAccount(record, context, sealing);
  return {
    ...{ name, id, was, revision, addedAt, changedAt, account: declaration, ok: state.ok },
    findings: findings.map((finding) => findingOf(finding, name)),
    sources: sourcesIn(declaration).map(([source, given]) => ({
      name: source,
      ok: state.ok && state.account.sources.get(source)?.ok === true,
      adapter: textOf(valueAt(given, ["adapter"])) || source,
      path: `/hooks/${name}/${source}`,
    })),
    secrets: secrets.map(({ number, kind, source, fingerprint, addedAt: at }) => ({
      ...{ number, kind, source, fingerprint, addedAt: at },
      lastUsedAt:
        uses.find((use) => kind === "secret" && use.source === source && use.secret === String(number))?.lastUsedAt ?? null,
    })),
    tokens: tokens.map(({ number, scope, addedAt: at, expiresAt }) => ({ number, scope, addedAt: at, expiresAt })),
  };
}
