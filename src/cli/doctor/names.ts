/**
 * Names of variables that only the doctor reads.
 */
import { accountKeyName } from "../../secret-names.ts";

/** Track API credentials of an account's workspace, as `site_id:api_key`: `ACME_TRACK_CREDENTIALS`. Workers do not need them. */
export function trackCredentialsName(account: string): string {
  return accountKeyName(account).replace(/CDP_API_KEY$/, "TRACK_CREDENTIALS");
}
