/**
 * What is wrong with the secrets that are known here, by their names. No message contains a value.
 */
import type { Finding, FindingCode } from "../../config/findings.ts";
import { readConfig } from "../../config/load.ts";
import { nameSchema } from "../../config/schema.ts";
import type { Adapter } from "../../contract/interface.ts";
import { accountKeyName, alertSecretName, alertUrlName, apiKeyName, secretName } from "../../secret-names.ts";
import { nearest } from "../nearest.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { type Environment, placeOfSecret, sourcesOf, titleOf } from "./environments.ts";
import type { ConfigFile } from "./files.ts";
import { namesOfSecrets, OF_WORKER, tokenNames, trackCredentialsName } from "./names.ts";
import type { Secrets } from "./secret-file.ts";

/** What the doctor looks for in secrets. */
const CODES: readonly FindingCode[] = [
  "missing_secret",
  "secret_format",
  "weak_secret",
  "demo_secret",
  "shared_token",
  "unused_key",
];

/** Switches of local runs, which may stand among secrets. */
const SWITCHES = ["HOLD_UNKNOWN", "TIME_SCALE"];

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
      .filter(({ path: [name = ""] }) => secrets.known.get(name)?.flaw === undefined && !isOfBadName(name, environment))
      .map((finding) => diagnose(finding, environment, config, secrets));
  });
  // What is the Worker's own is said once, though each environment has it.
  const once = new Map(problems.map((problem) => [JSON.stringify([problem.code, problem.place, problem.text]), problem]));
  return [
    ...once.values(),
    ...flawed(secrets.known),
    ...examineShared(environments, adapters, secrets.known),
    ...unknownNames(secrets),
  ];
}

/** Secrets whose line in the file is not what its writer meant. */
function flawed(known: Secrets): readonly Diagnosis[] {
  return [...known].flatMap(([name, { file, line, flaw }]): readonly Diagnosis[] =>
    flaw === undefined
      ? []
      : [{ code: "malformed_secret", level: "error", file, line, place: name, account: null, text: flaw, suggestion: null }],
  );
}

/** Whether a secret is of an account or source that cannot have its name: the name of the secret follows. */
function isOfBadName(name: string, environment: Environment): boolean {
  return (declarationOf(name, environment) ?? []).some((key, index) => index % 2 === 1 && !nameSchema.safeParse(key).success);
}

/** What is behind most parts that have no right format. */
const IS_SEVERAL = " There is a space or a line break in it, and that separates several secrets: if it is one, take that out.";

function diagnose(finding: Finding, environment: Environment, config: ConfigFile, secrets: ExaminedSecrets): Diagnosis {
  const [name = ""] = finding.path;
  const known = secrets.known.get(name);
  const declared = declarationOf(name, environment);
  const account = declared?.[1] ?? null;
  const isOfWorker = OF_WORKER.includes(name) && known !== undefined;
  const place = isOfWorker ? name : `${titleOf(environment)} ${name}`;
  const common = { code: finding.code, place, account, suggestion: null };
  if (known !== undefined) {
    const isHarmless = finding.code === "demo_secret" && !secrets.isDeployed;
    const text = isHarmless
      ? "is a demo secret: it works in local runs only, and a deployed Worker needs another."
      : `${finding.text}.${finding.code === "secret_format" && name !== "DIRECTORY_KEY" && /\s/.test(known.value.trim()) ? IS_SEVERAL : ""}`;
    return { ...common, level: isHarmless ? "warning" : "error", file: known.file, line: known.line, text };
  }
  const line = config.lines([...environment.path, "vars", ...(declared ?? [])])?.first ?? null;
  const put = placeOfSecret(environment, name);
  const where = environment.isSelfhosted ? put : `For a local run: .dev.vars. For the deployed Worker: ${put}`;
  return {
    ...common,
    level: finding.level === "error" && secrets.isComplete ? "error" : "warning",
    file: config.file,
    line,
    text: secrets.isComplete ? `${finding.text}.` : `is not known here: ${finding.text}. ${where}`,
  };
}

/** Where the account or source that needs a secret is declared. */
function declarationOf(name: string, environment: Environment): readonly string[] | null {
  const source = sourcesOf(environment).find(({ account, source }) =>
    [secretName(account, source), apiKeyName(account, source)].includes(name),
  );
  const account = Object.keys(environment.accounts).find((candidate) =>
    [accountKeyName(candidate), alertSecretName(candidate), alertUrlName(candidate), ...tokenNames(candidate)].includes(name),
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
      if (before === undefined) return [];
      const { account, name } = use;
      const common = { level: "error", file: secret.file, line: secret.line, place: name, account, suggestion: null } as const;
      if (before.account === account) {
        const said = `has the same value as ${before.name}: one of the two stands where the other belongs. Copy each again from where it comes from.`;
        return before.kind === use.kind ? [] : [{ ...common, code: "shared_secret", text: said }];
      }
      const text =
        use.kind === "key"
          ? `has the same value as ${before.name}: accounts ${before.account} and ${use.account} would fill one workspace. Make one API key for each in Customer.io.`
          : `has the same value as ${before.name}: a webhook for account ${before.account} would also be accepted for ${use.account}. Make one secret for each at the vendor.`;
      const code = use.kind === "key" ? "shared_key" : "shared_secret";
      return [{ ...common, code, text }];
    });
  });
}

/** How the names of secrets end. */
const ENDINGS = /_(CDP_API_KEY|TRACK_CREDENTIALS|ALERT_SECRET|ALERT_URL|READ_TOKEN|OPERATE_TOKEN|API_KEY|SECRET)$/;

/** Names in the files that nothing reads, such as mistyped ones. */
function unknownNames({ known, all }: ExaminedSecrets): readonly Diagnosis[] {
  const accounts = all.flatMap((environment) => Object.keys(environment.accounts));
  const expected = new Set([...all.flatMap(namesOfSecrets), ...accounts.map(trackCredentialsName), ...OF_WORKER, ...SWITCHES]);
  return [...known].flatMap(([name, { file, line, flaw }]): readonly Diagnosis[] => {
    // Our own environment has names of others, and the accounts of the demo are in no configuration.
    if (line === null || flaw !== undefined || expected.has(name) || name.startsWith("DEMO_")) return [];
    // Whoever wrote a right ending meant it.
    const ending = ENDINGS.exec(name)?.[0];
    const missing = [...expected].filter(
      (candidate) => !known.has(candidate) && (ending === undefined || ENDINGS.exec(candidate)?.[0] === ending),
    );
    const text = "is the name of no account's or source's secret; correct it or remove the line.";
    const suggestion = nearest(name, missing);
    return [{ code: "unknown_secret", level: "warning", file, line, place: name, account: null, text, suggestion }];
  });
}
