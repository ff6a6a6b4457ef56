/**
 * One webhook of many events, through plain workerd: how long its sender waits, and how long until all of it has left. Ten times the events must
 * not take much more than ten times as long.
 */
import { randomInt } from "node:crypto";
import * as z from "zod";
import { findSource } from "../../src/cli/configuration.ts";
import { post, sign } from "../../src/cli/requests.ts";
import { LOCAL_ADDRESS } from "../../src/cli/workerd.ts";
import { pause } from "../faults/load.ts";
import { type Bundles, type Stage, startStage } from "../faults/stage.ts";
import { ACCOUNT } from "../faults/webhooks.ts";
import { type Section, shown } from "./figures.ts";

const FEW = 600;
const MANY = 6_000;

/** What becomes of the events of one batch. */
const KINDS = {
  "left out": { source: "sendgrid", item: opened },
  delivered: { source: "auth0", item: (id: string) => changed(id, `auth0|${id}`) },
  dead: { source: "auth0", item: (id: string) => changed(id, "") },
  "cannot be read": { source: "auth0", item: (id: string) => ({ log_id: id, data: { type: "scp" } }) },
} as const;

const health = z.object({
  oldestPending: z.number().nullable(),
  sources: z.record(z.string(), z.object({ pending: z.number() })),
});

/** What batches cost. */
export async function batches(bundles: Bundles): Promise<Section> {
  const rows: string[][] = [];
  let worst = 0;
  const stage = await startStage(bundles, {}, 1);
  for (const kind of ["left out", "delivered", "dead", "cannot be read"] as const) {
    // The first of a kind loads its adapter.
    await one(stage, kind, 10);
    const few = await one(stage, kind, FEW);
    const many = await one(stage, kind, MANY);
    worst = Math.max(worst, many.ended / few.ended);
    for (const [count, { acknowledged, ended, bytes }] of [
      [FEW, few],
      [MANY, many],
    ] as const)
      rows.push([`${shown(count)} events that are ${kind}`, shown(acknowledged), shown(ended), shown(bytes / 1024)]);
  }
  await stage.end();
  return {
    title: "One webhook of many events",
    how: "Until it is acknowledged, and until all of it has ended. Ten times the events must not take much more than ten times as long.",
    tables: [[["", "acknowledged, ms", "ended, ms", "KB"], ...rows]],
    figures: [
      {
        id: "batch",
        name: "Ten times the events in one webhook, time until all have ended",
        value: worst,
        unit: "times",
        goal: { atMost: 15 },
      },
    ],
  };
}

interface Times {
  /** Milliseconds. */
  readonly acknowledged: number;
  readonly ended: number;
  readonly bytes: number;
}

async function one(stage: Stage, kind: keyof typeof KINDS, count: number): Promise<Times> {
  const { source: name, item } = KINDS[kind];
  const found = findSource(ACCOUNT, name);
  if (!found.ok) throw new Error(found.problem);
  const body = new TextEncoder().encode(
    JSON.stringify(Array.from({ length: count }, (_, index) => item(`${randomInt(1e9)}${index}`))),
  );
  const headers = new Headers({ "content-type": "application/json" });
  const query = new URLSearchParams();
  const request = await sign({ method: "POST", url: "", headers, query, pathToken: null, body }, found.source, Date.now());
  const begun = performance.now();
  const answer = await post(request, ACCOUNT, name, `http://${LOCAL_ADDRESS}:${stage.port()}`);
  const acknowledged = performance.now() - begun;
  if (answer?.status !== 200) throw new Error(`answered ${answer?.status}: ${answer?.text}`);
  for (;;) {
    const { oldestPending, sources } = health.parse(await stage.ask(""));
    if (oldestPending === null && Object.values(sources).every(({ pending }) => pending === 0)) break;
    await pause(20);
  }
  return { acknowledged, ended: performance.now() - begun, bytes: body.byteLength };
}

/** As long as SendGrid's own. */
function opened(id: string): object {
  const email = `person${id}@example.com`;
  return { email, timestamp: Math.floor(Date.now() / 1000), event: "open", sg_event_id: `sg${id}`, sg_message_id: id };
}

function changed(id: string, user: string): object {
  const date = new Date().toISOString();
  return { log_id: id, data: { date, type: "scp", client_id: "c1", user_id: user, user_name: `p${id}@example.com` } };
}
