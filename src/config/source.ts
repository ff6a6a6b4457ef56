/**
 * Reads one source with its adapter, options and secrets, or says why it answers 503.
 */
import type { Adapter, ConfiguredAdapter } from "../contract/interface.ts";
import { type ConfigContext, deployAgain } from "./context.ts";
import { describeProblems, type Finding, type Problem } from "./findings.ts";
import type { Runtime, Source, SourceState, VendorApi } from "./model.ts";
import { nameProblem, nameSchema, ownOptions, parse, SOURCE_OPTIONS, sourceSchema, textOf, valueAt } from "./schema.ts";
import { readKey, readSecrets } from "./secrets.ts";

// The value of a header.
const VENDOR_KEY = /^[!-~]+$/;

/** A public DNS name: no IP address and no port. */
const PUBLIC_HOST = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

/** Reads a source. Everything that is wrong with it is added to `findings`. */
export function readSource(
  account: string,
  name: string,
  given: unknown,
  context: ConfigContext,
  findings: Finding[],
): SourceState {
  const place: Place = { account, name, path: ["ACCOUNTS", account, "sources", name] };
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const source = read(place, given, context, problems, warnings);
  findings.push(
    ...problems.map((problem): Finding => ({ ...problem, level: "error" })),
    ...warnings.map((problem): Finding => ({ ...problem, level: "warning" })),
  );
  return source !== null && problems.length === 0
    ? { ok: true, source }
    : { ok: false, problem: describeProblems(problems, place.path) };
}

/** Which source is read, and where it is declared. */
interface Place {
  readonly account: string;
  readonly name: string;
  readonly path: readonly string[];
}

function read(
  { account, name, path }: Place,
  given: unknown,
  context: ConfigContext,
  problems: Problem[],
  warnings: Problem[],
): Source | null {
  if (!nameSchema.safeParse(name).success) problems.push(nameProblem("source", path));
  const declared = parse(sourceSchema, given, path, problems);
  const variable = context.names.secret(account, name);
  const owners = context.owners.get(variable) ?? [];
  if (owners.length > 1) {
    const text = `is the secret of ${owners.join(" and of ")}; rename one of them`;
    problems.push({ code: "same_variable", path: [variable], text });
  }
  const adapterId = declared ? (declared.adapter ?? name) : textOf(valueAt(given, ["adapter"])) || name;
  const adapter = context.adapters.get(adapterId);
  if (!adapter && context.leftOut.has(adapterId)) {
    const text = `the Worker was built without this adapter; ${deployAgain(context)}`;
    problems.push({ code: "adapter_left_out", path: [...path, "adapter"], text });
    return null;
  }
  if (!adapter) {
    // What is no table names no adapter.
    if (typeof given !== "object") return null;
    const text = "no adapter has this name; choose one from the catalogue";
    problems.push({ code: "unknown_adapter", path: [...path, "adapter"], text, choices: [...context.adapters.keys()] });
    return null;
  }
  // The adapter's own options and the secrets are looked at even if others are invalid, so that one deployment can fix all.
  const configured = configure(adapter, given, path, problems);
  const secrets = readSecrets(variable, adapter, configured, context, problems);
  if (!declared) return null;

  checkEvents(adapter, declared, path, problems);
  const publicUrl = declared.public_url ?? null;
  if (publicUrl !== null && !isPublicUrl(publicUrl, context.runtime)) {
    const text = "must be an https URL without query and fragment";
    problems.push({ code: "bad_url", path: [...path, "public_url"], text });
  }
  if (configured?.verifier.signsUrl && publicUrl === null) {
    const text = "set it to the URL in the vendor's settings; the signature covers it";
    problems.push({ code: "missing_option", path: [...path, "public_url"], text });
  }
  if (!configured || problems.length > 0) return null;
  return {
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
      emailTrust: declared.email_trust,
      consent: declared.consent,
      onDelete: declared.on_delete,
      customFields: declared.custom_fields ?? null,
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
    api: readApi(context.names.apiKey(account, name), adapter, ownOptions(given), context, warnings),
  };
}

/** Reports the names of event types that the adapter does not know. */
function checkEvents(
  adapter: Adapter,
  declared: { readonly events_on: readonly string[]; readonly events_off: readonly string[] },
  path: readonly string[],
  problems: Problem[],
): void {
  const report = (option: string, index: number, text: string) => {
    const choices = adapter.types.filter((type) => adapter.interest(type).kind !== "ignored");
    problems.push({ code: "unknown_event", path: [...path, option, String(index)], text, choices });
  };
  for (const [index, type] of declared.events_on.entries()) {
    if (adapter.interest(type).kind === "ignored")
      report("events_on", index, "names a type that the adapter never delivers; remove it");
  }
  for (const [index, type] of declared.events_off.entries()) {
    if (adapter.interest(type).kind === "ignored" && !adapter.types.includes(type))
      report("events_off", index, "names a type that the adapter does not know; remove it");
  }
}

/** Configures the adapter with its options; `null` on failure, with the reasons in `problems`. */
function configure(adapter: Adapter, given: unknown, path: readonly string[], problems: Problem[]): ConfiguredAdapter | null {
  const own = ownOptions(given);
  const choices = [...Object.keys(adapter.options.shape), ...SOURCE_OPTIONS];
  if (parse(adapter.options, own, path, problems, choices) === undefined) return null;
  const result = adapter.configure(own);
  if (!result.ok) {
    problems.push({ code: "bad_option", path, text: result.issue });
    return null;
  }
  if (adapter.tenant?.required && result.adapter.tenant === null) {
    const text = "set it; the vendor uses the same secret for other customers";
    problems.push({ code: "missing_option", path: [...path, adapter.tenant.option], text });
  }
  return result.adapter;
}

/** Access to the vendor's API; `null` if no key is set, or if it cannot be used. Errors are added to `warnings`. */
function readApi(
  variable: string,
  adapter: Adapter,
  options: Readonly<Record<string, unknown>>,
  context: ConfigContext,
  warnings: Problem[],
): VendorApi | null {
  if (context.variables.get(variable) === undefined) return null;
  if (variable.endsWith("_CDP_API_KEY")) {
    // It may be the Pipelines API key of another account, which must not be sent to a vendor.
    const text = "is the name of a Pipelines API key; rename the source to use its vendor's API";
    warnings.push({ code: "same_variable", path: [variable], text });
    return null;
  }
  const key = readKey(variable, VENDOR_KEY, "exactly one API key of the vendor", context, warnings);
  const values = new Map(Object.entries(adapter.options.safeParse(options).data ?? {}));
  const hosts = new Map<string, string>();
  for (const name of new Set([...(adapter.lookup?.hosts ?? []), ...(adapter.pull?.hosts ?? [])])) {
    const host = name.replace(/\{(\w+)\}/g, (_, option: string) => textOf(values.get(option)));
    if (PUBLIC_HOST.test(host)) hosts.set(name, host);
    else {
      const text = `set the source's option for the host ${name}; without it the key is not used`;
      warnings.push({ code: "missing_option", path: [variable], text });
    }
  }
  if (hosts.size === 0 && key !== null)
    warnings.push({ code: "unused_key", path: [variable], text: "remove it; the adapter does not use the vendor's API" });
  return key === null || hosts.size === 0 ? null : { key, hosts };
}

function isPublicUrl(text: string, runtime: Runtime): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || /[?#\s]/.test(text) || url.username !== "" || url.password !== "") return false;
  return url.protocol === "https:" || (url.protocol === "http:" && runtime === "local");
}
