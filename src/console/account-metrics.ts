/**
 * How all accounts are doing, as metrics.
 */
import { type Family, type Labels, render, type Sample } from "../ingest/open-metrics.ts";
import type { StandingsPage } from "./directory/standings.ts";
import type { Standing, Standings } from "./readiness.ts";

/** The ends of an event in the ledger. What was received is the sum of all of them. */
const ENDS = ["delivered", "pending", "ignored", "duplicate", "dead", "discarded"] as const;

/** How many conflicts are open, by account; an account that does not answer is left out. */
export function openConflicts(standings: Standings): ReadonlyMap<string, number> {
  return new Map(known(standings).map(([name, { conflicts }]) => [name, conflicts]));
}

/** The accounts as metrics. One that does not answer has only `tributary_up`. @param now milliseconds since 1970 */
export function accountMetrics({ standings, leftOut, isReached }: Omit<StandingsPage, "pages">, now: number): string {
  const each = (values: (standing: Standing) => readonly (readonly [Labels, Sample["value"]])[]): readonly Sample[] =>
    known(standings).flatMap(([account, standing]) =>
      values(standing).map(([labels, value]) => ({ labels: { account, ...labels }, value })),
    );
  const one = (value: (standing: Standing) => Sample["value"]): readonly Sample[] => each((standing) => [[{}, value(standing)]]);
  const gauge = (name: string, help: string, samples: readonly Sample[]): Family => ({ name, help, samples, type: "gauge" });
  const families: readonly Family[] = [
    gauge(
      "tributary_directory_up",
      "Whether the directory of accounts answers.",
      isReached === null ? [] : [{ labels: {}, value: Number(isReached) }],
    ),
    gauge(
      "tributary_accounts_left_out",
      "Accounts of the directory that are not in this answer: they are on other pages (?page=2), or time was too short.",
      isReached === null ? [] : [{ labels: {}, value: leftOut }],
    ),
    gauge(
      "tributary_up",
      "Whether the account's object answers in time.",
      Array.from(standings, ([account, standing]) => ({ labels: { account }, value: standing === null ? 0 : 1 })),
    ),
    {
      ...gauge(
        "tributary_oldest_pending_seconds",
        "How long the oldest pending event has been waiting; 0 if none is.",
        one(({ oldestPending }) => (oldestPending === null ? 0 : Math.max(0, now - oldestPending) / 1_000)),
      ),
      unit: "seconds",
    },
    gauge(
      "tributary_held",
      "Whether delivery is held until an operator acts, by reason.",
      each(({ hold }) => (hold === null ? [] : [[{ reason: hold.reason }, 1]])),
    ),
    gauge(
      "tributary_held_sources",
      "Sources whose events are all refused.",
      one(({ heldSources }) => heldSources.length),
    ),
    gauge(
      "tributary_failures",
      "Failures of Customer.io in a row.",
      one(({ failures }) => failures),
    ),
    gauge(
      "tributary_dead",
      "Dead letters.",
      one(({ dead }) => dead),
    ),
    gauge(
      "tributary_drift",
      "Changes at vendors by source: paths that are gone, versions that are new.",
      each(({ drift }) =>
        Array.from(
          Map.groupBy(drift, ({ source }) => source),
          ([source, { length }]) => [{ source }, length] as const,
        ),
      ),
    ),
    gauge(
      "tributary_conflicts",
      "People who may exist twice in Customer.io, undecided.",
      one(({ conflicts }) => conflicts),
    ),
    gauge(
      "tributary_waiting",
      "Events that wait for a person, or for their order.",
      one(({ waiting }) => waiting),
    ),
    {
      ...gauge(
        "tributary_database_bytes",
        "Size of the account's database.",
        one(({ bytes }) => bytes),
      ),
      unit: "bytes",
    },
    gauge(
      "tributary_ledger",
      "Vendor events of each source by what became of them; a replay takes one back.",
      each(({ sources }) =>
        Object.entries(sources).flatMap(([source, counts]) =>
          ["received" as const, ...ENDS].map((state) => [{ source, state }, counts[state]] as const),
        ),
      ),
    ),
    gauge(
      "tributary_ledger_balance",
      "Received events without those whose end is known: anything but 0 is a defect.",
      each(({ sources }) =>
        Object.entries(sources).map(([source, counts]) => {
          const ended = ENDS.reduce((sum, state) => sum + counts[state], 0);
          return [{ source }, counts.received - ended];
        }),
      ),
    ),
    {
      name: "tributary_answers",
      type: "counter",
      help: "Requests to Customer.io by status, since the account's object was started.",
      samples: each(({ activity }) => Object.entries(activity.answers).map(([status, count]) => [{ status }, count])),
    },
    {
      name: "tributary_retries",
      type: "counter",
      help: "Requests to Customer.io after a failure, since the account's object was started.",
      samples: one(({ activity }) => activity.retries),
    },
    {
      name: "tributary_alarms_lost",
      type: "counter",
      help: "Alarms that the platform had lost and a sweep set again, since the account's object was started.",
      samples: one(({ activity }) => activity.lostAlarms),
    },
    {
      name: "tributary_sent_bytes",
      type: "counter",
      unit: "bytes",
      help: "Bytes sent to Customer.io, since the account's object was started.",
      samples: one(({ activity }) => activity.bytes),
    },
    {
      name: "tributary_batch_calls",
      type: "histogram",
      unit: "calls",
      help: "Calls of each request to Customer.io, since the account's object was started.",
      samples: one(({ activity }) => activity.fill),
    },
    {
      name: "tributary_delivery_lag_seconds",
      type: "histogram",
      unit: "seconds",
      help: "Time from an event's receipt until Customer.io had it, since the account's object was started.",
      samples: one(({ activity }) => activity.lag),
    },
  ];
  return families.map(render).join("");
}

function known(standings: Standings): readonly (readonly [string, Standing])[] {
  return [...standings].flatMap(([name, standing]) => (standing === null ? [] : [[name, standing] as const]));
}
