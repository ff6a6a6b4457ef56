/**
 * Counters of one isolate, in Prometheus format. Each isolate starts at zero.
 */
import type { Ending, Tally } from "./outcomes.ts";

/** The content type of the exposition. @see https://prometheus.io/docs/instrumenting/exposition_formats/ */
export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Counts how requests end. */
export interface Metrics {
  count(ending: Ending): void;
  /** All counters as text. */
  expose(): string;
}

const RESULTS: readonly (keyof Tally)[] = ["accepted", "duplicate", "ignored"];

/** Counters at zero. */
export function createMetrics(): Metrics {
  const requests = counter(
    "tributary_requests_total",
    "Requests by outcome, without successful requests for health and metrics.",
  );
  const events = counter("tributary_events_total", "Vendor events of stored webhooks, by result.");
  /** The labels of a source, made once. */
  const known = new Map<string, string>();
  const labelsOf = ({ account = "", source = "" }: Ending): string => {
    const name = `${account}/${source}`;
    const labels = known.get(name) ?? `account="${escapeLabel(account)}",source="${escapeLabel(source)}"`;
    known.set(name, labels);
    return labels;
  };
  return {
    count: (ending) => {
      const labels = labelsOf(ending);
      requests.add(`${labels},outcome="${ending.outcome}"`, 1);
      if (ending.outcome !== "accepted") return;
      for (const result of RESULTS) events.add(`${labels},result="${result}"`, ending.tally[result]);
    },
    expose: () => requests.expose() + events.expose(),
  };
}

function counter(name: string, help: string) {
  const values = new Map<string, number>();
  return {
    add: (labels: string, amount: number): void => {
      values.set(labels, (values.get(labels) ?? 0) + amount);
    },
    expose: (): string => {
      const lines = Array.from(values, ([labels, value]) => `${name}{${labels}} ${value}\n`);
      return `# HELP ${name} ${help}\n# TYPE ${name} counter\n${lines.join("")}`;
    },
  };
}

/** Escapes the value of a label. */
export function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
