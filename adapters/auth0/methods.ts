/**
 * How people sign in, in the words that other vendors use too.
 */
import type { Maybe } from "../../src/contract/adapter.ts";

/** Auth0 calls its own databases `auth0`, and providers `google-oauth2`. */
export function methodOf(strategy: Maybe<string>): Maybe<string> {
  return strategy === "auth0" || strategy === "Username-Password-Authentication"
    ? "password"
    : strategy?.replace(/-oauth2?$/, "");
}
