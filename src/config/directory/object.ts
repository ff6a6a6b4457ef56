/**
 * The Durable Object of the directory: the accounts of one Worker that are not declared. It holds secrets as ciphertext, and no key.
 */
import { DurableObject } from "cloudflare:workers";
import {
  type DirectoryAnswer,
  type DirectoryChange,
  type DirectoryIndex,
  type DirectoryObject,
  type DirectoryPage,
  type DirectoryRecord,
  type DirectoryWritten,
  type IndexEntry,
  recordSchema,
} from "./record.ts";

/** Accounts of one directory: the index must stay a small answer. */
const MOST_ACCOUNTS = 1_000;

/** Keeps the accounts. Each change is one transaction. */
export class AccountDirectory extends DurableObject<Record<string, unknown>> implements DirectoryObject {
  /** As it is stored: an isolate that has no account's newest revision asks for it. */
  #cached: DirectoryIndex | null = null;

  async look(key: string | null, revisions: { readonly index: number; readonly record: number }): Promise<DirectoryAnswer> {
    const index = this.#index();
    const news = index.revision === revisions.index ? null : index;
    if (key === null) return { index: news, record: null };
    const found = index.accounts.find((entry) => (key.startsWith("=") ? entry.id === key.slice(1) : hasName(entry, key)));
    const record = found === undefined ? null : this.#record(found.uid);
    return { index: news, record: record !== null && record.revision === revisions.record ? "same" : record };
  }

  async page(after: string, most: number): Promise<DirectoryPage> {
    const { accounts } = this.#index();
    const behind = accounts.filter(({ name }) => name > after).sort((one, other) => (one.name < other.name ? -1 : 1));
    const page = behind.slice(0, most);
    return {
      records: page.flatMap(({ uid }) => this.#record(uid) ?? []),
      next: behind.length > page.length ? (page.at(-1)?.name ?? null) : null,
      total: accounts.length,
    };
  }

  async write({ record: given, expected, own }: DirectoryChange): Promise<DirectoryWritten> {
    return this.ctx.storage.transactionSync((): DirectoryWritten => {
      const { kv } = this.ctx.storage;
      const index = this.#index();
      const { uid } = given;
      if ((this.#record(uid)?.revision ?? null) !== expected) return { ok: false, reason: "stale" };
      const others = index.accounts.filter((entry) => entry.uid !== uid);
      if (expected === null && others.length >= MOST_ACCOUNTS) return { ok: false, reason: "full" };
      const names = [given.name, ...given.was];
      const named = others.find((entry) => entry.id === given.id || names.some((name) => hasName(entry, name)));
      if (named !== undefined) return { ok: false, reason: "name", of: named.name };
      const hashes = given.tokens.map(({ hash }) => hash);
      const opened = others.find(({ tokens }) => tokens.some(({ hash }) => hashes.includes(hash)));
      if (opened !== undefined) return { ok: false, reason: "token", of: opened.name };
      const owners = own.map((print) => kv.get<string>(`print/${print}`));
      const sharing = others.find((entry) => owners.includes(entry.uid));
      if (sharing !== undefined) return { ok: false, reason: "secret", of: sharing.name };

      const revision = index.revision + 1;
      const record = { ...given, revision };
      this.#forgetPrints(uid);
      kv.put(`prints/${uid}`, own);
      for (const print of own) kv.put(`print/${print}`, uid);
      kv.put(`record/${uid}`, record);
      this.#keepIndex({ revision, accounts: [...others, entryOf(record)] });
      return { ok: true, record };
    });
  }

  async remove(uid: string, expected: number): Promise<boolean> {
    return this.ctx.storage.transactionSync(() => {
      if (this.#record(uid)?.revision !== expected) return false;
      const { revision, accounts } = this.#index();
      this.#forgetPrints(uid);
      this.ctx.storage.kv.delete(`record/${uid}`);
      const left = accounts.filter((entry) => entry.uid !== uid);
      this.#keepIndex({ revision: revision + 1, accounts: left });
      return true;
    });
  }

  #index(): DirectoryIndex {
    this.#cached ??= this.ctx.storage.kv.get<DirectoryIndex>("index") ?? { revision: 1, accounts: [] };
    return this.#cached;
  }

  /** Inside a transaction: memory is read again behind it. */
  #keepIndex(index: DirectoryIndex): void {
    this.#cached = null;
    this.ctx.storage.kv.put("index", index);
  }

  #record(uid: string): DirectoryRecord | null {
    return recordSchema.nullable().parse(this.ctx.storage.kv.get(`record/${uid}`) ?? null);
  }

  #forgetPrints(uid: string): void {
    const { kv } = this.ctx.storage;
    for (const print of kv.get<readonly string[]>(`prints/${uid}`) ?? []) kv.delete(`print/${print}`);
    kv.delete(`prints/${uid}`);
  }
}

function hasName({ name, was }: IndexEntry, wanted: string): boolean {
  return name === wanted || was.includes(wanted);
}

function entryOf({ uid, id, name, was, declaration, tokens }: DirectoryRecord): IndexEntry {
  const region = declaration.region === "eu" ? "eu" : "us";
  const known = tokens.map(({ number, scope, hash, expiresAt }) => ({ number, scope, hash, expiresAt }));
  return { uid, id, name, region, was, tokens: known };
}
