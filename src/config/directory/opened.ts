/**
 * Makes an account of a record of the directory: its secrets are opened, and the rest is read like a declared account.
 */
import type { Adapter } from "../../contract/interface.ts";
import { adaptersOf } from "../../contract/load.ts";
import { REGISTRY } from "../../contract/registry.ts";
import { readAccount } from "../account.ts";
import type { ConfigContext, SecretNames } from "../context.ts";
import type { Finding } from "../findings.ts";
import type { AccountState } from "../model.ts";
import { sourceSchema, sourcesIn } from "../schema.ts";
import type { DirectoryRecord, SealedSecret } from "./record.ts";
import type { Sealing } from "./sealing.ts";

/** An account, with everything that is wrong with it. */
export interface OpenedAccount {
  readonly state: AccountState;
  readonly findings: readonly Finding[];
}

/** What the secrets of an account are called in messages: they are no variables. */
export const DIRECTORY_NAMES: SecretNames = {
  accountKey: () => "Pipelines API key",
  secret: (_, source) => `secret of ${source}`,
  apiKey: (_, source) => `API key of ${source}`,
  alertSecret: () => "secret of the alerts",
  alertUrl: () => "URL of the alerts",
};

/** The name of a secret in messages. */
export function nameOfSecret({ kind, source }: Pick<SealedSecret, "kind" | "source">): string {
  if (kind === "alert_secret") return DIRECTORY_NAMES.alertSecret("");
  if (kind === "alert_url") return DIRECTORY_NAMES.alertUrl("");
  if (source === null) return DIRECTORY_NAMES.accountKey("");
  return kind === "secret" ? DIRECTORY_NAMES.secret("", source) : DIRECTORY_NAMES.apiKey("", source);
}

/** Opens a record. No secret of the Worker's own variables is looked at. */
export async function openAccount(record: DirectoryRecord, context: ConfigContext, sealing: Sealing): Promise<OpenedAccount> {
  const { uid, id, name, declaration } = record;
  const adapters = await adaptersFor(declaration, context.adapters);
  const values = new Map<string, string[]>();
  const labels = new Map<string, string[]>();
  const closed = new Set<string>();
  for (const secret of record.secrets) {
    const place = nameOfSecret(secret);
    const text = await sealing.open(secret.sealed, { uid, kind: secret.kind, source: secret.source, number: secret.number });
    if (text === null) closed.add(place);
    else {
      values.set(place, [...(values.get(place) ?? []), text]);
      labels.set(place, [...(labels.get(place) ?? []), String(secret.number)]);
    }
  }
  // One that does not open makes all of its place unusable: never partly usable.
  const open = [...values].filter(([place]) => !closed.has(place));
  const own: ConfigContext = {
    ...context,
    adapters,
    variables: new Map(open.map(([place, texts]) => [place, texts.join(" ")])),
    names: DIRECTORY_NAMES,
    owners: new Map(),
    allowsShards: false,
    demoSecrets: new Set([...context.demoSecrets, ...Array.from(adapters.values(), (adapter) => adapter.secret.demo)]),
  };
  const findings: Finding[] = [...closed].map((place) => ({
    code: "sealed",
    level: "error",
    path: [place],
    text: "is sealed by another DIRECTORY_KEY; put that key back beside the new one, or add the secret again",
  }));
  const problem = obstacle(record, context);
  const state = readAccount(name, declaration, own, findings);
  if (problem !== null) {
    const path = ["ACCOUNTS", name];
    return { state: { ok: false, problem }, findings: [{ code: "same_name", level: "error", path, text: problem }, ...findings] };
  }
  if (!state.ok) return { state, findings };
  const sources = Array.from(state.account.sources, ([source, found]) => {
    const secretLabels = labels.get(DIRECTORY_NAMES.secret(name, source)) ?? [];
    const labelled = found.ok ? { ok: true as const, source: { ...found.source, secretLabels } } : found;
    return [source, labelled] as const;
  });
  return { state: { ok: true, account: { ...state.account, id, sources: new Map(sources) } }, findings };
}

/** Why an account of the directory cannot be served beside those that are declared; `null` if it can. */
function obstacle({ id, name }: DirectoryRecord, { declared, formerNames }: ConfigContext): string | null {
  if (declared.has(name) || formerNames.has(name))
    return "an account of this name is declared, and goes first; rename or remove one of the two";
  if (declared.has(id) || formerNames.has(id))
    return `what it has stored belongs to the declared account "${id}"; remove one of the two`;
  return null;
}

/** The adapters that a declaration uses. */
export async function adaptersFor(
  declaration: DirectoryRecord["declaration"],
  known: ReadonlyMap<string, Adapter>,
): Promise<ReadonlyMap<string, Adapter>> {
  const ids = sourcesIn(declaration).map(([source, given]) => {
    const read = sourceSchema.pick({ adapter: true }).safeParse(given);
    return read.data?.adapter ?? source;
  });
  const loaded = await adaptersOf(
    REGISTRY,
    ids.filter((id) => !known.has(id)),
  );
  return new Map(
    ids.flatMap((id) => {
      const adapter = known.get(id) ?? loaded.get(id);
      return adapter === undefined ? [] : [[id, adapter] as const];
    }),
  );
}
