/**
 * The log of requests: JSON lines made of closed lists and names of the configuration. No payload, no secret, no address.
 */
import type { Config } from "../config/model.ts";
import { loggable, printable, toConsole, type WriteLine } from "../log-line.ts";
import type { Finding } from "./diagnosis.ts";
import { type Ending, levelOf, type Outcome, type Reason, type Tally } from "./outcomes.ts";

/** Milliseconds. */
const MINUTE = 60_000;

/** The fields of a log line. */
interface Line extends Partial<Tally> {
  readonly outcome: Outcome;
  readonly account?: string;
  readonly source?: string;
  readonly type?: string;
  readonly id?: string;
  readonly reason?: Reason;
  readonly likely?: readonly Finding[];
  /** The invalid fields of a verified webhook, or why events are ignored: in local runs only. */
  readonly issue?: string;
  readonly reasons?: readonly string[];
  /** Requests of this kind in the minute that began at `minute`, ISO 8601 UTC. The first one also had its own line. */
  readonly count?: number;
  readonly minute?: string;
}

/** Requests of one kind in a minute. */
interface Kind {
  readonly line: Line;
  /** The sums of stored webhooks; `null` for other kinds. */
  tally: Tally | null;
  count: number;
}

/** The log of one isolate. */
export interface Log {
  /** Logs the problems of a configuration once. */
  configuration(config: Config): void;
  /**
   * Logs how a request ended: every handshake, and of every other kind the first one in a minute.
   * @param now milliseconds since 1970
   * @param isEach whether every request has a line, with what is invalid in it, or why events are ignored: in local runs
   * @returns what is to be waited for; `null` if the request is only counted
   */
  request(ending: Ending, now: number, isEach: boolean): Promise<void> | null;
  /**
   * Logs the counts of the last minute with requests, once it is over. Call it for each request: there is no timer.
   * @param now milliseconds since 1970
   */
  sumUp(now: number): void;
  /** Logs what an operator changed. */
  audit(entry: AuditEntry): void;
  /** Logs a failure of our own code: only the name of the error. */
  defect(error: unknown): void;
}

/** What an operator changed. It names no person, and nothing of what was sent. */
export interface AuditEntry {
  /** The variable of the token; `local` for a local run without one. */
  readonly by: string;
  readonly account: string;
  /** The name of the operation. */
  readonly operation: string;
  /** How many things were changed: events, dead letters, conflicts, rows. */
  readonly changed: number;
}

/** Opens a log. By default it writes to the console, with the method of the line's level. */
export function createLog(write: WriteLine = toConsole): Log {
  const said = new WeakSet<Config>();
  // Outcomes, reasons and configured sources limit the number of kinds: a stranger cannot add one.
  const kinds = new Map<string, Kind>();
  let minute = 0;
  const put = (line: Line) => write(levelOf(line.outcome), JSON.stringify(line));

  const sumUp = (now: number) => {
    const current = now - (now % MINUTE);
    if (current === minute) return;
    const from = new Date(minute).toISOString();
    for (const { line, tally, count } of kinds.values()) if (count > 1) put({ ...line, ...tally, count, minute: from });
    kinds.clear();
    minute = current;
  };

  /** Whether a request is the first of its kind in this minute. */
  const isFirst = (kind: string, line: Line, tally: Tally | null): boolean => {
    const known = kinds.get(kind);
    if (known === undefined) kinds.set(kind, { line, tally, count: 1 });
    else {
      known.count += 1;
      known.tally = sum(known.tally, tally);
    }
    return known === undefined;
  };

  /** Logs how a request ended. @param plain its line without what is particular to the outcome */
  const tell = async (ending: Ending, plain: Line, isEach: boolean): Promise<void> => {
    if (ending.outcome === "handshake") return put(plain);
    if (ending.outcome === "accepted") {
      const { first, tally, reasons = [] } = ending;
      const names = first === null ? {} : { type: await loggable(first.type), id: await loggable(first.id) };
      const why = isEach && reasons.length > 0 ? { reasons } : {};
      return put({ ...plain, ...names, ...tally, ...why });
    }
    const { reason, likely, issue } = ending;
    const line: Line = { ...plain, ...(reason === undefined ? {} : { reason }), ...(likely === undefined ? {} : { likely }) };
    if (isEach) put(issue === undefined ? line : { ...line, issue });
    else if (isFirst(JSON.stringify(line), line, null)) put(line);
  };

  return {
    sumUp,
    configuration: (config) => {
      if (said.has(config)) return;
      said.add(config);
      for (const [level, problem] of problemsOf(config)) write(level, JSON.stringify({ outcome: "configuration", problem }));
    },
    request: (ending, now, isEach) => {
      sumUp(now);
      const plain: Line = { outcome: ending.outcome, ...sourceOf(ending) };
      if (ending.outcome === "accepted" && !isEach) {
        const { account, source, tally } = ending;
        if (!isFirst(`${account}/${source}`, plain, tally)) return null;
      }
      return tell(ending, plain, isEach);
    },
    audit: ({ by, account, operation, changed }) =>
      write("info", JSON.stringify({ outcome: "audit", by, account, operation, changed })),
    defect: (error) => {
      const name = error instanceof Error ? error.name : typeof error;
      write("error", JSON.stringify({ outcome: "defect", error: printable(name) }));
    },
  };
}

/** All problems and warnings of a configuration, errors first. */
export function problemsOf(config: Config): readonly (readonly ["error" | "warn", string])[] {
  return [
    ...config.problems.map((problem) => ["error", problem] as const),
    ...(config.directory?.problem ? [["error", config.directory.problem] as const] : []),
    ...Array.from(config.accounts, ([name, state]) => {
      if (!state.ok) return [["error", `account ${name}: ${state.problem}`] as const];
      // Its source is the account's too.
      if (state.account.shardOf !== null) return [];
      return Array.from(state.account.sources, ([source, found]) =>
        found.ok ? [] : [["error", `account ${name}, source ${source}: ${found.problem}`] as const],
      ).flat();
    }).flat(),
    ...config.warnings.map((warning) => ["warn", warning] as const),
  ];
}

function sum(one: Tally | null, other: Tally | null): Tally | null {
  if (one === null || other === null) return one;
  return {
    accepted: one.accepted + other.accepted,
    duplicate: one.duplicate + other.duplicate,
    ignored: one.ignored + other.ignored,
  };
}

function sourceOf({ account, source }: Ending): Pick<Line, "account" | "source"> {
  return { ...(account === undefined ? {} : { account }), ...(source === undefined ? {} : { source }) };
}
