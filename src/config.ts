/**
 * Accounts, sources, secrets and limits, read from the Worker's environment by one schema.
 */
import * as z from "zod";
import { type Adapter, adaptersOf, type ConfiguredAdapter } from "./contract/define.ts";
import { DEMO_SECRETS, REGISTRY } from "./contract/registry.ts";
import { isReservedEvent } from "./contract/reserved.ts";
import { decode } from "./contract/verify/encoding.ts";
import type { Region } from "./pipelines/regions.ts";
import { accountKeyName, apiKeyName, secretName } from "./secret-names.ts";

export type { Region };

/** Which identifiers the workspace uses for people: its own setting in Customer.io. */
export type Identifiers = "email_and_id" | "id" | "email";

/** `cloudflare`: everything strict. `selfhost`: plain workerd. `local`: dev, demo and tests; only there demo secrets and switches work. */
export type Runtime = "cloudflare" | "selfhost" | "local";

/** What every source may be told, whatever its adapter. */
export interface SourceOptions {
  /** Paths into a person's record that hold the company's own user id. */
  readonly userIdFrom: readonly string[];
  /** Which Customer.io destinations get the source's calls; empty means all. */
  readonly integrations: Readonly<Record<string, boolean>>;
  /** Whether events of the vendor's test mode are delivered. */
  readonly testEvents: "ignore" | "deliver";
  /** Types taken although they are off by default. */
  readonly eventsOn: ReadonlySet<string>;
  /** Types left out although they are on by default. */
  readonly eventsOff: ReadonlySet<string>;
  /** `known`: only people that another event named already; strangers do not become people. */
  readonly people: "create" | "known";
  /** What a person's choice about a channel does: a trait; an opt-out of the channel too; or both ways, where the newest choice allows. */
  readonly consent: "trait" | "opt_out" | "sync";
  /** What the vendor's deletion of a person does to the person in Customer.io, where this source owns the person. */
  readonly onDelete: "event" | "delete" | "suppress";
  /** Customer.io's object type for each kind of group; groups of other kinds are left out. */
  readonly objectTypes: ReadonlyMap<string, string>;
  readonly rules: SourceRules;
}

/** What an operator changes of a source's events. Names of properties hold for traits too, as the adapter calls them. */
export interface SourceRules {
  /** Event names, from the adapter's to the operator's. */
  readonly rename: ReadonlyMap<string, string>;
  /** The only properties that are sent; `null` for all. */
  readonly keep: ReadonlySet<string> | null;
  readonly drop: ReadonlySet<string>;
  /** Sent as SHA-256, hex, of the text. */
  readonly hash: ReadonlySet<string>;
}

/** A source that can take webhooks. */
export interface Source {
  /** Its name inside the account. */
  readonly name: string;
  readonly adapter: Adapter;
  readonly configured: ConfiguredAdapter;
  readonly options: SourceOptions;
  /** At least one, each usable by the verifier. */
  readonly secrets: readonly string[];
  /** The URL that the vendor was given, without path token and query; `null` where none is configured. */
  readonly publicUrl: string | null;
  /** The way to the vendor's API; `null` where it is not to be asked. */
  readonly api: VendorApi | null;
}

/** A vendor's API, as one source may use it. */
export interface VendorApi {
  readonly key: string;
  /** The only hosts that may be asked, by the names that the adapter has for them: the same, with options filled in. */
  readonly hosts: ReadonlyMap<string, string>;
}

/** A configured source, or why it answers 503. */
export type SourceState = { readonly ok: true; readonly source: Source } | { readonly ok: false; readonly problem: string };

/** One Customer.io workspace. */
export interface Account {
  readonly name: string;
  readonly region: Region;
  readonly identifiers: Identifiers;
  /** Sources whose core traits keep their names, the strongest first. */
  readonly profileFrom: readonly string[];
  /** The Pipelines API key; `null` when it is missing: webhooks are kept, and delivered once there is one. */
  readonly apiKey: string | null;
  /** Seconds that the events of an unknown person wait for their identity. */
  readonly holdUnknown: number;
  readonly sources: ReadonlyMap<string, SourceState>;
}

/** A configured account, or why it answers 503. */
export type AccountState = { readonly ok: true; readonly account: Account } | { readonly ok: false; readonly problem: string };

/** The whole configuration. */
export interface Config {
  readonly runtime: Runtime;
  /** The region that this Worker serves; `null` where it serves both (never on Cloudflare). */
  readonly region: Region | null;
  /** Divides every delay of delivery; 1 outside `local`. */
  readonly timeScale: number;
  /** What operators prove themselves with; `null` where none is set: what needs it is closed. */
  readonly adminToken: string | null;
  readonly accounts: ReadonlyMap<string, AccountState>;
  /** What is wrong with the Worker as a whole: everything answers 503. */
  readonly problems: readonly string[];
  /** What the operator should mend although webhooks are taken. */
  readonly warnings: readonly string[];
}

/** The name of an account or a source. */
const NAME = /^[a-z][a-z0-9-]{0,31}$/;

/** Carried by every demo secret and key, as text or once decoded. */
const DEMO_MARKER = "tributary_demo";

/** Variables that belong to development. */
const LOCAL_SWITCHES = ["TIME_SCALE", "HOLD_UNKNOWN"];

/** Seconds; Customer.io merges what an anonymous person did up to five minutes later, so a short wait is enough. */
const HOLD_UNKNOWN = 60;

// The shape of `Authorization: Bearer` (RFC 6750 §2.1), and long enough not to be guessed.
const ADMIN_TOKEN = /^[A-Za-z0-9._~+/-]{32,}=*$/;

// The user name of basic authentication, which a colon would end.
const API_KEY = /^[!-9;-~]+$/;

// The value of a header.
const VENDOR_KEY = /^[!-~]+$/;

/** A name in the public DNS: no address, no port. */
const PUBLIC_HOST = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

const nameSchema = z.string().regex(NAME, `must match ${NAME.source}`);

const regionSchema = z.enum(["us", "eu"]);

const quantitySchema = z
  .union(
    [
      z.number(),
      z
        .string()
        .regex(/^\d+(\.\d+)?$/)
        .transform(Number),
    ],
    "must be a number",
  )
  .pipe(z.number().min(0).max(1_000_000));

const accountsSchema = z
  .unknown()
  .transform((given, context) => (typeof given === "string" ? parseJson(given, context) : given))
  .pipe(z.record(z.string(), z.unknown(), "declare the accounts here, as a table or as JSON"))
  .refine((accounts) => Object.keys(accounts).length > 0, "declare at least one account");

const accountSchema = z.strictObject({
  region: regionSchema,
  identifiers: z.enum(["email_and_id", "id", "email"]).default("email_and_id"),
  profile_from: z.array(z.string()).optional(),
  hold_unknown: z.number().min(0).max(600).default(HOLD_UNKNOWN),
  sources: z.record(z.string(), z.unknown()).default({}),
});

const names = z.array(z.string().min(1).max(150)).max(100);

/** What every source may be told; all other keys are options of its adapter. */
const sourceSchema = z.object({
  adapter: z.string().optional(),
  user_id_from: z.array(z.string().min(1).max(200)).max(20).optional(),
  integrations: z.record(z.string().min(1).max(100), z.boolean()).default({}),
  test_events: z.enum(["ignore", "deliver"]).optional(),
  events_on: z.array(z.string()).default([]),
  events_off: z.array(z.string()).default([]),
  public_url: z.string().optional(),
  people: z.enum(["create", "known"]).optional(),
  consent: z.enum(["trait", "opt_out", "sync"]).default("opt_out"),
  on_delete: z.enum(["event", "delete", "suppress"]).default("event"),
  object_type_id: z.record(z.string().max(100), z.string().regex(/^[1-9]\d{0,5}$/)).default({}),
  rename_events: z
    .record(
      z.string().min(1),
      z
        .string()
        .min(1)
        .refine((name) => !isReservedEvent(name), "is the name of an action of Customer.io"),
    )
    .default({}),
  keep_properties: names.optional(),
  drop_properties: names.default([]),
  hash_properties: names.default([]),
});

/** Everything that reading an account or a source depends on. */
interface Surroundings {
  readonly adapters: ReadonlyMap<string, Adapter>;
  readonly runtime: Runtime;
  readonly region: Region | null;
  readonly variables: ReadonlyMap<string, unknown>;
  /** `HOLD_UNKNOWN`: stands for what every account says; `null` where it is not set. */
  readonly holdUnknown: number | null;
  /** The sources, as `account/source`, whose secret each variable would be. */
  readonly owners: ReadonlyMap<string, readonly string[]>;
  /** The demo secrets of all adapters: some schemes leave no room for the marker. */
  readonly demoSecrets: ReadonlySet<string>;
}

const configs = new WeakMap<object, { readonly adapters: ReadonlyMap<string, Adapter>; readonly config: Config }>();
const loaded = new WeakMap<object, Promise<ReadonlyMap<string, Adapter>>>();

/**
 * The configuration in an environment, once the adapters that it declares are loaded; read once for each.
 * @param env the Worker's bindings: vars and secrets
 */
export async function loadConfig(env: object): Promise<Config> {
  const adapters = loaded.get(env) ?? adaptersOf(REGISTRY, declaredAdapters(env));
  loaded.set(env, adapters);
  return readConfig(env, await adapters);
}

/**
 * The configuration in an environment; read once for each. Never throws: what is wrong is in `problems`, in `warnings` or in the
 * state of the account or source that it spoils, and says what the operator must do. No text holds the value of a variable.
 * @param env the Worker's bindings: vars and secrets
 * @param adapters those that its sources may name
 */
export function readConfig(env: object, adapters: ReadonlyMap<string, Adapter>): Config {
  const known = configs.get(env);
  if (known?.adapters === adapters) return known.config;
  const config = read(new Map<string, unknown>(Object.entries(env)), adapters);
  configs.set(env, { adapters, config });
  return config;
}

/** What is known of an environment before any account is looked at. */
export type Settings = Pick<Config, "runtime" | "region" | "timeScale">;

const knownSettings = new WeakMap<object, Settings>();

/** The settings of a Worker as a whole; read once for each environment. What is wrong with them is told by `readConfig`. */
export function readSettings(env: object): Settings {
  const settings = knownSettings.get(env) ?? settingsIn(new Map<string, unknown>(Object.entries(env)), []);
  knownSettings.set(env, settings);
  return settings;
}

/** The ids of adapters that an environment's sources name; whatever is no such declaration names none. */
function declaredAdapters(env: object): readonly string[] {
  const accounts = accountsSchema.safeParse(new Map<string, unknown>(Object.entries(env)).get("ACCOUNTS")).data ?? {};
  return Object.values(accounts).flatMap((account) =>
    sourcesIn(account).map(([name, given]) => sourceSchema.pick({ adapter: true }).safeParse(given).data?.adapter ?? name),
  );
}

/** The account of this name; `null` where there is none. A promise, so that a directory of accounts can take its place. */
export async function findAccount(config: Config, name: string): Promise<AccountState | null> {
  return config.accounts.get(name) ?? null;
}

function settingsIn(variables: ReadonlyMap<string, unknown>, problems: string[]): Settings {
  const variable = <Schema extends z.ZodType>(schema: Schema, name: string) => parse(schema, variables.get(name), name, problems);
  const runtime = variable(z.enum(["selfhost", "local"]).optional(), "RUNTIME") ?? "cloudflare";
  const region = variable(regionSchema.optional(), "REGION") ?? null;
  const timeScale = variable(quantitySchema.pipe(z.number().min(1)).optional(), "TIME_SCALE");
  return { runtime, region, timeScale: runtime === "local" ? (timeScale ?? 1) : 1 };
}

function read(variables: ReadonlyMap<string, unknown>, adapters: ReadonlyMap<string, Adapter>): Config {
  const problems: string[] = [];
  const warnings: string[] = [];
  const variable = <Schema extends z.ZodType>(schema: Schema, name: string) => parse(schema, variables.get(name), name, problems);

  const settings = settingsIn(variables, problems);
  const { runtime, region } = settings;
  const holdUnknown = variable(quantitySchema.optional(), "HOLD_UNKNOWN");
  const declared = Object.entries(variable(accountsSchema, "ACCOUNTS") ?? {});
  if (runtime === "cloudflare" && variables.get("REGION") === undefined) {
    problems.push('REGION: set it to "us" or "eu" in the vars of this environment');
  }
  if (runtime !== "local") {
    const switches = LOCAL_SWITCHES.filter((name) => variables.get(name) !== undefined);
    problems.push(...switches.map((name) => `${name}: remove it; it belongs to RUNTIME="local"`));
  }

  const surroundings: Surroundings = {
    adapters,
    runtime,
    region,
    variables,
    holdUnknown: runtime === "local" ? (holdUnknown ?? null) : null,
    owners: ownersOf(declared),
    demoSecrets: new Set([...DEMO_SECRETS, ...Array.from(adapters.values(), (adapter) => adapter.secret.demo)]),
  };
  return {
    ...settings,
    // Locally nothing asks for it.
    adminToken:
      runtime === "local"
        ? null
        : readKey("ADMIN_TOKEN", ADMIN_TOKEN, "at least 32 letters, digits or . _ ~ + / -", surroundings, warnings),
    accounts: new Map(declared.map(([name, given]) => [name, readAccount(name, given, surroundings, warnings)])),
    problems,
    warnings,
  };
}

function readAccount(name: string, given: unknown, surroundings: Surroundings, warnings: string[]): AccountState {
  const problems: string[] = [];
  parse(nameSchema, name, "the account's name", problems);
  const declared = parse(accountSchema, given, "", problems);
  const sources = new Map(
    sourcesIn(given).map(([source, options]) => [source, readSource(name, source, options, surroundings, warnings)]),
  );
  if (declared && surroundings.region !== null && declared.region !== surroundings.region) {
    problems.push(
      `region: this Worker serves "${surroundings.region}" alone; deploy the account with the environment of its own region`,
    );
  }
  for (const source of declared?.profile_from ?? []) {
    if (!sources.has(source)) problems.push("profile_from: names a source that the account does not have");
  }
  if (declared === undefined || problems.length > 0) {
    // Its sources cannot be used either; their problems are told now, not one deployment later.
    const theirs = Array.from(sources, ([source, state]) => (state.ok ? [] : [`source ${source}: ${state.problem}`])).flat();
    return { ok: false, problem: [...problems, ...theirs].join("; ") };
  }
  return {
    ok: true,
    account: {
      name,
      region: declared.region,
      identifiers: declared.identifiers,
      profileFrom: declared.profile_from ?? [...sources.keys()],
      apiKey: readKey(accountKeyName(name), API_KEY, "one Pipelines API key and nothing else", surroundings, warnings),
      holdUnknown: surroundings.holdUnknown ?? declared.hold_unknown,
      sources,
    },
  };
}

function readSource(account: string, name: string, given: unknown, surroundings: Surroundings, warnings: string[]): SourceState {
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

/** Has every source an option of this name? No adapter can have one of its own then. */
export function isSourceOption(name: string): boolean {
  return Object.hasOwn(sourceSchema.shape, name);
}

/** The options that are the adapter's own. */
function ownOptions(given: unknown): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(given ?? {}).filter(([key]) => !isSourceOption(key)));
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

/** All values of a secret, or none: one that cannot be used spoils the rest. */
function readSecrets(
  variable: string,
  adapter: Adapter,
  configured: ConfiguredAdapter | null,
  surroundings: Surroundings,
  problems: string[],
): readonly string[] {
  const secrets = textOf(surroundings.variables.get(variable))
    .split(/\s+/)
    .filter((part) => part !== "");
  if (secrets.length === 0) problems.push(`${variable}: set this secret (${adapter.secret.hint})`);
  for (const [index, secret] of secrets.entries()) {
    const which = secrets.length === 1 ? variable : `${variable}: part ${index + 1} of ${secrets.length}`;
    if (!adapter.secret.format.test(secret)) {
      problems.push(`${which}: does not look like the secret that is needed; set it again (${adapter.secret.hint})`);
      continue;
    }
    const weakness = configured?.verifier.unusable(secret) ?? null;
    if (weakness !== null) problems.push(`${which}: ${weakness}; set it again (${adapter.secret.hint})`);
    if (isDemo(secret, surroundings)) problems.push(`${which}: is a demo secret, which everybody knows; set your own`);
  }
  return secrets;
}

/** A single key or token, or `null` with a warning where it is missing or cannot be used. */
function readKey(variable: string, format: RegExp, shape: string, surroundings: Surroundings, warnings: string[]): string | null {
  const key = textOf(surroundings.variables.get(variable)).trim();
  const warning =
    key === ""
      ? "set this secret"
      : !format.test(key)
        ? `set it again: ${shape}`
        : isDemo(key, surroundings)
          ? "is a demo key, which everybody knows; set your own"
          : null;
  if (warning === null) return key;
  warnings.push(`${variable}: ${warning}`);
  return null;
}

/** Is this a published secret, somewhere that it must not work? */
function isDemo(secret: string, surroundings: Surroundings): boolean {
  if (surroundings.runtime === "local") return false;
  // Behind a prefix such as `whsec_` the marker shows only once the rest is decoded.
  const rests = secret.split("_").map((_, index, parts) => parts.slice(index).join("_"));
  return (
    surroundings.demoSecrets.has(secret) || rests.some((rest) => readings(rest).some((reading) => reading.includes(DEMO_MARKER)))
  );
}

/** A text as it stands and as it would be decoded. */
function readings(text: string): readonly string[] {
  const bytes = [decode(text, "base64"), decode(text, "base64url"), decode(text, "hex")];
  return [text, ...bytes.map((decoded) => (decoded === null ? "" : new TextDecoder().decode(decoded)))];
}

/** Which sources each variable would be the secret of. */
function ownersOf(accounts: readonly (readonly [string, unknown])[]): ReadonlyMap<string, readonly string[]> {
  const names = accounts.flatMap(([account, given]) => sourcesIn(given).map(([source]) => ({ account, source })));
  const owners = Map.groupBy(names, ({ account, source }) => secretName(account, source));
  return new Map(
    Array.from(owners, ([variable, those]) => [variable, those.map(({ account, source }) => `${account}/${source}`)]),
  );
}

/** The sources that an account declares, whatever else is wrong with it. */
function sourcesIn(account: unknown): readonly (readonly [string, unknown])[] {
  const declared = z.looseObject({ sources: accountSchema.shape.sources }).safeParse(account);
  return declared.success ? Object.entries(declared.data.sources) : [];
}

function isPublicUrl(text: string, runtime: Runtime): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || /[?#\s]/.test(text) || url.username !== "" || url.password !== "") return false;
  return url.protocol === "https:" || (url.protocol === "http:" && runtime === "local");
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function parseJson(text: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue("is not JSON");
    return z.NEVER;
  }
}

/** What a schema makes of a value. On failure `undefined`, and each issue is a problem: its path and what is expected, never the value. */
function parse<Schema extends z.ZodType>(
  schema: Schema,
  given: unknown,
  name: string,
  problems: string[],
): z.output<Schema> | undefined {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  for (const { path, message } of result.error.issues) {
    const place = [name, ...path.map(String)].filter((part) => part !== "").join(".");
    problems.push(place === "" ? message : `${place}: ${message}`);
  }
  return undefined;
}
