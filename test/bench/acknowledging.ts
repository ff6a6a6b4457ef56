/**
 * How many webhooks are acknowledged, each verified and on disk before its 200. All contenders take the same webhooks, in rounds by turns, so that
 * whatever else the machine does slows all of them.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { load, type Speed } from "./client.ts";
import { type Contender, hasComparisons, startExpress, startFloor, startWorker } from "./contenders.ts";
import { type Figure, type Section, shown, type Table } from "./figures.ts";
import { processorTime, TELLS_TIME } from "./processor.ts";
import { KINDS, type Kind, NAMES, requestsOf } from "./samples.ts";
import { startSink } from "./sink.ts";
import { median } from "./statistics.ts";

const CONTENDERS = {
  worker: "Tributary",
  group: "floor, group commit",
  single: "floor, a commit each",
  durable: "Express, SQLite",
  handing: "Express, in memory",
} as const;

type Name = keyof typeof CONTENDERS;

/** Connections, and how many webhooks a round sends over them. */
const LOADS: Readonly<Record<Kind, readonly (readonly [connections: number, webhooks: number])[]>> = {
  stripe: [
    [1, 500],
    [16, 2_000],
    [64, 2_000],
  ],
  shopify: [
    [1, 300],
    [16, 1_000],
    [64, 1_000],
  ],
  sendgrid: [
    [1, 50],
    [16, 200],
    [64, 200],
  ],
};

/** Webhooks ahead of the first round: a server runs for hours, compiled by then, and compiling takes one of the two processors. */
const WARM_UP: Readonly<Record<Kind, number>> = { stripe: 5_000, shopify: 2_000, sendgrid: 500 };

/** What was measured of one contender, kind and number of connections: one of each round. */
interface Measured {
  readonly speeds: Speed[];
  /** Microseconds of the processor for a webhook. */
  readonly costs: number[];
}

/** Measures acknowledging. @param isQuick two rounds of the first kind alone */
export async function acknowledging(file: string, directory: string, isQuick: boolean): Promise<Section> {
  const sink = await startSink();
  const contenders = await startAll(file, directory, sink.host);
  const kinds = isQuick ? KINDS.slice(0, 1) : KINDS;
  const results = new Map<string, Measured>();
  try {
    for (const [, contender] of contenders) for (const kind of kinds) await one(contender, kind, 16, WARM_UP[kind]);
    for (const kind of kinds) {
      for (let round = 0; round < roundsOf(kind, isQuick); round += 1) {
        for (const [connections, webhooks] of LOADS[kind]) {
          for (const [name, contender] of byTurns(contenders, round)) {
            const key = keyOf(kind, connections, name);
            const measured = results.get(key) ?? { speeds: [], costs: [] };
            results.set(key, measured);
            const { speed, cost } = await one(contender, kind, connections, webhooks);
            measured.speeds.push(speed);
            if (cost !== null) measured.costs.push(cost);
          }
        }
      }
    }
  } finally {
    for (const [, { server }] of contenders) await server.stop();
    sink.stop();
  }
  const names = contenders.map(([name]) => name);
  return {
    title: "Acknowledging",
    how: "Webhooks that are verified and on disk before their 200, nothing delivered meanwhile. Medians of rounds by turns; client and server share the machine.",
    tables: kinds.map((kind) => tableOf(kind, names, results)),
    figures: figuresOf(kinds, names, results),
    ...(hasComparisons() ? {} : { notes: ["The comparisons with Express are missing: npm ci --prefix test/bench/comparisons"] }),
  };
}

function roundsOf(kind: Kind, isQuick: boolean): number {
  if (isQuick) return 2;
  return kind === "stripe" ? 5 : 3;
}

async function startAll(file: string, directory: string, destination: string): Promise<readonly (readonly [Name, Contender])[]> {
  const folder = (name: Name) => {
    mkdirSync(join(directory, name), { recursive: true });
    return join(directory, name, "state");
  };
  const workers: readonly (readonly [Name, Contender])[] = [
    ["worker", await startWorker({ file, state: folder("worker") })],
    ["group", await startFloor(folder("group"), true)],
    ["single", await startFloor(folder("single"), false)],
  ];
  if (!hasComparisons()) return workers;
  return [
    ...workers,
    ["durable", await startExpress("durable", folder("durable"))],
    ["handing", await startExpress("handing", folder("handing"), `http://${destination}`)],
  ];
}

/** Who is first changes from round to round. */
function byTurns<Item>(items: readonly Item[], round: number): readonly Item[] {
  const first = round % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}

async function one({ server, path }: Contender, kind: Kind, connections: number, webhooks: number) {
  const requests = requestsOf(kind, webhooks, () => path(kind));
  const before = TELLS_TIME ? processorTime(server.pid) : null;
  const speed = await load(server.port, requests, connections);
  const cost = before === null ? null : ((processorTime(server.pid) - before) * 1_000) / webhooks;
  return { speed, cost };
}

function keyOf(kind: Kind, connections: number, name: Name): string {
  return `${kind} ${connections} ${name}`;
}

function tableOf(kind: Kind, names: readonly Name[], results: ReadonlyMap<string, Measured>): Table {
  const head = [NAMES[kind], ...names.map((name) => CONTENDERS[name])];
  const rows = LOADS[kind].flatMap(([connections]) => {
    const cells = (show: (measured: Measured) => string) =>
      names.map((name) => show(results.get(keyOf(kind, connections, name)) ?? { speeds: [], costs: [] }));
    const label = `${connections} connection${connections === 1 ? "" : "s"}`;
    return [
      [`${label}: a second`, ...cells(({ speeds }) => shown(median(speeds.map(({ perSecond }) => perSecond))))],
      [
        `${label}: ms (p50, p99)`,
        ...cells(
          ({ speeds }) => `${shown(median(speeds.map(({ p50 }) => p50)))}, ${shown(median(speeds.map(({ p99 }) => p99)))}`,
        ),
      ],
      [`${label}: µs of the processor`, ...cells(({ costs }) => (costs.length === 0 ? "" : shown(median(costs))))],
    ];
  });
  return [head, ...rows];
}

function figuresOf(kinds: readonly Kind[], names: readonly Name[], results: ReadonlyMap<string, Measured>): readonly Figure[] {
  const rate = (kind: Kind, connections: number, name: Name) =>
    median((results.get(keyOf(kind, connections, name))?.speeds ?? []).map(({ perSecond }) => perSecond));
  const cost = (kind: Kind, name: Name) => median(results.get(keyOf(kind, 16, name))?.costs ?? []);
  const ratio = (kind: Kind, connections: number, other: Name) =>
    rate(kind, connections, "worker") / rate(kind, connections, other);
  const figures: Figure[] = [];
  for (const kind of kinds) {
    const of = `${NAMES[kind]}: acknowledged`;
    const id = `ack.${kind}`;
    figures.push(
      {
        id: `${id}.1.floor`,
        name: `${of}, 1 connection, to the floor with a commit each`,
        value: ratio(kind, 1, "single"),
        unit: "",
        goal: { atLeast: 0.7 },
      },
      {
        id: `${id}.16.floor`,
        name: `${of}, 16 connections, to the floor`,
        value: ratio(kind, 16, "group"),
        unit: "",
        goal: { atLeast: 0.85 },
      },
      {
        id: `${id}.64.floor`,
        name: `${of}, 64 connections, to the floor`,
        value: ratio(kind, 64, "group"),
        unit: "",
        goal: { atLeast: 0.85 },
      },
    );
    if (names.includes("durable")) {
      figures.push(
        {
          id: `${id}.16.express`,
          name: `${of}, 16 connections, to Express with SQLite`,
          value: ratio(kind, 16, "durable"),
          unit: "",
          goal: { atLeast: 1 },
        },
        {
          id: `${id}.64.express`,
          name: `${of}, 64 connections, to Express with SQLite`,
          value: ratio(kind, 64, "durable"),
          unit: "",
          goal: { atLeast: 1.25 },
        },
      );
    }
    if (TELLS_TIME)
      figures.push({
        id: `cpu.${kind}`,
        name: `${NAMES[kind]}: processor's time, to the floor's`,
        value: cost(kind, "worker") / cost(kind, "group"),
        unit: "",
        goal: { atMost: 1.3 },
      });
  }
  return figures;
}
