import { DurableObject } from "cloudflare:workers";
import { type Account, findAccount, readConfig } from "../config.ts";
import { loggable, toConsole } from "../log-line.ts";
import { createAccept, SIZE_CAP } from "./accept.ts";
import { openBookTables } from "./book.ts";
import { type DeadLetter, type DeadQuery, openDeadLetters } from "./dead.ts";
import { destinationOf, type SandboxBindings } from "./destination.ts";
import { type EraseRequest, type ErasureStatus, openErasures } from "./erase.ts";
import { openErased } from "./erased.ts";
import { createFlush, type FlushTools, type Report } from "./flush.ts";
import { balance } from "./ledger.ts";
import { openLog } from "./log.ts";
import { openNoteTable } from "./note-table.ts";
import { discard, replay } from "./replay.ts";
import { RETENTION, retire } from "./retention.ts";
import type { AcceptAnswer, AcceptRequest, AccountHealth, DeadWebhook } from "./rpc.ts";
import { migrate } from "./schema.ts";
import { type ExportPage, exportPage, type PullAnswer, pull, type SeedAnswer, seed } from "./seed.ts";
import { openSeen, type Seen } from "./seen.ts";
import { loadRecord, saveRecord } from "./state.ts";
import { openStore } from "./store.ts";
import { openWaiting, settledCursors } from "./waiting.ts";

/** Milliseconds between an acceptance and the flush it asks for: what arrives meanwhile travels along. */
const LINGER = 25;

/** Milliseconds until another try when the account cannot be read, or the flush broke on a defect. */
const AGAIN = 10_000;

/** Milliseconds between looks at what has grown old. */
const HOUR = 3_600_000;

/** Milliseconds that erasing takes of one run, before the flush and after it. */
const ERASING = 5_000;

/** Dead letters in one answer. */
const PAGE = 100;

type Environment = SandboxBindings & Record<string, unknown>;

/**
 * The account object: log, delivery, ledger and dead letters of one account, in one database. This class only joins them to the platform:
 * storage, alarm, clock, environment.
 */
export class AccountObject extends DurableObject<Environment> {
  readonly #tools: FlushTools & { readonly seen: Seen };
  readonly #accept: (request: AcceptRequest) => Promise<AcceptAnswer>;
  readonly #flush: ReturnType<typeof createFlush>;
  /** When the alarm rings, as far as this instance knows: setting it costs a row. */
  #armedFor: number | null = null;
  /** Delivery waits until then; an acceptance need not wake it. */
  #waitingUntil = 0;
  #flushing = false;
  #retiredAt = 0;

  constructor(ctx: DurableObjectState, env: Environment) {
    super(ctx, env);
    const store = openStore(ctx.storage);
    migrate(store);
    const record = loadRecord(store);
    const log = openLog(store, record.cursors);
    const seen = openSeen(store, RETENTION);
    const waiting = openWaiting(store);
    this.#tools = {
      store,
      log,
      seen,
      dead: openDeadLetters(store),
      book: openBookTables(store),
      notes: openNoteTable(store),
      waiting,
      erased: openErased(store),
      erasures: openErasures(store),
      record,
      now: () => Date.now(),
      deliveryNow: () => Date.now() * readConfig(env).timeScale,
      random: Math.random,
      fetch: (url, init) => fetch(url, init),
      isBookStale: false,
      report: (line) => this.#report(line),
    };
    this.#flush = createFlush(this.#tools);
    this.#accept = createAccept({
      store,
      log,
      seen,
      now: this.#tools.now,
      cap: SIZE_CAP,
      makeRoom: () => log.retireOldest(settledCursors(this.#tools.record.cursors, waiting)),
      onStored: () => this.#wake(),
    });
    if (this.#isPending() || this.#tools.erasures.isOpen()) this.#wake();
  }

  /** Keeps a webhook. The answer leaves only when it is on disk. Rejects when the store does. */
  async accept(account: string, request: AcceptRequest): Promise<AcceptAnswer> {
    this.#remember(account);
    return this.#accept(request);
  }

  /** How the account is doing. A look at it also wakes a delivery that lost its alarm. */
  async health(account: string): Promise<AccountHealth> {
    this.#remember(account);
    const { log, record, dead, store } = this.#tools;
    const { cursors, delivery, ledger } = record;
    if (this.#isPending()) this.#wake();
    return {
      sources: Object.fromEntries(balance(ledger, log.pending(cursors), this.#tools.waiting.counts(), cursors)),
      oldestPending: log.oldestBehind(cursors),
      // Delivery's clock is faster than the world's under a TIME_SCALE.
      hold: delivery.hold && { ...delivery.hold, since: delivery.hold.since / readConfig(this.env).timeScale },
      heldSources: [...delivery.suspicions].flatMap(([source, { failures }]) => (failures > 0 ? [source] : [])),
      failures: delivery.failures,
      dead: dead.count(),
      bytes: store.size(),
    };
  }

  /** Dead letters with a number above `after`, oldest first, at most 100; and how many there are in all. */
  async findDead(query: DeadQuery, after: number): Promise<{ readonly letters: readonly DeadLetter[]; readonly total: number }> {
    const { dead } = this.#tools;
    return { letters: dead.find(query, after, PAGE), total: dead.count(query) };
  }

  /** A dead letter with its webhook; `null` where there is none of this number. */
  async showDead(number: number): Promise<DeadWebhook | null> {
    const { dead } = this.#tools;
    const letter = dead.find({ numbers: [number] }, 0, 1)[0];
    const webhook = dead.webhookOf(number);
    if (letter === undefined || webhook === null) return null;
    const { receivedAt, headers, query } = webhook.envelope;
    return { letter, receivedAt, headers, query, body: webhook.body };
  }

  /** Puts dead letters back at the end of the log; their order does not come back. @returns how many, at most 500: call again */
  async replayDead(query: DeadQuery): Promise<number> {
    const { record, moved } = replay(this.#tools, this.#tools.record, query, Date.now());
    this.#tools.record = record;
    this.#wake();
    return moved;
  }

  /** Gives dead letters up. @returns how many, at most 500: call again */
  async discardDead(query: DeadQuery): Promise<number> {
    const { record, moved } = discard(this.#tools, this.#tools.record, query);
    this.#tools.record = record;
    return moved;
  }

  /** Takes rows into the identity book, and sends nothing; `null` while the account cannot be read. */
  async seedIdentities(account: string, rows: readonly unknown[]): Promise<SeedAnswer | null> {
    this.#remember(account);
    const found = await this.#account();
    if (found === null) return null;
    const answer = await seed(this.#tools, found, rows);
    this.#tools.isBookStale = true;
    return answer;
  }

  /** Takes a page of the vendor's customers into the identity book. @param page what the page before gave as `next` */
  async pullIdentities(account: string, name: string, page: string | null): Promise<PullAnswer> {
    this.#remember(account);
    const state = (await this.#account())?.sources.get(name);
    if (!state?.ok) return { ok: false, problem: state?.problem ?? "The account has no such source." };
    const answer = await pull(this.#tools, state.source, page);
    this.#tools.isBookStale = true;
    return answer;
  }

  /** A page of the identity book. @param after what the page before gave as `next`; empty for the first */
  async exportIdentities(after: string): Promise<ExportPage> {
    return exportPage(this.#tools.book, after);
  }

  /** Begins to forget a person. @returns how far that is, with its number */
  async erase(account: string, request: EraseRequest): Promise<ErasureStatus> {
    this.#remember(account);
    const status = this.#tools.erasures.start(request, Date.now());
    if (!this.#flushing) this.#arm(Date.now() + LINGER);
    return status;
  }

  /** How far the erasures are, the newest first. */
  async erasures(): Promise<readonly ErasureStatus[]> {
    return this.#tools.erasures.status();
  }

  /** Never throws: the platform gives up an alarm that fails too often. */
  override async alarm(): Promise<void> {
    this.#armedFor = null;
    this.#flushing = true;
    let next: number | null = Date.now() + AGAIN;
    try {
      next = await this.#run();
    } catch (error) {
      this.#report({ outcome: "defect", name: error instanceof Error ? error.name : "unknown" });
    }
    this.#flushing = false;
    this.#waitingUntil = next ?? 0;
    this.#arm(Math.min(next ?? Date.now() + HOUR, this.#tools.waiting.nextDue() ?? Number.MAX_SAFE_INTEGER));
  }

  /** @returns when to run again, milliseconds since 1970; `null` when nothing waits */
  async #run(): Promise<number | null> {
    const tools = this.#tools;
    if (Date.now() - this.#retiredAt > HOUR) {
      tools.record = retire(tools, tools.record, settledCursors(tools.record.cursors, tools.waiting), Date.now());
      this.#retiredAt = Date.now();
    }
    const config = readConfig(this.env);
    const account = await this.#account();
    if (account === null) return this.#isPending() || tools.erasures.isOpen() ? Date.now() + AGAIN : null;
    // Before the flush, so that nothing more leaves of whom is to be forgotten; after it, since webhooks go once they are delivered.
    await this.#erase(account);
    const next = await this.#flush(await destinationOf(account, config, this.env));
    const flushed = tools.erasures.version();
    const isMore = await this.#erase(account);
    // What came, or was begun, after the flush had ended has woken nobody.
    if (isMore || tools.erasures.version() !== flushed || (next === null && this.#isPending())) return Date.now();
    return next === null ? null : next / config.timeScale;
  }

  /** A defect here must not stop delivery. @returns whether there is more that can be done now */
  async #erase(account: Account): Promise<boolean> {
    const tools = this.#tools;
    try {
      return await tools.erasures.run(tools, account, Date.now() + ERASING);
    } catch (error) {
      this.#report({ outcome: "defect", name: error instanceof Error ? error.name : "unknown" });
      return false;
    }
  }

  /** The account as it is configured; `null` where it cannot be used. */
  async #account(): Promise<Account | null> {
    const name = this.#tools.record.account;
    const found = name === null ? null : await findAccount(readConfig(this.env), name);
    return found?.ok ? found.account : null;
  }

  #isPending(): boolean {
    return this.#tools.log.sourcesBehind(this.#tools.record.cursors).length > 0;
  }

  /** An object is not told its own name where alarms ring; the Worker tells it with each call. */
  #remember(account: string): void {
    if (this.#tools.record.account === account) return;
    this.#tools.record = { ...this.#tools.record, account };
    saveRecord(this.#tools.store, this.#tools.record);
  }

  #wake(): void {
    if (!this.#flushing) this.#arm(Math.max(Date.now() + LINGER, this.#waitingUntil));
  }

  #arm(at: number): void {
    if (this.#armedFor !== null && this.#armedFor <= at) return;
    this.#armedFor = at;
    // Not awaited: the platform holds back every answer until this is on disk too, and a failure breaks the object, whose constructor arms.
    this.ctx.storage.setAlarm(at).catch(() => {
      this.#armedFor = null;
    });
  }

  /** Not awaited: it writes nothing to the store. */
  #report(line: Report | { readonly outcome: "defect"; readonly name: string }): void {
    const { account } = this.#tools.record;
    const named = "id" in line ? Promise.all([loggable(line.type), loggable(line.id)]) : Promise.resolve([]);
    void named.then(([type, id]) =>
      toConsole("error", JSON.stringify({ account, ...line, ...(type && id ? { type, id } : {}) })),
    );
  }
}
