/**
 * What an operator must know of: pure, from what is observed of an account.
 */
import type { AlertKind } from "../../config/alert-options.ts";
import type { GivesUp } from "../../contract/gives-up.ts";
import type { Notice } from "../drift/drift.ts";
import type { Hold } from "../outbox/delivery.ts";
import type { Failing } from "./failing.ts";

const HOUR = 3_600_000;

/** An account counts as rate-limited for so long after an answer that said so, milliseconds. */
export const LIMITED_LASTS = 300_000;

/** A lag is over once the oldest pending webhook is younger than this part of the limit: otherwise it would come and go. */
const OVER_AT = 0.5;

/** The part of a vendor's patience that may be used up before an operator is alerted. */
const OF_HOURS = 0.25;
const OF_FAILURES = 0.5;

/** What is observed of an account. Times are milliseconds since 1970. */
export interface Observed {
  readonly hold: Hold | null;
  /** Sources whose events are all refused, and since when. */
  readonly heldSources: ReadonlyMap<string, number>;
  readonly dead: number;
  /** Open ones. */
  readonly conflicts: number;
  readonly oldestPending: number | null;
  /** Sources whose vendor gets failures alone. */
  readonly failing: ReadonlyMap<string, Failing>;
  /** What changed at vendors. */
  readonly drift: readonly Notice[];
  /** When Customer.io last answered that too much was sent; `null` if it did not since the object was started. */
  readonly limitedAt: number | null;
}

/** What the observation is held against. */
export interface Limits {
  readonly kinds: ReadonlySet<AlertKind>;
  /** How old the oldest pending webhook may become, seconds. */
  readonly lag: number;
  /** When the vendor of a source stops sending; `null` if never. */
  readonly givesUp: (source: string) => GivesUp | null;
}

/** Something that an operator must know of. It holds no personal data: names of the configuration, closed lists and numbers. */
export interface Condition {
  readonly kind: AlertKind;
  /** `null` if it concerns the account. */
  readonly source: string | null;
  /** Since when, milliseconds since 1970; `null` if that is not known. */
  readonly since: number | null;
  readonly details: Readonly<Record<string, string | number>>;
}

/** Names a condition. */
export function keyOf({ kind, source }: Pick<Condition, "kind" | "source">): string {
  return `${kind}/${source ?? ""}`;
}

/** The conditions that hold now. @param open the keys of those that held before */
export function conditionsIn(observed: Observed, limits: Limits, open: ReadonlySet<string>, now: number): readonly Condition[] {
  const { hold, heldSources, dead, conflicts, oldestPending, failing, drift, limitedAt } = observed;
  const age = oldestPending === null ? 0 : (now - oldestPending) / 1_000;
  const longest = limits.lag * (open.has(keyOf({ kind: "lag", source: null })) ? OVER_AT : 1);
  const all: readonly (Condition | null)[] = [
    dead === 0 ? null : { kind: "dead_letters", source: null, since: null, details: { count: dead } },
    hold === null ? null : { kind: "held", source: null, since: hold.since, details: { reason: hold.reason } },
    ...Array.from(heldSources, ([source, since]): Condition => {
      return { kind: "held", source, since, details: { reason: "everything_refused" } };
    }),
    age <= longest ? null : { kind: "lag", source: null, since: oldestPending, details: { seconds: Math.round(age) } },
    conflicts === 0 ? null : { kind: "conflicts", source: null, since: null, details: { count: conflicts } },
    ...Array.from(failing, ([source, one]) => givingUp(source, one, limits.givesUp(source), now)),
    ...Array.from(
      Map.groupBy(drift, ({ source }) => source),
      ([source, notices]): Condition => {
        return { kind: "drift", source, since: null, details: { count: notices.length, what: describe(notices) } };
      },
    ),
    limitedAt === null || now - limitedAt > LIMITED_LASTS
      ? null
      : { kind: "rate_limited", source: null, since: limitedAt, details: { status: 429 } },
  ];
  return all.filter((condition) => condition !== null && limits.kinds.has(condition.kind)).filter((one) => one !== null);
}

/** What changed at a vendor first, as text. */
function describe([first]: readonly Notice[]): string {
  if (first === undefined) return "";
  return first.version === null ? `${first.type} no longer has ${first.path}` : `version ${first.version} of its API`;
}

/** `null` where the vendor has patience left, or gives no limit. */
function givingUp(source: string, { since, count }: Failing, limit: GivesUp | null, now: number): Condition | null {
  if (limit === null) return null;
  const condition = (details: Condition["details"]): Condition => {
    return { kind: "vendor_gives_up", source, since, details: { failures: count, ...details } };
  };
  if ("failures" in limit) return count < limit.failures * OF_FAILURES ? null : condition({ limit_failures: limit.failures });
  return now - since < limit.hours * HOUR * OF_HOURS ? null : condition({ limit_hours: limit.hours });
}
