/**
 * What the directory keeps of an account, as it is stored and as it crosses between the Worker and the directory's object.
 */
import * as z from "zod";
import { SCOPES } from "../model.ts";

/** What secrets of an account are for: its Pipelines API key, what signs its alerts, and the whole URL that they go to. */
export const ACCOUNT_SECRETS = ["cdp_api_key", "alert_secret", "alert_url"] as const;

/** What a secret is for: one of the account's own, the signing secret of a source, or its key for the vendor's API. */
export const SECRET_KINDS = [...ACCOUNT_SECRETS, "secret", "api_key"] as const;

/** What a secret is for. */
export type SecretKind = (typeof SECRET_KINDS)[number];

const secretSchema = z.object({
  /** Its number in the account. No number is given twice. */
  number: z.number(),
  kind: z.enum(SECRET_KINDS),
  /** The source that it belongs to; `null` for the account's own. */
  source: z.string().nullable(),
  /** The secret, encrypted. */
  sealed: z.string(),
  /** Tells whether two secrets are the same, and nothing else of them. */
  fingerprint: z.string(),
  /** Milliseconds since 1970. */
  addedAt: z.number(),
});

const tokenSchema = z.object({
  number: z.number(),
  scope: z.enum(SCOPES),
  /** SHA-256 of the token, hex: the token itself is not kept. */
  hash: z.string(),
  addedAt: z.number(),
  /** From then on it opens nothing, milliseconds since 1970; `null` if it does not expire. */
  expiresAt: z.number().nullable().default(null),
});

/** An account of the directory. Releases read each other's records: fields are added with a default, never renamed. */
export const recordSchema = z.object({
  /** Random, 32 hex digits. Its secrets are encrypted for it alone. */
  uid: z.string(),
  /** What names the account's object: given once. */
  id: z.string(),
  name: z.string(),
  /** Former names, whose URLs still lead to it. */
  was: z.array(z.string()),
  /** As it would stand in `ACCOUNTS`. */
  declaration: z.record(z.string(), z.json()),
  secrets: z.array(secretSchema),
  tokens: z.array(tokenSchema),
  /** The number of the next secret or token. */
  next: z.number(),
  /** Higher than that of every change before it, in the whole directory. */
  revision: z.number(),
  /** Milliseconds since 1970. */
  addedAt: z.number(),
  changedAt: z.number(),
});

/** An account of the directory. */
export type DirectoryRecord = z.output<typeof recordSchema>;

/** A secret of an account, encrypted. */
export type SealedSecret = z.output<typeof secretSchema>;

/** A token of an account, as its hash. */
export type KeptToken = z.output<typeof tokenSchema>;

/** What the Worker needs to know of every account to decide who is unknown. */
export const entrySchema = z.object({
  uid: z.string(),
  id: z.string(),
  name: z.string(),
  region: z.enum(["us", "eu"]),
  was: z.array(z.string()),
  tokens: z.array(
    z.object({
      number: z.number(),
      scope: z.enum(SCOPES),
      hash: z.string(),
      expiresAt: z.number().nullable().default(null),
    }),
  ),
});

/** One account, as the index has it. */
export type IndexEntry = z.output<typeof entrySchema>;

/** Every account by its names. `revision` is that of the last change. */
export interface DirectoryIndex {
  readonly revision: number;
  readonly accounts: readonly IndexEntry[];
}

/** What the directory answers to a look at one account. */
export interface DirectoryAnswer {
  /** `null`: as the asker knows it. */
  readonly index: DirectoryIndex | null;
  /** `same`: as the asker knows it; `null`: there is no such account. */
  readonly record: DirectoryRecord | "same" | null;
}

/** A change of one account. */
export interface DirectoryChange {
  readonly record: DirectoryRecord;
  /** The revision that the change was made from; `null` for a new account. */
  readonly expected: number | null;
  /** Fingerprints that no other account may have: those of its secrets, under every key. */
  readonly own: readonly string[];
}

/** How a change ended. `stale`: the account was changed meanwhile. `full`: no more accounts fit. Otherwise `of` has it already. */
export type DirectoryWritten =
  | { readonly ok: true; readonly record: DirectoryRecord }
  | { readonly ok: false; readonly reason: "stale" | "full" }
  | { readonly ok: false; readonly reason: "name" | "secret" | "token"; readonly of: string };

/** The accounts of a page, by name. */
export interface DirectoryPage {
  readonly records: readonly DirectoryRecord[];
  /** The name that the next page begins behind; `null` at the end. */
  readonly next: string | null;
  readonly total: number;
}

/** What the Worker may ask of the directory's object. A look is one call, whatever an account has. */
export interface DirectoryObject {
  /**
   * Looks one account up.
   * @param key a name, or `=` and an id; `null`: none, the index is meant
   * @param revisions what the asker knows: of the index and of the account; 0 for nothing
   */
  look(key: string | null, revisions: { readonly index: number; readonly record: number }): Promise<DirectoryAnswer>;
  /** The accounts behind this name. */
  page(after: string, most: number): Promise<DirectoryPage>;
  write(change: DirectoryChange): Promise<DirectoryWritten>;
  /** Removes an account with its secrets and tokens. @returns whether it was there, unchanged */
  remove(uid: string, expected: number): Promise<boolean>;
}
