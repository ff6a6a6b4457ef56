/**
 * The Durable Object of an account: requests, alarms and RPC, passed on to the modules.
 */
import { DurableObject } from "cloudflare:workers";
import { accountOfId } from "../config/account.ts";
import { loadConfig } from "../config/load.ts";
import type { Account } from "../config/model.ts";
import { readSettings } from "../config/settings.ts";
import { loggable, toConsole } from "../log-line.ts";
import { type Alarm, createAlarm } from "./alarm.ts";
import { type Compaction, createCompaction } from "./compaction/compaction.ts";
import { copyFor } from "./compaction/copy-stub.ts";
import { createGate } from "./gate.ts";
import { type AccountModules, openModules } from "./modules.ts";
import { type OperationAnswer, type OperationContext, refused } from "./operation.ts";
import type { OperationName } from "./operations.ts";
import { destinationOf, type SandboxBindings } from "./outbox/destination.ts";
import { openRemoval, type Removal } from "./removal.ts";
import type { Report } from "./report.ts";
import type { AcceptAnswer, AcceptRequest } from "./rpc.ts";
import { retire } from "./state/retention.ts";
import { openStore, type Store } from "./state/store.ts";
import { createWatchers, type Watchers } from "./watchers.ts";

/** Delay between storing a webhook and the run that it schedules, milliseconds. Webhooks that arrive in between share the batch. */
const LINGER = 25;

/** Delay before another run if the configuration is unusable or the run failed on a defect, milliseconds. */
const AGAIN = 10_000;

/** Interval of the retention check, milliseconds. */
const HOUR = 3_600_000;

/** Time limit for erasing, milliseconds: once before delivery, and once after it. */
const ERASING = 5_000;

/** Time limit for compaction in one run, milliseconds. */
const MOVING = 10_000;

type Environment = SandboxBindings & Record<string, unknown>;

/**
 * The account object: inbox, delivery, ledger and dead letters of one account, in one database. This class only joins them to the platform:
 * storage, alarm, clock, environment.
 */
export class AccountObject extends DurableObject<Environment> {
  readonly #store: Store;
  readonly #compaction: Compaction;
  /** Open except during a compaction. */
  readonly #gate = createGate();
  readonly #watchers: Watchers;
  #account: AccountModules | null = null;
  /** The account's id, as far as it is known. */
  #id: string | null = null;
  readonly #clock: Alarm;
  /** Delivery waits until then; an acceptance need not wake it. */
  #waitingUntil = 0;
  #running = false;
  /** Settles when the run that is under way has ended. */
  #runEnded: Promise<void> = Promise.resolve();
  readonly #removal: Removal;
  /** Whether the account was removed, and this instance not used since. */
  #isWiped = false;
  #retiredAt = 0;

  constructor(ctx: DurableObjectState, env: Environment) {
    super(ctx, env);
    this.#store = openStore(ctx.storage);
    this.#clock = createAlarm(ctx.storage, () => Date.now());
    this.#watchers = createWatchers(ctx);
    const owner = ctx.id.toString();
    this.#compaction = createCompaction({
      owner,
      store: this.#store,
      deleteAll: () => ctx.storage.deleteAll(),
      copy: () => copyFor(owner, env),
      now: () => Date.now(),
    });
    this.#removal = openRemoval(ctx.storage);
    this.#isWiped = this.#removal.isMarked();
    if (this.#isWiped) return;
    if (this.#compaction.isEmpty()) {
      void ctx.blockConcurrencyWhile(async () => {
        await this.#compaction.adopt();
        this.#begin();
      });
    } else this.#begin();
  }

  /** Opens the database, or goes on with moving it. */
  #begin(): void {
    if (this.#compaction.current() !== null) {
      this.#clock.set(Date.now());
      return;
    }
    const account = openModules({
      store: this.#store,
      now: () => Date.now(),
      deliveryNow: () => Date.now() * readSettings(this.env).timeScale,
      random: Math.random,
      fetch: (url, init) => fetch(url, init),
      report: (line) => this.#report(line),
      onStored: () => {
        this.#wake();
        this.#watchers.tell();
      },
    });
    this.#account = account;
    this.#id = account.state.current().account;
    this.#gate.open();
    if (isOwed(account)) this.#wake();
  }

  /** Keeps a webhook. The answer leaves only when it is on disk. Rejects when the store does. */
  async accept(id: string, request: AcceptRequest): Promise<AcceptAnswer> {
    if (this.#isWiped && (await this.#isRemoved())) return { kind: "refused", reason: "removed" };
    return (await this.#gate.pass(() => this.#named(id).accept(request))) ?? { kind: "refused", reason: "compacting" };
  }

  /** As `AccountMethods` has it. */
  async failed(id: string, source: string, since: number, count: number): Promise<void> {
    if (this.#isWiped && (await this.#isRemoved())) return;
    await this.#gate.pass(async () => {
      const account = this.#named(id);
      account.alerts.failed(source, since, count);
      await this.#look(account);
    });
  }

  /** Performs what an operator asks for. @param input JSON text */
  async operate(id: string, operation: OperationName, input: string): Promise<OperationAnswer> {
    if (await this.#isRemoved()) return refused("unusable", "The account was removed, and what it had stored.");
    // Loaded when an operator asks: webhooks do not need it.
    const { OPERATIONS } = await import("./operations.ts");
    const working = this.#gate.pass(async () => {
      const account = this.#named(id);
      const answer = await OPERATIONS[operation].perform(this.#contextOf(account), input);
      if (answer.ok && answer.changed !== undefined) {
        this.#watchers.tell();
        await this.#look(account);
      }
      return answer;
    });
    if (working !== null) return working;
    await this.isMoving();
    return refused("compacting");
  }

  /**
   * Deletes everything that is stored, once the account was removed. For five minutes after it nothing is kept.
   * @returns `false` while the database is on its way into a new file
   */
  async wipe(): Promise<boolean> {
    if (this.#removal.isRecent()) return true;
    if (await this.isMoving()) return false;
    this.#removal.mark();
    await this.#gate.close();
    await this.#runEnded;
    this.#account = null;
    this.#isWiped = true;
    await this.#removal.wipe();
    return true;
  }

  /** Whether the account was removed a short time ago. Afterwards the object is that of a new account. */
  async #isRemoved(): Promise<boolean> {
    if (!this.#isWiped || this.#removal.isRecent()) return this.#isWiped;
    await this.#removal.finish();
    if (this.#isWiped) this.#begin();
    this.#isWiped = false;
    return false;
  }

  /** Whether the database is on its way into a new file: nothing else can be asked then. A look also wakes a move that was interrupted. */
  async isMoving(): Promise<boolean> {
    const isMoving = this.#account === null && !this.#isWiped;
    if (isMoving && !this.#running) this.#clock.set(Date.now());
    return isMoving;
  }

  /** As `AccountSweep` has it. Costs nothing where nothing is lost: it reads. */
  async sweep(): Promise<boolean> {
    const account = this.#account;
    // A look wakes a move that was interrupted.
    if (account === null) return this.isMoving().then(() => false);
    if (this.#running || !isOwed(account) || !(await this.#clock.wasLost()) || this.#running) return false;
    account.activity.lostAlarm();
    this.#report({ outcome: "alarm_lost" });
    this.#clock.set(Date.now() + LINGER);
    return true;
  }

  /** Takes a watcher: sockets cannot cross as values of `operate`. */
  override fetch(): Response {
    return this.#watchers.admit();
  }

  /** Watchers listen; whoever talks is no page of ours. */
  override webSocketMessage(socket: WebSocket): void {
    socket.close(1008);
  }

  /** Never throws: the platform gives up an alarm that fails too often. */
  override async alarm(): Promise<void> {
    if (this.#isWiped) return this.#removal.isRecent() ? undefined : this.#removal.finish();
    const ended = Promise.withResolvers<void>();
    this.#runEnded = ended.promise;
    const begun = Date.now();
    this.#clock.rang();
    this.#running = true;
    let next: number | null = begun + AGAIN;
    try {
      next = await this.#run();
    } catch (error) {
      this.#report({ outcome: "defect", name: error instanceof Error ? error.name : "unknown" });
    }
    this.#running = false;
    this.#watchers.tell();
    ended.resolve();
    // Removed meanwhile: its own alarm is set.
    if (this.#removal.isRecent()) return;
    this.#waitingUntil = next ?? 0;
    // Events whose wait ended before this run are included in `next`.
    const { waiting, alerts } = this.#account ?? {};
    const others = [waiting?.nextDue(begun), alerts?.nextDue()].map((time) => time ?? Number.MAX_SAFE_INTEGER);
    this.#clock.set(Math.min(next ?? Date.now() + HOUR, ...others));
  }

  /** @returns when to run again, milliseconds since 1970; `null` when nothing waits */
  async #run(): Promise<number | null> {
    if (this.#account === null) return this.#relocate();
    const next = await this.#deliver(this.#account);
    const { state, erasures } = this.#account;
    if (state.current().compaction.wantedSince === null || erasures.isOpen()) return next;
    // A copy that cannot be reached must not close the account.
    if (!(await this.#compaction.canBegin())) return Date.now() + AGAIN;
    // What was let in already is kept; then nobody may write any more.
    await this.#gate.close();
    this.#account = null;
    this.#compaction.begin();
    return this.#relocate();
  }

  /** @returns as `#run` */
  async #relocate(): Promise<number | null> {
    try {
      if (await this.#compaction.run(Date.now() + MOVING)) this.#begin();
      return Date.now();
    } catch {
      this.#report({ outcome: "compaction_interrupted" });
      return Date.now() + AGAIN;
    }
  }

  /** @returns as `#run` */
  async #deliver(account: AccountModules): Promise<number | null> {
    if (Date.now() - this.#retiredAt > HOUR) {
      retire(account, account.settled(), Date.now());
      this.#retiredAt = Date.now();
    }
    const settings = readSettings(this.env);
    const found = await this.#configured(account);
    if (found === null) return isOpen(account) ? Date.now() + AGAIN : null;
    // Before delivery, so that no call about an erased person is sent; and after it, because a webhook can be deleted once it is delivered.
    await this.#erase(account, found);
    const next = await account.run(await destinationOf(found, settings, this.env));
    this.#alert(account, found);
    const isMore = await this.#erase(account, found);
    // Webhooks and erasures that arrived after delivery ended did not set the alarm.
    const isOwed = account.erasures.owed().length > 0;
    if (isMore || (next === null && (isOwed || account.isPending()))) return Date.now();
    return next === null ? null : next / settings.timeScale;
  }

  /** A defect here must not stop delivery. @returns whether there is more that can be done now */
  async #erase(account: AccountModules, found: Account): Promise<boolean> {
    try {
      return await account.erasures.run(account, found, Date.now() + ERASING);
    } catch (error) {
      this.#report({ outcome: "defect", name: error instanceof Error ? error.name : "unknown" });
      return false;
    }
  }

  /** Looks whether an operator must know of anything. */
  async #look(account: AccountModules): Promise<void> {
    const found = await this.#configured(account);
    if (found !== null) this.#alert(account, found);
  }

  /** Alerts are sent beside everything else: a webhook of the operator that hangs must not delay delivery. */
  #alert(account: AccountModules, found: Account): void {
    try {
      account.alerts.look(found);
    } catch (error) {
      this.#report({ outcome: "defect", name: error instanceof Error ? error.name : "unknown" });
    }
    const sending = this.#gate.pass(() => account.alerts.send(found)) ?? Promise.resolve(null);
    sending.then(
      (next) => next !== null && this.#clock.set(next),
      (error: unknown) => this.#report({ outcome: "defect", name: error instanceof Error ? error.name : "unknown" }),
    );
  }

  #contextOf(account: AccountModules): OperationContext {
    return {
      account,
      timeScale: readSettings(this.env).timeScale,
      configured: () => this.#configured(account),
      wake: () => this.#wake(),
      runSoon: () => {
        if (!this.#running) this.#clock.set(Date.now() + LINGER);
      },
    };
  }

  #open(): AccountModules {
    if (this.#account === null) throw new Error("the gate is open before the account");
    return this.#account;
  }

  /** The account as it is configured; `null` where it cannot be used. */
  async #configured({ state }: AccountModules): Promise<Account | null> {
    const { account } = state.current();
    return account === null ? null : accountOfId(await loadConfig(this.env), account);
  }

  /** An alarm does not tell the object whose it is, so the Worker passes the account's id with each call. */
  #named(id: string): AccountModules {
    const account = this.#open();
    if (account.state.current().account !== id) account.state.update((record) => ({ ...record, account: id }));
    this.#id = id;
    return account;
  }

  #wake(): void {
    if (!this.#running) this.#clock.set(Math.max(Date.now() + LINGER, this.#waitingUntil));
  }

  /** Not awaited: it writes nothing to the store. */
  #report(line: Report | { readonly outcome: "defect"; readonly name: string }): void {
    const account = this.#id;
    const named = "id" in line ? Promise.all([loggable(line.type), loggable(line.id)]) : Promise.resolve([]);
    void named.then(([type, id]) =>
      toConsole("error", JSON.stringify({ account, ...line, ...(type && id ? { type, id } : {}) })),
    );
  }
}

/** Whether something is left to do: it is to be sent, to wait, or to be forgotten. */
function isOpen({ isPending, waiting, erasures }: AccountModules): boolean {
  return isPending() || waiting.nextDue(0) !== null || erasures.isOpen();
}

/** Whether it must wake for anything: what is open, an alert that waits, or a move into a new file. */
function isOwed(account: AccountModules): boolean {
  return isOpen(account) || account.alerts.waiting() > 0 || account.state.current().compaction.wantedSince !== null;
}
