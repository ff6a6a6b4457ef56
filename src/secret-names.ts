/**
 * Names of the variables that hold secrets. They are made from the names of the account and the source.
 */

/** The account's Pipelines API key: `ACME_CDP_API_KEY`. */
export function accountKeyName(account: string): string {
  return variableName(account, "cdp_api_key");
}

/** The source's signing secret: `ACME_BILLING_SECRET`. */
export function secretName(account: string, source: string): string {
  return variableName(account, source, "secret");
}

/** The source's API key for look-ups at its vendor: `ACME_BILLING_API_KEY`. */
export function apiKeyName(account: string, source: string): string {
  return variableName(account, source, "api_key");
}

/** The account's token of the operator's API: `ACME_READ_TOKEN`, `ACME_OPERATE_TOKEN`. */
export function tokenName(account: string, scope: "read" | "operate"): string {
  return variableName(account, scope, "token");
}

/** The secret that signs the account's alerts: `ACME_ALERT_SECRET`. */
export function alertSecretName(account: string): string {
  return variableName(account, "alert_secret");
}

/** The URL of the account's alerts, where it is a secret itself: `ACME_ALERT_URL`. */
export function alertUrlName(account: string): string {
  return variableName(account, "alert_url");
}

function variableName(...parts: readonly string[]): string {
  return parts.join("_").replaceAll("-", "_").toUpperCase();
}
