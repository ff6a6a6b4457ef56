/**
 * One source: its adapter, options and secrets, or why it answers 503.
 */
import type { Adapter, ConfiguredAdapter } from "../contract/interface.ts";
import { apiKeyName, secretName } from "../secret-names.ts";
import type { Runtime, SourceState, VendorApi } from "./model.ts";
import { nameSchema, ownOptions, parse, sourceSchema, textOf } from "./schema.ts";
import { readKey, readSecrets } from "./secrets.ts";
import type { Surroundings } from "./surroundings.ts";

// The value of a header.
const VENDOR_KEY = /^[!-~]+$/;

/** A name in the public DNS: no address, no port. */
const PUBLIC_HOST = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

/** A source as it can be used, or why it cannot; what its operator should mend anyway becomes a warning. */
export function readSource(
  account: string,
  name: string,
  given: unknown,
  surroundings: Surroundings,
  warnings: string[],
): SourceState {
  const problems: string[] = [];
  parse(nameSchema, name, "the source's name", problems);
  const declared = parse(sourceSchema, given, "", problems);
  const variable = secretName(account, name);
  const owners = surroundings.owners.get(variable) ?? [];
  if (owners.length > 1) problems.push(`${variable}: would be the secret of ${owners.join(" and of ")}; rename one of them`);

  const adapter = declared && surroundings.adapters.get(declared.adapter ?? name);
  if (declared && !adapter) problems.push("adapter: there is none of this name; choose one of the catalogue");
  if (!declared || !adapter) return { ok: false, problem: problems.join("; ") };

  for (const type of declared.events_on) {
    if (adapter.interest(type).kind === "ignored") problems.push("events_on: names a type that the adapter never delivers");
  }
  for (const type of declared.events_off) {
    if (adapter.interest(type).kind === "ignored" && !adapter.types.includes(type)) {
      problems.push("events_off: names a type that the adapter does not know");
    }
  }
  const configured = configure(adapter, given, problems);
  const publicUrl = declared.public_url ?? null;
  if (publicUrl !== null && !isPublicUrl(publicUrl, surroundings.runtime)) {
    problems.push("public_url: must be an https URL without query and fragment");
  }
  if (configured?.verifier.signsUrl && publicUrl === null) {
    problems.push("public_url: set it to the URL that the vendor was given; its signature covers it");
  }
  const secrets = readSecrets(variable, adapter, configured, surroundings, problems);
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
        testEvents: declared.test_events ?? (surroundings.runtime === "local" ? "deliver" : "ignore"),
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
      api: readApi(apiKeyName(account, name), adapter, ownOptions(given), surroundings, warnings),
    },
  };
}

/** The adapter with the options that are its own. */
function configure(adapter: Adapter, given: unknown, problems: string[]): ConfiguredAdapter | null {
  const result = adapter.configure(ownOptions(given));
  if (!result.ok) {
    problems.push(result.issue);
    return null;
  }
  if (adapter.tenant?.required && result.adapter.tenant === null) {
    problems.push(`${adapter.tenant.option}: set it; the secret also signs for others`);
  }
  return result.adapter;
}

/** The key that the vendor's API is asked with, where one is set and every host is known; what is wrong with it is a warning. */
function readApi(
  variable: string,
  adapter: Adapter,
  options: Readonly<Record<string, unknown>>,
  surroundings: Surroundings,
  warnings: string[],
): VendorApi | null {
  if (surroundings.variables.get(variable) === undefined) return null;
  if (variable.endsWith("_CDP_API_KEY")) {
    // It may be another account's Pipelines API key, which no vendor may see.
    warnings.push(`${variable}: is the name of a Pipelines API key; rename the source to let it ask its vendor`);
    return null;
  }
  const key = readKey(variable, VENDOR_KEY, "one API key of the vendor and nothing else", surroundings, warnings);
  const values = new Map(Object.entries(adapter.options.safeParse(options).data ?? {}));
  const hosts = new Map<string, string>();
  for (const name of new Set([...(adapter.lookup?.hosts ?? []), ...(adapter.pull?.hosts ?? [])])) {
    const host = name.replace(/\{(\w+)\}/g, (_, option: string) => textOf(values.get(option)));
    if (PUBLIC_HOST.test(host)) hosts.set(name, host);
    else warnings.push(`${variable}: is of no use without the source's option for the host ${name}`);
  }
  if (hosts.size === 0 && key !== null) warnings.push(`${variable}: remove it; the adapter asks nothing of its vendor`);
  return key === null || hosts.size === 0 ? null : { key, hosts };
}

function isPublicUrl(text: string, runtime: Runtime): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || /[?#\s]/.test(text) || url.username !== "" || url.password !== "") return false;
  return url.protocol === "https:" || (url.protocol === "http:" && runtime === "local");
}
