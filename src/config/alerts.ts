/**
 * Reads where the alerts of an account go, and the secret that signs them.
 */
import type * as z from "zod";
import { standardWebhooks } from "../contract/verify/standard-webhooks.ts";
import type { AlertTarget, alertsSchema } from "./alert-options.ts";
import type { ConfigContext } from "./context.ts";
import type { Problem } from "./findings.ts";
import type { Runtime } from "./model.ts";
import { readKey } from "./secrets.ts";

const SECRET = /^whsec_[A-Za-z0-9+/]{32,}={0,2}$/;
const URL_TEXT = /^\S+$/;
const SHAPE = "whsec_ and at least 24 random bytes in base64, as Standard Webhooks has it";

/**
 * Reads where alerts go. Whatever is wrong is added to `warnings`: webhooks are served without alerts too.
 * @param path of the option
 * @returns `null` where none can be sent
 */
export function readAlerts(
  account: string,
  given: z.output<typeof alertsSchema> | undefined,
  path: readonly string[],
  context: ConfigContext,
  warnings: Problem[],
): AlertTarget | null {
  if (given === undefined) return null;
  const { form, kinds, lag } = given;
  if (!isAllowed(given.url, context.runtime)) {
    warnings.push({
      code: "bad_url",
      path: [...path, "url"],
      text: "must be an https URL, without user and password: no alert is sent",
    });
    return null;
  }
  const secret = readSecret(account, form, context, warnings);
  const url = readUrl(account, given.url, context, warnings);
  if (url === null || (secret === null && form === "json")) return null;
  return { url, form, secret, kinds: new Set(kinds), lag };
}

/** A chat checks no signature, so it needs no secret. */
function readSecret(account: string, form: AlertTarget["form"], context: ConfigContext, warnings: Problem[]): string | null {
  const variable = context.names.alertSecret(account);
  // A source has this name too, which is refused for it. Its vendor's secret must not sign alerts.
  if ((context.owners.get(variable)?.length ?? 0) > 1) return null;
  if (form === "chat" && context.variables.get(variable) === undefined) return null;
  const secret = readKey(variable, SECRET, SHAPE, context, warnings);
  const weakness = secret === null ? null : standardWebhooks().unusable(secret);
  if (weakness === null) return secret;
  warnings.push({ code: "weak_secret", path: [variable], text: `${weakness}; set it again: ${SHAPE}` });
  return null;
}

/** The URL of a chat is a secret itself: then the option has its origin alone, and the variable the whole of it. */
function readUrl(account: string, declared: string, context: ConfigContext, warnings: Problem[]): string | null {
  const variable = context.names.alertUrl(account);
  if (context.variables.get(variable) === undefined) return declared;
  const url = readKey(variable, URL_TEXT, "exactly one URL", context, warnings);
  if (url === null) return null;
  if (isAllowed(url, context.runtime) && new URL(url).origin === new URL(declared).origin) return url;
  warnings.push({
    code: "bad_url",
    path: [variable],
    text: "must be an https URL of the host that the option alerts.url names: no alert is sent",
  });
  return null;
}

function isAllowed(text: string, runtime: Runtime): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.username !== "" || url.password !== "" || url.hash !== "") return false;
  return url.protocol === "https:" || (url.protocol === "http:" && runtime === "local");
}
