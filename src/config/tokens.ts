/**
 * Reads what opens the operator's routes: the token of the Worker, those of its accounts, and the application of Cloudflare Access.
 */
import { tokenName } from "../secret-names.ts";
import type { ConfigContext } from "./context.ts";
import type { Problem } from "./findings.ts";
import { type AccessToken, SCOPES } from "./model.ts";
import { readKey } from "./secrets.ts";

// The syntax of `Authorization: Bearer` (RFC 6750 §2.1), long enough not to be guessed.
const FORMAT = /^[A-Za-z0-9._~+/-]{32,}=*$/;
const SHAPE = "at least 32 letters, digits or . _ ~ + / -";

/** Reads `ADMIN_TOKEN`. A local run needs none. @returns `null`, with a warning unless the run is local, where it cannot be used */
export function readAdminToken(context: ConfigContext, warnings: Problem[]): string | null {
  if (context.runtime === "local" && context.variables.get("ADMIN_TOKEN") === undefined) return null;
  return readKey("ADMIN_TOKEN", FORMAT, SHAPE, context, warnings);
}

/** The Audience tag of an Access application. */
const AUDIENCE = /^[0-9a-f]{64}$/;

/**
 * Reads `ACCESS_AUD`, the Audience tag of the Access application whose people may use the console.
 * @returns `null` if there is none, or, with a warning, where it cannot be used
 * @see https://developers.cloudflare.com/workers/configuration/cloudflare-access/
 */
export function readAccessAudience({ runtime, variables }: ConfigContext, warnings: Problem[]): string | null {
  const given = variables.get("ACCESS_AUD");
  if (given === undefined) return null;
  const isTag = typeof given === "string" && AUDIENCE.test(given);
  if (isTag && runtime === "cloudflare") return given;
  const text = isTag
    ? "opens nothing here: only Cloudflare has Access in front of a Worker; remove it"
    : "must be the Audience tag of an Access application, 64 digits from 0 to f: copy it from the application's page in Zero Trust";
  warnings.push({ code: "wrong_value", path: ["ACCESS_AUD"], text });
  return null;
}

/** Reads the tokens that accounts have. One that cannot be used, or that says the same as another, opens nothing. */
export function readTokens(
  accounts: readonly string[],
  adminToken: string | null,
  context: ConfigContext,
  warnings: Problem[],
): readonly AccessToken[] {
  const tokens = accounts.flatMap((account) =>
    SCOPES.flatMap((scope): readonly AccessToken[] => {
      const name = tokenName(account, scope);
      if (context.variables.get(name) === undefined) return [];
      const value = readKey(name, FORMAT, SHAPE, context, warnings);
      return value === null ? [] : [{ name, account, scope, value }];
    }),
  );
  const isShared = ({ name, value }: AccessToken): boolean =>
    value === adminToken || tokens.some((other) => other.name !== name && other.value === value);
  const shared = tokens.filter(isShared);
  const text = "has the same value as another token, so it opens nothing; make one for each";
  warnings.push(...shared.map(({ name }): Problem => ({ code: "shared_token", path: [name], text })));
  return tokens.filter((token) => !shared.includes(token));
}
