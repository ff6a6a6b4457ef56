/**
 * The names of the secrets that a setup may have.
 */
import { SCOPES } from "../../config/model.ts";
import { accountKeyName, alertSecretName, alertUrlName, apiKeyName, secretName, tokenName } from "../../secret-names.ts";
import { type Environment, sourcesOf } from "./environments.ts";

/** Secrets that are no account's: of the Worker as a whole. */
export const OF_WORKER: readonly string[] = ["ADMIN_TOKEN", "DIRECTORY_KEY"];

/** Track API credentials of an account's workspace, as `site_id:api_key`: `ACME_TRACK_CREDENTIALS`. Workers do not need them. */
export function trackCredentialsName(account: string): string {
  return accountKeyName(account).replace(/CDP_API_KEY$/, "TRACK_CREDENTIALS");
}

/** The names of an account's tokens. */
export function tokenNames(account: string): readonly string[] {
  return SCOPES.map((scope) => tokenName(account, scope));
}

/** Every secret that the Worker of an environment reads. */
export function namesOfSecrets(environment: Environment): readonly string[] {
  return [
    ...Object.keys(environment.accounts).flatMap((account) => [
      accountKeyName(account),
      alertSecretName(account),
      alertUrlName(account),
      ...tokenNames(account),
    ]),
    ...sourcesOf(environment).flatMap(({ account, source }) => [secretName(account, source), apiKeyName(account, source)]),
    ...OF_WORKER,
  ];
}
