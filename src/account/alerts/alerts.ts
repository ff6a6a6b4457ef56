/**
 * The alerts of an account: looks at the account, remembers what was told, and sends it. Rows are written when something is to be told, never
 * for a webhook.
 */
import type { AlertTarget } from "../../config/alert-options.ts";
import type { Account } from "../../config/model.ts";
import type { Fetch } from "../people/vendor-api.ts";
import type { Report } from "../report.ts";
import { type Store, textOf } from "../state/store.ts";
import { type AlertState, afterLook, afterTry, alertStateSchema, nextMessage, nextTry, type OpenAlert } from "./alert-state.ts";
import { conditionsIn, keyOf, LIMITED_LASTS, type Observed } from "./conditions.ts";
import { rememberFailures } from "./failing.ts";
import { isTaken, type Sent, sendMessage } from "./send.ts";

/** An alert whose end depends on time alone: the account is looked at again when it may be over. */
const ENDS_BY_ITSELF = "rate_limited";

/** Failures of a source are stored again after so long, milliseconds: an object that restarts must not forget when they began. */
const STORED_FOR = 600_000;

/** Messages of one go. */
const MOST_AT_ONCE = 20;

/** What alerts need of the account. */
export interface AlertTools {
  readonly store: Store;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly random: () => number;
  readonly fetch: Fetch;
  readonly report: (line: Report) => void;
  /** What there is to see, without the failures of sources. */
  readonly observe: (account: Account) => Omit<Observed, "failing">;
  /** When the newest webhook of a source was received, milliseconds since 1970; `null` if none is kept. */
  readonly newestOf: (source: string) => number | null;
}

/** The alerts of one account. */
export interface Alerts {
  /** Looks at the account; without a target all alerts are forgotten. */
  look(account: Account): void;
  /** Sends what waits, one message after the other. Never rejects. @returns when to try again, milliseconds since 1970 */
  send(account: Account): Promise<number | null>;
  /** Sends a message about nothing, now. */
  test(account: Account, target: AlertTarget): Promise<Sent>;
  /** The Workers in front answered so many requests for a source with failures. @param since the first, milliseconds since 1970 */
  failed(source: string, since: number, count: number): void;
  /** When to look or send next, milliseconds since 1970; `null` if that is not needed. */
  nextDue(): number | null;
  open(): readonly OpenAlert[];
  /** Messages that wait. */
  waiting(): number;
}

/** Opens the alerts. */
export function openAlerts(tools: AlertTools): Alerts {
  const { store, now } = tools;
  const row = store.run("SELECT value FROM alert WHERE id = 1")[0];
  const stored = alertStateSchema.parse(row === undefined ? {} : JSON.parse(textOf(row, "value")));
  const failures = rememberFailures(new Map(Object.entries(stored.failing)));
  let state: AlertState = { open: stored.open, waiting: stored.waiting };
  let storedAt = 0;
  let isSending = false;

  function keep(next: AlertState): void {
    const value = JSON.stringify({ ...next, failing: Object.fromEntries(failures.all()) });
    store.run("INSERT INTO alert (id, value) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET value = excluded.value", value);
    state = next;
    storedAt = now();
  }

  return {
    look: (account) => {
      const { alerts, sources } = account;
      if (alerts === null) {
        if (state.open.length + state.waiting.length > 0) keep({ open: [], waiting: [] });
        return;
      }
      const givesUp = (source: string) => {
        const known = sources.get(source);
        return known?.ok ? known.source.adapter.givesUp : null;
      };
      const observed = { ...tools.observe(account), failing: failures.current(tools.newestOf) };
      const conditions = conditionsIn(observed, { ...alerts, givesUp }, new Set(state.open.map(keyOf)), now());
      const next = afterLook(state, conditions, now(), () => `alert_${crypto.randomUUID()}`);
      if (next !== state) keep(next);
    },
    send: async (account) => {
      const { alerts } = account;
      if (isSending || alerts === null) return null;
      isSending = true;
      try {
        for (let count = 0; count < MOST_AT_ONCE; count += 1) {
          const message = nextMessage(state, now());
          if (message === null) break;
          const sent = await sendMessage(account, alerts, message, tools.fetch, now());
          if (!isTaken(sent)) tools.report({ outcome: "alert_not_sent", reason: String(sent) });
          keep(afterTry(state, message.id, isTaken(sent), now(), tools.random()));
        }
      } finally {
        isSending = false;
      }
      return nextTry(state);
    },
    test: (account, target) => {
      const told = { kind: "test", state: "opened", source: null, since: now(), at: now(), details: {} } as const;
      return sendMessage(account, target, { id: `alert_${crypto.randomUUID()}`, ...told }, tools.fetch, now());
    },
    failed: (source, since, count) => {
      const isKnown = failures.all().has(source);
      failures.add(source, since, count);
      if (!isKnown || now() - storedAt > STORED_FOR) keep(state);
    },
    nextDue: () => {
      const again = state.open.some(({ kind }) => kind === ENDS_BY_ITSELF) ? now() + LIMITED_LASTS : null;
      const next = [again, isSending ? null : nextTry(state)].filter((time) => time !== null);
      return next.length === 0 ? null : Math.min(...next);
    },
    open: () => state.open,
    waiting: () => state.waiting.length,
  };
}
