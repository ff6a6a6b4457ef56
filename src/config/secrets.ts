/**
 * Secrets, keys and tokens: whole and usable, or not used at all; demo secrets in local runs alone.
 */
import type { Adapter, ConfiguredAdapter } from "../contract/interface.ts";
import { decode } from "../contract/verify/encoding.ts";
import { secretName } from "../secret-names.ts";
import { sourcesIn, textOf } from "./schema.ts";
import type { Surroundings } from "./surroundings.ts";

/** Carried by every demo secret and key, as text or once decoded. */
const DEMO_MARKER = "tributary_demo";

/** All values of a secret, or none: one that cannot be used spoils the rest. */
export function readSecrets(
  variable: string,
  adapter: Adapter,
  configured: ConfiguredAdapter | null,
  surroundings: Surroundings,
  problems: string[],
): readonly string[] {
  const secrets = textOf(surroundings.variables.get(variable))
    .split(/\s+/)
    .filter((part) => part !== "");
  if (secrets.length === 0) problems.push(`${variable}: set this secret (${adapter.secret.hint})`);
  for (const [index, secret] of secrets.entries()) {
    const which = secrets.length === 1 ? variable : `${variable}: part ${index + 1} of ${secrets.length}`;
    if (!adapter.secret.format.test(secret)) {
      problems.push(`${which}: does not look like the secret that is needed; set it again (${adapter.secret.hint})`);
      continue;
    }
    const weakness = configured?.verifier.unusable(secret) ?? null;
    if (weakness !== null) problems.push(`${which}: ${weakness}; set it again (${adapter.secret.hint})`);
    if (isDemo(secret, surroundings)) problems.push(`${which}: is a demo secret, which everybody knows; set your own`);
  }
  return secrets;
}

/** A single key or token, or `null` with a warning where it is missing or cannot be used. */
export function readKey(
  variable: string,
  format: RegExp,
  shape: string,
  surroundings: Surroundings,
  warnings: string[],
): string | null {
  const key = textOf(surroundings.variables.get(variable)).trim();
  const warning =
    key === ""
      ? "set this secret"
      : !format.test(key)
        ? `set it again: ${shape}`
        : isDemo(key, surroundings)
          ? "is a demo key, which everybody knows; set your own"
          : null;
  if (warning === null) return key;
  warnings.push(`${variable}: ${warning}`);
  return null;
}

/** Is this a published secret, somewhere that it must not work? */
function isDemo(secret: string, surroundings: Surroundings): boolean {
  if (surroundings.runtime === "local") return false;
  // Behind a prefix such as `whsec_` the marker shows only once the rest is decoded.
  const rests = secret.split("_").map((_, index, parts) => parts.slice(index).join("_"));
  return (
    surroundings.demoSecrets.has(secret) || rests.some((rest) => readings(rest).some((reading) => reading.includes(DEMO_MARKER)))
  );
}

/** A text as it stands and as it would be decoded. */
function readings(text: string): readonly string[] {
  const bytes = [decode(text, "base64"), decode(text, "base64url"), decode(text, "hex")];
  return [text, ...bytes.map((decoded) => (decoded === null ? "" : new TextDecoder().decode(decoded)))];
}

/** Which sources each variable would be the secret of. */
export function ownersOf(accounts: readonly (readonly [string, unknown])[]): ReadonlyMap<string, readonly string[]> {
  const names = accounts.flatMap(([account, given]) => sourcesIn(given).map(([source]) => ({ account, source })));
  const owners = Map.groupBy(names, ({ account, source }) => secretName(account, source));
  return new Map(
    Array.from(owners, ([variable, those]) => [variable, those.map(({ account, source }) => `${account}/${source}`)]),
  );
}
