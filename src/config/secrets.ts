/**
 * Reads secrets, keys and tokens. A value that is invalid is not used; demo secrets work in local runs only.
 */
import type { Adapter, ConfiguredAdapter } from "../contract/interface.ts";
import { decode } from "../contract/verify/encoding.ts";
import { secretName } from "../secret-names.ts";
import type { ConfigContext } from "./context.ts";
import { sourcesIn, textOf } from "./schema.ts";

/** Every demo secret and key contains this text, directly or after decoding. */
const DEMO_MARKER = "tributary_demo";

/** Reads the values of a source's secret, separated by white space. Any invalid value is added to `problems`, and makes the source unusable. */
export function readSecrets(
  variable: string,
  adapter: Adapter,
  configured: ConfiguredAdapter | null,
  context: ConfigContext,
  problems: string[],
): readonly string[] {
  const secrets = textOf(context.variables.get(variable))
    .split(/\s+/)
    .filter((part) => part !== "");
  if (secrets.length === 0) problems.push(`${variable}: set this secret (${adapter.secret.hint})`);
  for (const [index, secret] of secrets.entries()) {
    const which = secrets.length === 1 ? variable : `${variable}: part ${index + 1} of ${secrets.length}`;
    if (!adapter.secret.format.test(secret)) {
      problems.push(`${which}: does not have the format of this secret; set it again (${adapter.secret.hint})`);
      continue;
    }
    const weakness = configured?.verifier.unusable(secret) ?? null;
    if (weakness !== null) problems.push(`${which}: ${weakness}; set it again (${adapter.secret.hint})`);
    if (isDemo(secret, context)) problems.push(`${which}: is a demo secret, which is public; set your own`);
  }
  return secrets;
}

/** Reads a key or token; `null`, with a warning, if it is missing or invalid. */
export function readKey(
  variable: string,
  format: RegExp,
  shape: string,
  context: ConfigContext,
  warnings: string[],
): string | null {
  const key = textOf(context.variables.get(variable)).trim();
  const warning =
    key === ""
      ? "set this secret"
      : !format.test(key)
        ? `set it again: ${shape}`
        : isDemo(key, context)
          ? "is a demo key, which is public; set your own"
          : null;
  if (warning === null) return key;
  warnings.push(`${variable}: ${warning}`);
  return null;
}

/** Whether this is a public demo secret outside local runs. */
function isDemo(secret: string, context: ConfigContext): boolean {
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

/** Gives, for each variable, the sources whose secret it holds, as `account/source`. */
export function ownersOf(accounts: readonly (readonly [string, unknown])[]): ReadonlyMap<string, readonly string[]> {
  const names = accounts.flatMap(([account, given]) => sourcesIn(given).map(([source]) => ({ account, source })));
  const owners = Map.groupBy(names, ({ account, source }) => secretName(account, source));
  return new Map(
    Array.from(owners, ([variable, those]) => [variable, those.map(({ account, source }) => `${account}/${source}`)]),
  );
}
