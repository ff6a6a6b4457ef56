/**
 * Reads secrets, keys and tokens. A value that is invalid is not used; demo secrets work in local runs only.
 */
import type { Adapter, ConfiguredAdapter } from "../contract/interface.ts";
import { decode } from "../contract/verify/encoding.ts";
import { accountKeyName, alertSecretName, alertUrlName, apiKeyName, secretName } from "../secret-names.ts";
import type { ConfigContext, SecretNames } from "./context.ts";
import type { Problem } from "./findings.ts";
import { sourcesIn, textOf } from "./schema.ts";

/** Every demo secret and key contains this text, directly or after decoding. */
const DEMO_MARKER = "tributary_demo";

/** The variables of declared accounts. */
export const VARIABLE_NAMES: SecretNames = {
  accountKey: accountKeyName,
  secret: secretName,
  apiKey: apiKeyName,
  alertSecret: alertSecretName,
  alertUrl: alertUrlName,
};

/** Reads the values of a source's secret, separated by white space. Any invalid value is added to `problems`, and makes the source unusable. */
export function readSecrets(
  variable: string,
  adapter: Adapter,
  configured: ConfiguredAdapter | null,
  context: ConfigContext,
  problems: Problem[],
): readonly string[] {
  const secrets = textOf(context.variables.get(variable))
    .split(/\s+/)
    .filter((part) => part !== "");
  const report = (code: Problem["code"], text: string) => problems.push({ code, path: [variable], text });
  if (secrets.length === 0) report("missing_secret", `set this secret (${adapter.secret.hint})`);
  for (const [index, secret] of secrets.entries()) {
    const which = secrets.length === 1 ? "" : `part ${index + 1} of ${secrets.length}: `;
    if (!adapter.secret.format.test(secret)) {
      report("secret_format", `${which}does not have the format of this secret; set it again (${adapter.secret.hint})`);
      continue;
    }
    const weakness = configured?.verifier.unusable(secret) ?? null;
    if (weakness !== null) report("weak_secret", `${which}${weakness}; set it again (${adapter.secret.hint})`);
    if (isDemo(secret, context)) report("demo_secret", `${which}is a demo secret, which is public; set your own`);
  }
  return secrets;
}

/** Reads a key or token; `null`, with a warning, if it is missing or invalid. */
export function readKey(
  variable: string,
  format: RegExp,
  shape: string,
  context: ConfigContext,
  warnings: Problem[],
): string | null {
  const key = textOf(context.variables.get(variable)).trim();
  const warning = keyProblem(key, format, shape, context);
  if (warning === null) return key;
  warnings.push({ ...warning, path: [variable] });
  return null;
}

function keyProblem(key: string, format: RegExp, shape: string, context: ConfigContext): Omit<Problem, "path"> | null {
  if (key === "") return { code: "missing_secret", text: "set this secret" };
  if (!format.test(key)) return { code: "secret_format", text: `set it again: ${shape}` };
  if (isDemo(key, context)) return { code: "demo_secret", text: "is a demo key, which is public; set your own" };
  return null;
}

/** Whether this is a public demo secret outside local runs. */
export function isDemo(secret: string, context: Pick<ConfigContext, "runtime" | "demoSecrets">): boolean {
  if (context.runtime === "local") return false;
  // After a prefix such as `whsec_` the marker is found only in the decoded rest.
  const rests = secret.split("_").map((_, index, parts) => parts.slice(index).join("_"));
  return context.demoSecrets.has(secret) || rests.some((rest) => readings(rest).some((reading) => reading.includes(DEMO_MARKER)));
}

/** A text, and its decodings. */
function readings(text: string): readonly string[] {
  const bytes = [decode(text, "base64"), decode(text, "base64url"), decode(text, "hex")];
  return [text, ...bytes.map((decoded) => (decoded === null ? "" : new TextDecoder().decode(decoded)))];
}

/** Gives, for each variable, what its secret is of: sources, as `account/source`, and the alerts of accounts. */
export function ownersOf(accounts: readonly (readonly [string, unknown])[]): ReadonlyMap<string, readonly string[]> {
  const names = accounts.flatMap(([account, given]) => [
    ...sourcesIn(given).map(([source]) => ({ variable: secretName(account, source), owner: `${account}/${source}` })),
    ...(hasAlerts(given) ? [{ variable: alertSecretName(account), owner: `the alerts of ${account}` }] : []),
  ]);
  const owners = Map.groupBy(names, ({ variable }) => variable);
  return new Map(Array.from(owners, ([variable, those]) => [variable, those.map(({ owner }) => owner)]));
}

function hasAlerts(account: unknown): boolean {
  return typeof account === "object" && account !== null && "alerts" in account;
}
