/**
 * The Durable Object of an account: requests, alarms and RPC, passed on to the modules.
 */
import { DurableObject } from "cloudflare:workers";
import { accountOfId } from "../config/account.ts";
import { loadConfig } from "../config/load.ts";
import type { Account } from "../config/model.ts";
import { readSettings } from "../config/settings.ts";
import { type Alarm, createAlarm } from "./alarm.ts";
import { tellAlerts } from "./alerts/tell.ts";
import { type Compaction, createCompaction } from "./compaction/compaction.ts";
import { copyFor } from "./compaction/copy-stub.ts";
import { createDeliver, type Deliver, isOwed, nextLook } from "./deliver.ts";
import { createGate } from "./gate.ts";
import { type AccountModules, type AwakeAccount, wakeAccount } from "./modules.ts";
import { type OperationAnswer, type OperationContext, refused } from "./operation.ts";
import type { OperationName } from "./operations.ts";
import type { SandboxBindings } from "./outbox/destination.ts";
import { openRemoval, type Removal } from "./removal.ts";
import { defectOf, type Report, writeReport } from "./report.ts";

import type { AcceptAnswer, AcceptRequest, AnyRequest } from "./rpc.ts";
import { LINGER } from "./run.ts";

import { siblingOf } from "./sibling.ts";
import { openStore, type Store } from "./state/store.ts";
import { readTables, type Tables } from "./state/tables.ts";
import { createWatchers, type Watchers } from "./watchers.ts";

/** Delay before another run if the configuration is unusable or the run failed on a defect, milliseconds. */
const AGAIN = 10_000;

/** Time limit for compaction in one run, milliseconds. */
const MOVING = 10_000;

const refusedFor = (reason: "removed" | "compacting"): AcceptAnswer => ({ kind: "refused", reason });
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
  #awake: AwakeAccount | null = null;
  /** The account's id, as far as it is known. */
  #id: string | null = null;
  readonly #alarm: Alarm;
  /** Delivery waits until then; an acceptance need not wake it. */
  #waitingUntil = 0;
  #running = false;
  /** Settles when the run that is under way has ended. */
  #runEnded: Promise<void> = Promise.resolve();
  readonly #removal: Removal;
  /** Whether the account was removed, and this instance not used since. */
  #isWiped = false;
  readonly #deliver: Deliver;

  constructor(ctx: DurableObjectState, env: Environment) {
    super(ctx, env);
    this.#store = openStore(ctx.storage);
    this.#alarm = createAlarm(ctx.storage, () => Date.now());
    this.#watchers = createWatchers(ctx);
    this.#deliver = createDeliver({
      env,
      configured: (account) => this.#configured(account),
      alert: (account) => this.#alert(account),
      report: (line) => this.#report(line),
    });
    const owner = ctx.id.toString();
    this.#compaction = createCompaction({
      owner,
      store: this.#store,
      deleteAll: () => ctx.storage.deleteAll(),
      copy: () => copyFor(owner, env),
      now: () => Date.now(),
    });
    const tables = readTables(this.#store);
    const isInPlace = this.#compaction.isInPlace(tables);
    this.#removal = openRemoval(ctx.storage, isInPlace);
    this.#isWiped = this.#removal.isMarked();
    if (this.#isWiped) return;
    if (isInPlace) this.#begin(tables);
    else void ctx.blockConcurrencyWhile(() => this.#compaction.adopt().then(() => this.#begin()));
  }

  /** Opens what accepting needs of the database, or goes on with moving it. */
  #begin(tables: Tables = readTables(this.#store)): void {
    if (!this.#compaction.isInPlace(tables) && this.#compaction.current() !== null) {
      this.#alarm.set(Date.now());
      return;
    }
    this.#awake = wakeAccount(tables, {
      store: this.#store,
      now: () => Date.now(),
      deliveryNow: () => Date.now() * readSettings(this.env).timeScale,
      random: Math.random,
      pause: (milliseconds) => scheduler.wait(milliseconds),
      fetch: (url, init) => fetch(url, init),
      report: (line) => this.#report(line),
      onStored: () => {
        this.#wake();
        this.#watchers.tell();
      },
      // An acceptance that opens nothing more wakes delivery itself.
      onOpened: (account) => isOwed(account) && this.#wake(),
    });
    this.#id = this.#awake.id();
    this.#gate.open();
  }

  /** As `AccountMethods` has it. An answer leaves only when what it answers is on disk. */
  async accept(id: string, request: AcceptRequest): Promise<AcceptAnswer> {
    if (this.#isWiped && (await this.#isRemoved())) return refusedFor("removed");
    return (await this.#gate.pass(() => this.#named(id).accept(request))) ?? refusedFor("compacting");
  }

  /** The same for several. */
  async acceptAll(id: string, requests: readonly AnyRequest[]): Promise<readonly (AcceptAnswer | null)[]> {
    if (this.#isWiped && (await this.#isRemoved())) return requests.map(() => refusedFor("removed"));
    return (await this.#gate.pass(() => this.#named(id).acceptAll(requests))) ?? requests.map(() => refusedFor("compacting"));
  }

  /** As `AccountMethods` has it. */
  async failed(id: string, source: string, since: number, count: number): Promise<void> {
    if (this.#isWiped && (await this.#isRemoved())) return;
    this.#gate.pass(() => {
      const account = this.#named(id).modules();
      account.alerts.failed(source, since, count);
      this.#alert(account);
    });
  }

  /** Performs what an operator asks for. @param input JSON text */
  async operate(id: string, operation: OperationName, input: string): Promise<OperationAnswer> {
    if (await this.#isRemoved()) return refused("unusable", "The account was removed, and what it had stored.");
    // Loaded when an operator asks: webhooks do not need it.
    const { OPERATIONS } = await import("./operations.ts");
    const working = this.#gate.pass(async () => {
      const account = this.#named(id).modules();
      const answer = await OPERATIONS[operation].perform(this.#contextOf(account), input);
      if (answer.ok && answer.changed !== undefined) {
        this.#watchers.tell();
        this.#alert(account);
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
    this.#awake = null;
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
    const isMoving = this.#awake === null && !this.#isWiped;
    if (isMoving && !this.#running) this.#alarm.set(Date.now());
    return isMoving;
  }

  /** As `AccountSweep` has it. Costs nothing where nothing is lost: it reads. */
  async sweep(): Promise<boolean> {
    if (this.#awake === null) return this.isMoving().then(() => false);
    const account = this.#awake.modules();
    if (this.#running || !isOwed(account) || !(await this.#alarm.wasLost()) || this.#running) return false;
    account.activity.lostAlarm();
    this.#report({ outcome: "alarm_lost" });
    this.#alarm.set(Date.now() + LINGER);
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
    this.#alarm.rang();
    this.#running = true;
    let next: number | null = begun + AGAIN;
    try {
      next = await this.#run();
    } catch (error) {
      this.#report(defectOf(error));
    }
    this.#running = false;
    this.#watchers.tell();
    ended.resolve();
    // Removed meanwhile: its own alarm is set.
    if (this.#removal.isRecent()) return;
    this.#waitingUntil = next ?? 0;
    this.#alarm.set(nextLook(this.#awake?.modules() ?? null, next, begun));
  }

  /** @returns when to run again, milliseconds since 1970; `null` when nothing waits */
  async #run(): Promise<number | null> {
    if (this.#awake === null) return this.#relocate();
    const account = this.#awake.modules();
    const next = await this.#deliver(account);
    const { state, erasures } = account;
    if (state.current().compaction.wantedSince === null || erasures.isOpen()) return next;
    // A copy that cannot be reached must not close the account.
    if (!(await this.#compaction.canBegin())) return Date.now() + AGAIN;
    // What was let in already is kept; then nobody may write any more.
    await this.#gate.close();
    this.#awake = null;
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

  /** Tells an operator what an operator must know. Nothing waits for it. */
  #alert(account: AccountModules): void {
    const configured = () => this.#configured(account);
    const telling = tellAlerts(account.alerts, configured, this.#gate, (line) => this.#report(line));
    void telling.then((next) => next !== null && this.#awake?.modules() === account && this.#alarm.set(next));
  }

  #contextOf(account: AccountModules): OperationContext {
    return {
      account,
      timeScale: readSettings(this.env).timeScale,
      configured: () => this.#configured(account),
      shard: (place) => siblingOf(place, this.env),
      wake: () => this.#wake(),
      runSoon: () => (this.#running ? undefined : this.#alarm.set(Date.now() + LINGER)),
    };
  }

  /** The account as it is configured; `null` where it cannot be used. */
  async #configured({ state }: AccountModules): Promise<Account | null> {
    const { account } = state.current();
    return account === null ? null : accountOfId(await loadConfig(this.env), account);
  }

  /** An alarm does not tell the object whose it is, so the Worker passes the account's id with each call. */
  #named(id: string): AwakeAccount {
    const awake = this.#awake;
    if (awake === null) throw new Error("the gate is open before the account");
    if (awake.id() !== id) awake.modules().state.update((record) => ({ ...record, account: id }));
    this.#id = id;
    return awake;
  }

  #wake(): void {
    if (!this.#running) this.#alarm.set(Math.max(Date.now() + LINGER, this.#waitingUntil));
  }

  #report(line: Report): void {
    writeReport(this.#id, line, readSettings(this.env).runtime === "local");
  }
}
