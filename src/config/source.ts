/**
 * Reads one source with its adapter, options and secrets, or says why it answers 503.
 */
import type { Adapter, ConfiguredAdapter } from "../contract/interface.ts";
import { apiKeyName, secretName } from "../secret-names.ts";
import type { ConfigContext } from "./context.ts";
import type { Runtime, SourceState, VendorApi } from "./model.ts";
import { nameSchema, ownOptions, parse, sourceSchema, textOf } from "./schema.ts";
import { readKey, readSecrets } from "./secrets.ts";

// The value of a header.
const VENDOR_KEY = /^[!-~]+$/;

/** A public DNS name: no IP address and no port. */
const PUBLIC_HOST = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

/** Reads a source. Problems that do not stop it are added to `warnings`. */
export function readSource(
  account: string,
  name: string,
  given: unknown,
  context: ConfigContext,
  warnings: string[],
): SourceState {
  const problems: string[] = [];
  parse(nameSchema, name, "the source's name", problems);
  const declared = parse(sourceSchema, given, "", problems);
  const variable = secretName(account, name);
  const owners = context.owners.get(variable) ?? [];
  if (owners.length > 1) problems.push(`${variable}: is the secret of ${owners.join(" and of ")}; rename one of them`);

  const adapter = declared && context.adapters.get(declared.adapter ?? name);
  if (declared && !adapter) problems.push("adapter: no adapter has this name; choose one from the catalogue");
  if (!declared || !adapter) return { ok: false, problem: problems.join("; ") };

  for (const type of declared.events_on) {
    if (adapter.interest(type).kind === "ignored")
      problems.push("events_on: names a type that the adapter never delivers; remove it");
  }
  for (const type of declared.events_off) {
    if (adapter.interest(type).kind === "ignored" && !adapter.types.includes(type)) {
      problems.push("events_off: names a type that the adapter does not know; remove it");
    }
  }
  const configured = configure(adapter, given, problems);
  const publicUrl = declared.public_url ?? null;
  if (publicUrl !== null && !isPublicUrl(publicUrl, context.runtime)) {
    problems.push("public_url: must be an https URL without query and fragment");
  }
  if (configured?.verifier.signsUrl && publicUrl === null) {
    problems.push("public_url: set it to the URL in the vendor's settings; the signature covers it");
  }
  const secrets = readSecrets(variable, adapter, configured, context, problems);
  if (!configured || problems.length > 0) return { ok: false, problem: problems.join("; ") };
  return {
    ok: true,
    source: {
      name,
      adapter,
      configured,
      options: {
        userIdFrom: declared.user_id_from ?? adapter.userIdFrom,
        integrations: declared.integrations,
        testEvents: declared.test_events ?? (context.runtime === "local" ? "deliver" : "ignore"),
        eventsOn: new Set(declared.events_on),
        eventsOff: new Set(declared.events_off),
        people: declared.people ?? adapter.people,
        consent: declared.consent,
        onDelete: declared.on_delete,
        objectTypes: new Map(Object.entries(declared.object_type_id)),
        rules: {
          rename: new Map(Object.entries(declared.rename_events)),
          keep: declared.keep_properties === undefined ? null : new Set(declared.keep_properties),
          drop: new Set(declared.drop_properties),
          hash: new Set(declared.hash_properties),
        },
      },
      secrets,
      publicUrl,
      api: readApi(apiKeyName(account, name), adapter, ownOptions(given), context, warnings),
    },
  };
}

/** Configures the adapter with its options; `null` on failure, with the issue in `problems`. */
function configure(adapter: Adapter, given: unknown, problems: string[]): ConfiguredAdapter | null {
  const result = adapter.configure(ownOptions(given));
  if (!result.ok) {
    problems.push(result.issue);
    return null;
  }
  if (adapter.tenant?.required && result.adapter.tenant === null) {
    problems.push(`${adapter.tenant.option}: set it; the vendor uses the same secret for other customers`);
  }
  return result.adapter;
}

/** Access to the vendor's API; `null` if no key is set, or if it cannot be used. Errors are added to `warnings`. */
function readApi(
  variable: string,
  adapter: Adapter,
  options: Readonly<Record<string, unknown>>,
  context: ConfigContext,
  warnings: string[],
): VendorApi | null {
  if (context.variables.get(variable) === undefined) return null;
  if (variable.endsWith("_CDP_API_KEY")) {
    // It may be the Pipelines API key of another account, which must not be sent to a vendor.
    warnings.push(`${variable}: is the name of a Pipelines API key; rename the source to use its vendor's API`);
    return null;
  }
  const key = readKey(variable, VENDOR_KEY, "exactly one API key of the vendor", context, warnings);
  const values = new Map(Object.entries(adapter.options.safeParse(options).data ?? {}));
  const hosts = new Map<string, string>();
  for (const name of new Set([...(adapter.lookup?.hosts ?? []), ...(adapter.pull?.hosts ?? [])])) {
    const host = name.replace(/\{(\w+)\}/g, (_, option: string) => textOf(values.get(option)));
    if (PUBLIC_HOST.test(host)) hosts.set(name, host);
    else warnings.push(`${variable}: set the source's option for the host ${name}; without it the key is not used`);
  }
  if (hosts.size === 0 && key !== null) warnings.push(`${variable}: remove it; the adapter does not use the vendor's API`);
  return key === null || hosts.size === 0 ? null : { key, hosts };
}

function isPublicUrl(text: string, runtime: Runtime): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || /[?#\s]/.test(text) || url.username !== "" || url.password !== "") return false;
  return url.protocol === "https:" || (url.protocol === "http:" && runtime === "local");
}
