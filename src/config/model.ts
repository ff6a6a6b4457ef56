/**
 * The types of a configuration.
 */
import type { Adapter, ConfiguredAdapter } from "../contract/interface.ts";
import type { Region } from "../pipelines/regions.ts";
import type { AlertTarget } from "./alert-options.ts";
import type { Finding } from "./findings.ts";

export type { Region };

/** Which identifiers the workspace uses for people: a setting of the workspace in Customer.io. */
export type Identifiers = "email_and_id" | "id" | "email";

/**
 * `cloudflare`: the strict default, unless another runtime is proven. `selfhost`: plain workerd. `local`: dev, demo and tests, for loopback hosts
 * only; demo secrets and switches work only there.
 */
export type Runtime = "cloudflare" | "selfhost" | "local";

/** The options of every source, independent of its adapter. */
export interface SourceOptions {
  /** Paths into a person's record that hold the company's own user id. */
  readonly userIdFrom: readonly string[];
  /** Which Customer.io destinations get the source's calls. Empty: all. */
  readonly integrations: Readonly<Record<string, boolean>>;
  /** Whether events of the vendor's test mode are delivered. */
  readonly testEvents: "ignore" | "deliver";
  /** Event types that are delivered although they are off by default. */
  readonly eventsOn: ReadonlySet<string>;
  /** Event types that are ignored although they are on by default. */
  readonly eventsOff: ReadonlySet<string>;
  /** `create`: unknown people are created. `known`: they are not, and only events of known people are delivered. */
  readonly people: "create" | "known";
  /** How far the source's addresses are trusted; as the adapter says if it is left out. */
  readonly emailTrust?: "claimed" | "verified" | undefined;
  /** What a person's choice about a channel sets: a trait; also the channel's opt-out; or its opt-in too, if that is the newest choice. */
  readonly consent: "trait" | "opt_out" | "sync";
  /** What a deletion at the vendor does to the person in Customer.io, if this source owns the person. */
  readonly onDelete: "event" | "delete" | "suppress";
  /** Customer.io's object type for each kind of group. Groups of other kinds are not sent. */
  readonly objectTypes: ReadonlyMap<string, string>;
  /** Which of the company's own fields are sent: all, those at these paths, or (`null`) tags alone. */
  readonly customFields: "all" | readonly string[] | null;
  readonly rules: SourceRules;
}

/** Changes to a source's events. Property names are the adapter's, and apply to traits too. */
export interface SourceRules {
  /** Event names, from the adapter's to the operator's. */
  readonly rename: ReadonlyMap<string, string>;
  /** The only properties that are sent; `null`: all. */
  readonly keep: ReadonlySet<string> | null;
  readonly drop: ReadonlySet<string>;
  /** Properties that are sent as the SHA-256 of their text, in hex. */
  readonly hash: ReadonlySet<string>;
}

/** A source that can receive webhooks. */
export interface Source {
  /** Its name inside the account. */
  readonly name: string;
  readonly adapter: Adapter;
  readonly configured: ConfiguredAdapter;
  readonly options: SourceOptions;
  /** At least one, each usable by the verifier. */
  readonly secrets: readonly string[];
  /** A name for each secret that tells nothing of it, in the same order; left out where the secrets are variables. */
  readonly secretLabels?: readonly string[];
  /** The URL in the vendor's settings, without path token and query; `null` if none is configured. */
  readonly publicUrl: string | null;
  /** Access to the vendor's API; `null` if look-ups are off. */
  readonly api: VendorApi | null;
}

/** Access of one source to its vendor's API. */
export interface VendorApi {
  readonly key: string;
  /** The allowed hosts by the adapter's name for them: the same name with the source's options filled in. */
  readonly hosts: ReadonlyMap<string, string>;
}

/** A configured source, or why it answers 503. */
export type SourceState = { readonly ok: true; readonly source: Source } | { readonly ok: false; readonly problem: string };

/** One Customer.io workspace. */
export interface Account {
  readonly name: string;
  /** What names its object, and, but in a shard, the ids of its calls: given once, it stays when the account is renamed. */
  readonly id: string;
  readonly region: Region;
  readonly identifiers: Identifiers;
  /** Sources whose core traits keep their names, in order of priority. */
  readonly profileFrom: readonly string[];
  /** The source whose subscriptions and orders are traits without a prefix; `null` if no source states them. */
  readonly billingFrom: string | null;
  /** The Pipelines API key; `null` if it is missing: webhooks are stored, and delivered once there is a key. */
  readonly apiKey: string | null;
  /** How long events of an unknown person wait for an identity, seconds. */
  readonly holdUnknown: number;
  /** How long events that name only references wait for one to lead to a person, seconds. */
  readonly holdOrphans: number;
  /** Whether one person who exists twice in Customer.io is merged there by the core (`auto`), or by an operator's command. */
  readonly merge: "ask" | "auto";
  /** What Customer.io is told when a vendor passes on a legal demand to erase a person. */
  readonly redact: "none" | "delete" | "suppress";
  /** Where alerts go; `null` if none are sent. */
  readonly alerts: AlertTarget | null;
  /** Those of shards too: the account's own object may still hold webhooks of them. */
  readonly sources: ReadonlyMap<string, SourceState>;
  /** The accounts of its sources that have an object of their own, by source. */
  readonly shards: ReadonlyMap<string, Account>;
  /** What it is a shard of; `null` for an account that is declared as one. */
  readonly shardOf: ShardOf | null;
}

/** The account that a shard belongs to. */
export interface ShardOf {
  readonly name: string;
  /** Names the shard's calls: their ids do not tell which object made them. */
  readonly id: string;
  /** Whether the webhooks of its source go to its object. If not, it only delivers what it has. */
  readonly takesWebhooks: boolean;
}

/** A configured account, or why it answers 503. `isUnknown`: the directory did not answer, so there may be no such account. */
export type AccountState =
  | { readonly ok: true; readonly account: Account }
  | { readonly ok: false; readonly problem: string; readonly isUnknown?: true };

/** What finds an account's object. */
export type AccountPlace = Pick<Account, "name" | "id" | "region">;

/** The accounts that are kept in a Durable Object, beside the declared ones. */
export interface AccountDirectory {
  /** Why it cannot be opened, and what to do; `null` if it can. Webhooks of unknown accounts are then answered with 503. */
  readonly problem: string | null;
  /** Finds an account by its name, or by one that it had before; `null` if there is none. Never rejects. */
  find(name: string): Promise<AccountState | null>;
  /** Whose token this is; `null` if it is no account's. Never rejects. */
  callerOf(token: string): Promise<Omit<AccessToken, "value"> | null>;
  /** Every account that it has. @throws Error where the directory does not answer */
  places(): Promise<readonly AccountPlace[]>;
}

/** What a token of an account allows: `read` to see everything of the account, people and webhooks too; `operate` to change it as well. */
export const SCOPES = ["read", "operate"] as const;

/** A token that opens the operator's API of one account. */
export interface AccessToken {
  /** Its variable. */
  readonly name: string;
  readonly account: string;
  readonly scope: (typeof SCOPES)[number];
  readonly value: string;
}

/** The whole configuration. */
export interface Config {
  readonly runtime: Runtime;
  /** The region that this Worker serves; `null` if it serves both (never on Cloudflare). */
  readonly region: Region | null;
  /** Divides every delay of delivery; 1 outside `local`. */
  readonly timeScale: number;
  /** The operator's token; `null` if none is set: the operator's routes are then closed. */
  readonly adminToken: string | null;
  /** The Audience tag of the Access application whose people may use the console; `null` if there is none: nobody is let in by Access. */
  readonly accessAudience: string | null;
  /** Whether operators need a token: always, but in local runs without `ADMIN_TOKEN`. One that cannot be used opens nothing. */
  readonly asksForToken: boolean;
  /** Tokens that open one account each. */
  readonly tokens: readonly AccessToken[];
  /** The declared accounts, each followed by its shards. */
  readonly accounts: ReadonlyMap<string, AccountState>;
  /** Former names of declared accounts, each with the present one. */
  readonly formerNames: ReadonlyMap<string, string>;
  /** The accounts that are not declared; `null` without a `DIRECTORY_KEY`. */
  readonly directory: AccountDirectory | null;
  /** Accounts that the Worker of the other region serves, with the origin of that Worker. */
  readonly elsewhere: ReadonlyMap<string, string>;
  /** Problems of the Worker as a whole: it answers every webhook with 503. */
  readonly problems: readonly string[];
  /** Problems that the operator should fix although webhooks are accepted. */
  readonly warnings: readonly string[];
  /** All problems, those of accounts and sources too, each with its place. */
  readonly findings: readonly Finding[];
}
