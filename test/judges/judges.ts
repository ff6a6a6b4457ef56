import { CERTIFICATES } from "./certificates.ts";
import { FORMS } from "./forms.ts";
import type { Judge } from "./judge.ts";
import { PASSWORDS } from "./passwords.ts";
import { PLAIN_HMAC } from "./plain-hmac.ts";
import { PUBLIC_KEYS } from "./public-keys.ts";
import { SIGNED_URLS } from "./signed-urls.ts";
import { STANDARD_WEBHOOKS } from "./standard-webhooks.ts";
import { TIMED_HMAC } from "./timed-hmac.ts";

/** Every judge, by what its vendor signs. */
export const JUDGES: readonly Judge[] = [
  ...PLAIN_HMAC,
  ...TIMED_HMAC,
  ...SIGNED_URLS,
  ...FORMS,
  ...STANDARD_WEBHOOKS,
  ...PUBLIC_KEYS,
  ...CERTIFICATES,
  ...PASSWORDS,
];
