/**
 * Metrics as text.
 * @see https://prometheus.io/docs/specs/om/open_metrics_spec/
 */

/** The content type of the exposition. */
export const EXPOSITION_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/** The last line of an exposition. */
export const END = "# EOF\n";

/** The labels of a sample, by name. */
export type Labels = Readonly<Record<string, string>>;

/** A metric, and what is known of it. */
export interface Family {
  /** Of a counter without `_total`; with the unit at its end, if it has one. */
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly unit?: "seconds" | "bytes" | "calls";
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** A value of a metric; of a histogram all its values. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number | Histogram;
}

/** Values, counted by size. */
export interface Histogram {
  /** How many values are at most as large as each bound, and larger than the one before; at the end those beyond. */
  readonly counts: readonly number[];
  readonly bounds: readonly number[];
  readonly sum: number;
}

/** A family as text. One without samples is not written. */
export function render({ name, type, unit, help, samples }: Family): string {
  if (samples.length === 0) return "";
  const described = unit === undefined ? "" : `# UNIT ${name} ${unit}\n`;
  const lines = samples.flatMap(({ labels, value }) => {
    if (typeof value !== "number") return linesOf(name, labels, value);
    return [`${name}${type === "counter" ? "_total" : ""}${written(labels)} ${value}\n`];
  });
  return `# TYPE ${name} ${type}\n${described}# HELP ${name} ${escapeLabel(help)}\n${lines.join("")}`;
}

function linesOf(name: string, labels: Labels, { counts, bounds, sum }: Histogram): readonly string[] {
  let count = 0;
  const buckets = [...bounds.map((bound) => decimal(bound)), "+Inf"].map((le, index) => {
    count += counts[index] ?? 0;
    return `${name}_bucket${written({ ...labels, le })} ${count}\n`;
  });
  return [...buckets, `${name}_sum${written(labels)} ${sum}\n`, `${name}_count${written(labels)} ${count}\n`];
}

/** Bounds are floating-point numbers: `1.0`. */
function decimal(bound: number): string {
  return Number.isInteger(bound) ? `${bound}.0` : String(bound);
}

function written(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

/** Escapes the value of a label. */
function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
