/**
 * What a configuration is once it has been read.
 */
import type { Adapter, ConfiguredAdapter } from "../contract/interface.ts";
import type { Region } from "../pipelines/regions.ts";

export type { Region };

/** Which identifiers the workspace uses for people: its own setting in Customer.io. */
export type Identifiers = "email_and_id" | "id" | "email";

/**
 * `cloudflare`: everything strict, wherever nothing else is proven. `selfhost`: plain workerd. `local`: dev, demo and tests, for loopback hosts
 * alone; only there demo secrets and switches work.
 */
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
