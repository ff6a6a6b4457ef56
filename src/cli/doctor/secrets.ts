/**
 * What is wrong with the secrets that are known here, by their names. No message contains a value.
 */
import type { Finding, FindingCode } from "../../config/findings.ts";
import { readConfig } from "../../config/load.ts";
import { SCOPES } from "../../config/model.ts";
import type { Adapter } from "../../contract/interface.ts";
import { accountKeyName, alertSecretName, alertUrlName, apiKeyName, secretName, tokenName } from "../../secret-names.ts";
import { nearest } from "../nearest.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { type Environment, sourcesOf, titleOf } from "./environments.ts";
import type { ConfigFile, Secrets } from "./files.ts";
import { trackCredentialsName } from "./names.ts";

/** What the doctor looks for in secrets. */
const CODES: readonly FindingCode[] = [
  "missing_secret",
  "secret_format",
  "weak_secret",
  "demo_secret",
  "shared_token",
  "unused_key",
];

/** Variables that are no account's. */
const COMMON = ["ADMIN_TOKEN", "DIRECTORY_KEY", "HOLD_UNKNOWN", "TIME_SCALE"];

/** The secrets that are examined. */
export interface ExaminedSecrets {
  readonly known: Secrets;
  /** Whether a deployed Worker gets these: then demo secrets are errors. */
  readonly isDeployed: boolean;
  /** Whether it has no others: then missing secrets are errors. */
  readonly isComplete: boolean;
  /** All environments, also those that are not examined: their secrets may be in the same files. */
  readonly all: readonly Environment[];
}

/** Examines the secrets of some environments. */
export function examineSecrets(
  config: ConfigFile,
  environments: readonly Environment[],
  adapters: ReadonlyMap<string, Adapter>,
  secrets: ExaminedSecrets,
): readonly Diagnosis[] {
  const problems = environments.flatMap((environment) => {
    const values = Object.fromEntries(Array.from(secrets.known, ([name, { value }]) => [name, value]));
    const { findings } = readConfig({ ...values, ...environment.vars }, adapters);
    return findings
      .filter(({ code, path }) => CODES.includes(code) && path.length === 1)
      .map((finding) => diagnose(finding, environment, config, secrets));
  });
  return [...problems, ...examineShared(environments, adapters, secrets.known), ...unknownNames(secrets)];
}

function diagnose(finding: Finding, environment: Environment, config: ConfigFile, secrets: ExaminedSecrets): Diagnosis {
  const [name = ""] = finding.path;
  const known = secrets.known.get(name);
  const declared = declarationOf(name, environment);
  const account = declared?.[1] ?? null;
  const common = { code: finding.code, place: `${titleOf(environment)} ${name}`, account, suggestion: null };
  if (known !== undefined) {
    const isHarmless = finding.code === "demo_secret" && !secrets.isDeployed;
    const text = isHarmless
      ? "is a demo secret: it works in local runs only, and a deployed Worker needs another."
      : `${finding.text}.`;
    return { ...common, level: isHarmless ? "warning" : "error", file: known.file, line: known.line, text };
  }
  const line = declared === null ? null : (config.lines([...environment.path, "vars", ...declared])?.first ?? null);
  const put = `npx wrangler secret put ${name}${environment.name === "" ? "" : ` --env ${environment.name}`}`;
  return {
    ...common,
    level: finding.level === "error" && secrets.isComplete ? "error" : "warning",
    file: config.file,
    line,
    text: secrets.isComplete
      ? `${finding.text}.`
      : `is not known here (${finding.text}). For a local run: .dev.vars. For the deployed Worker: ${put}`,
  };
}

function tokensOf(account: string): readonly string[] {
  return SCOPES.map((scope) => tokenName(account, scope));
}

/** Where the account or source that needs a secret is declared. */
function declarationOf(name: string, environment: Environment): readonly string[] | null {
  const source = sourcesOf(environment).find(({ account, source }) =>
    [secretName(account, source), apiKeyName(account, source)].includes(name),
  );
  const account = Object.keys(environment.accounts).find((candidate) =>
    [accountKeyName(candidate), alertSecretName(candidate), alertUrlName(candidate), ...tokensOf(candidate)].includes(name),
  );
  return source?.path ?? (account === undefined ? null : ["ACCOUNTS", account]);
}

/** Secrets and keys that two accounts share: a webhook for one would be accepted by the other, or two accounts would fill one workspace. */
function examineShared(
  environments: readonly Environment[],
  adapters: ReadonlyMap<string, Adapter>,
  known: Secrets,
): readonly Diagnosis[] {
  const uses = environments.flatMap((environment) => [
    ...Object.keys(environment.accounts).map((account) => ({
      account,
      kind: "key" as const,
      name: accountKeyName(account),
      demo: null,
    })),
    ...sourcesOf(environment)
      // Vendors that use one secret for several customers say in each webhook which customer it is about.
      .filter(({ adapter }) => (adapters.get(adapter)?.tenant ?? null) === null)
      .map(({ account, source, adapter }) => ({
        account,
        kind: "secret" as const,
        name: secretName(account, source),
        demo: adapters.get(adapter)?.secret.demo ?? null,
      })),
  ]);
  const owners = new Map<string, (typeof uses)[number]>();
  return uses.flatMap((use) => {
    const secret = known.get(use.name);
    return (secret?.value.split(/\s+/) ?? []).flatMap((value): readonly Diagnosis[] => {
      const before = owners.get(value);
      // A demo secret is every account's, and works in local runs only.
      if (value === "" || secret === undefined || use.demo === value) return [];
      if (before === undefined) owners.set(value, use);
      if (before === undefined || before.account === use.account) return [];
      const text =
        use.kind === "key"
          ? `has the same value as ${before.name}: accounts ${before.account} and ${use.account} would fill one workspace. Make one API key for each in Customer.io.`
          : `has the same value as ${before.name}: a webhook for account ${before.account} would also be accepted for ${use.account}. Make one secret for each at the vendor.`;
      const code = use.kind === "key" ? "shared_key" : "shared_secret";
      const { account, name } = use;
      return [{ code, level: "error", file: secret.file, line: secret.line, place: name, account, text, suggestion: null }];
    });
  });
}

/** Names in the files that nothing reads, such as mistyped ones. */
function unknownNames({ known, all }: ExaminedSecrets): readonly Diagnosis[] {
  const needed = all.flatMap((environment) => [
    ...Object.keys(environment.accounts).flatMap((account) => [
      accountKeyName(account),
      trackCredentialsName(account),
      alertSecretName(account),
      alertUrlName(account),
      ...tokensOf(account),
    ]),
    ...sourcesOf(environment).flatMap(({ account, source }) => [secretName(account, source), apiKeyName(account, source)]),
  ]);
  const expected = new Set([...needed, ...COMMON]);
  return [...known].flatMap(([name, { file, line }]): readonly Diagnosis[] => {
    // Our own environment has names of others, and the accounts of the demo are in no configuration.
    if (line === null || expected.has(name) || name.startsWith("DEMO_")) return [];
    const missing = [...expected].filter((candidate) => !known.has(candidate));
    const text = "is the name of no account's or source's secret; correct it or remove the line.";
    const suggestion = nearest(name, missing);
    return [{ code: "unknown_secret", level: "warning", file, line, place: name, account: null, text, suggestion }];
  });
}
