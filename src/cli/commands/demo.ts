/**
 * `npm run demo`: the whole way once. Signed webhooks of several vendors go to a Worker on this machine, and what Customer.io would have
 * received is read from the sandbox.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { counted } from "../../contract/counted.ts";
import { translateWebhook } from "../../translate/webhook.ts";
import { demoAccounts } from "../accounts.ts";
import { defineCommand } from "../command.ts";
import { ADA, lateIdentities, peopleIn, wrongWithAda } from "../demo-people.ts";
import { fail } from "../exit-codes.ts";
import { findFixture } from "../fixtures.ts";
import { type Local, startLocal } from "../local.ts";
import { print } from "../printer.ts";
import { toRequest, toStored } from "../recorded.ts";
import { freshen, post, sign } from "../requests.ts";
import { type ReceivedCall, receivedCalls } from "../sandbox-calls.ts";
import { localSecrets } from "../secrets.ts";
import { alignColumns } from "../table.ts";

/** One webhook of the story, and how it must end. */
interface Scene {
  readonly account: string;
  readonly source: string;
  readonly event: string;
  readonly ending: "accepted" | "duplicate" | "refused";
  /** An address of the sample, and the one that stands in its place. */
  readonly address?: readonly [from: string, to: string];
}

const STORY: readonly Scene[] = [
  { account: "demo", source: "stripe", event: "customer.subscription.created", ending: "accepted" },
  { account: "demo", source: "stripe", event: "customer.created", ending: "accepted" },
  { account: "demo", source: "stripe", event: "invoice.paid", ending: "accepted" },
  { account: "demo", source: "stripe", event: "invoice.paid", ending: "duplicate" },
  { account: "demo", source: "stripe", event: "invoice.paid", ending: "refused" },
  { account: "demo", source: "clerk", event: "user.created", ending: "accepted" },
  { account: "demo", source: "intercom", event: "contact.unsubscribed", ending: "accepted" },
  // A guest types her address, and ticks the box for promotions.
  {
    account: "demo",
    source: "stripe",
    event: "checkout.session.completed",
    ending: "accepted",
    address: ["zoe@example.org", ADA.email],
  },
  { account: "demo", source: "shopify", event: "checkouts/create", ending: "accepted" },
  { account: "demo-eu", source: "shopify", event: "customers/create", ending: "accepted" },
  { account: "demo-eu", source: "shopify", event: "customers_email_marketing_consent/update", ending: "accepted" },
  { account: "demo-eu", source: "shopify", event: "orders/create", ending: "accepted" },
  { account: "demo-eu", source: "shopify", event: "orders/fulfilled", ending: "accepted" },
  { account: "demo-eu", source: "stripe", event: "checkout.session.completed", ending: "accepted" },
];

/** What the people show if all is well: a late lead who is the right customer, and an opt-out that holds. */
const HER_STORY = [
  `${ADA.email} paid before signing up with Clerk: one person, ${ADA.userId}, has the sign-up and the payments.`,
  "She opted out in Intercom. A guest's checkout under her address asks for e-mails all the same: she stays opted out.",
];

/** How each ending looks to the vendor. */
const ENDINGS = {
  accepted: { title: "accepted", status: 200, tally: { accepted: 1, duplicate: 0 } },
  duplicate: { title: "sent again: known", status: 200, tally: { accepted: 0, duplicate: 1 } },
  refused: { title: "forged: refused", status: 401, tally: null },
} as const;

const tally = z.object({ accepted: z.number(), duplicate: z.number() });

/** A scene as it was played. */
interface Played extends Scene {
  readonly vendor: string;
  readonly region: string;
  readonly status: number;
  /** The ids of all calls that it may become. */
  readonly ids: readonly string[];
  /** Of these, the ones that must arrive: an identify is left out where it tells nothing new. */
  readonly expected: readonly string[];
  /** What went otherwise than it should. */
  readonly problem: string | null;
}

export const command = defineCommand({
  name: "demo",
  group: "Try it",
  summary: "Run everything once and show what Customer.io would get",
  usage: { "": "" },
  notes: [
    "It starts the Worker and a sandbox on this machine, sends signed samples, and stops both. Nothing reaches Customer.io.",
  ],
  options: {},
  examples: { "": "Takes a few seconds, and needs no account, no secret and no network." },
  run: async ({ positionals, misuse }) => {
    if (positionals.length > 0) return misuse("It takes no arguments.");
    print("Starting a Worker, and a sandbox in place of Customer.io, on this machine …\n");
    const directory = mkdtempSync(join(tmpdir(), "tributary-demo-"));
    const lines: string[] = [];
    try {
      const start = await startLocal({
        ports: { worker: 0, sandbox: 0 },
        directory,
        accounts: () => ({ ok: true, accounts: demoAccounts() }),
        secrets: () => ({ ...localSecrets(), HOLD_UNKNOWN: "0" }),
        print: (role, line) => lines.push(`${role}: ${line}`),
      });
      if (!start.ok) return fail("failed", start.problem);
      const problems = await play(start.local).finally(() => start.local.stop());
      if (problems.length === 0) return "ok";
      const told = ["\nThis is not as it should be:", ...problems, "", "The Worker and the sandbox said:", ...lines];
      return fail("failed", told.join("\n"));
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
});

/** @returns what went otherwise than it should */
async function play({ urls }: Local): Promise<readonly string[]> {
  const started = Date.now();
  const played: Played[] = [];
  let previous: Sent | null = null;
  for (const scene of STORY) {
    previous = await playScene(scene, urls.worker, previous);
    played.push(previous.played);
  }
  const calls = await receivedCalls(
    urls.sandbox,
    played.flatMap((scene) => scene.expected),
  );

  const people = await peopleIn(urls.sandbox);
  const late = lateIdentities(people, calls);
  const wrong = wrongWithAda(people);
  const told = [...late, ...(wrong === null ? HER_STORY : [])];
  print(tableOf(played, calls).join("\n"));
  print(summaryOf(played, calls, Date.now() - started, told));
  return [
    ...played.flatMap(({ problem }) => (problem === null ? [] : [problem])),
    ...strays(played, calls),
    ...(late.length > 0 ? [] : ["what left before its person was known was not tied to anybody"]),
    ...(wrong === null ? [] : [wrong]),
  ];
}

/** A scene and the request of it, which the next scene may send again or alter. */
interface Sent {
  readonly played: Played;
  readonly request: ReturnType<typeof toRequest>;
}

async function playScene(scene: Scene, worker: string, previous: Sent | null): Promise<Sent> {
  // It loads every adapter: only where it is needed.
  const { findDemoSource } = await import("../configuration.ts");
  const found = findDemoSource(scene.account, scene.source);
  if (!found.ok) throw new Error(found.problem);
  const { account, source } = found;
  const sample = findFixture(source.adapter.id, scene.event);
  if (sample === null) throw new Error(`there is no fixture of ${scene.event}`);
  const fixture = scene.address === undefined ? sample : { ...sample, text: sample.text.replaceAll(...scene.address) };
  const now = Date.now();
  const isNew = scene.ending === "accepted" || previous === null;
  const request = isNew ? await freshen(toRequest(fixture, source), source, now) : previous.request;
  const signed = await sign(request, source, now, scene.ending === "refused" ? "tamper" : undefined);
  const answer = await post(signed, scene.account, scene.source, worker);
  const outcomes = isNew ? await translateWebhook(await toStored(signed, source, now), source, account) : [];
  const made = outcomes.flatMap((outcome) => (outcome.kind === "calls" ? outcome.calls : []));
  const events = made.filter(({ type }) => type === "track");
  const isTold = outcomes.every(({ kind }) => kind === "calls") && answer !== null && isAsPlanned(scene, answer);
  return {
    request,
    played: {
      ...scene,
      vendor: source.adapter.name,
      region: account.region,
      status: answer?.status ?? 0,
      ids: made.map(({ messageId }) => messageId),
      expected: (events.length > 0 ? events : made).map(({ messageId }) => messageId),
      problem: isTold ? null : `${scene.source} ${scene.event} was answered [${answer?.status}] ${answer?.text}`,
    },
  };
}

function isAsPlanned({ ending }: Scene, answer: { readonly status: number; readonly text: string }): boolean {
  const { status, tally: wanted } = ENDINGS[ending];
  if (answer.status !== status) return false;
  if (wanted === null) return true;
  const counted = tally.parse(JSON.parse(answer.text));
  return counted.accepted === wanted.accepted && counted.duplicate === wanted.duplicate;
}

/** What should have arrived and did not, and what arrived in another region than the account's. */
function strays(played: readonly Played[], calls: readonly ReceivedCall[]): readonly string[] {
  return played.flatMap(({ source, event, region, ids, expected }) => {
    const arrived = calls.filter((call) => ids.includes(call.event.messageId));
    const missing = expected.filter((id) => !arrived.some((call) => call.event.messageId === id));
    const misplaced = arrived.filter((call) => call.region !== region);
    return [
      ...missing.map((id) => `${source} ${event}: its call ${id} did not arrive`),
      ...misplaced.map(
        (call) => `${source} ${event}: its call ${call.event.messageId} arrived in ${call.region}, not in ${region}`,
      ),
    ];
  });
}

function tableOf(played: readonly Played[], calls: readonly ReceivedCall[]): readonly string[] {
  const rows = played.flatMap(({ vendor, event, ending, status, ids }) => {
    const arrived = calls.filter((call) => ids.includes(call.event.messageId));
    const head = [vendor, event, `${status} ${ENDINGS[ending].title}`];
    const tails = arrived.map(({ region, event: call }) => [
      region.toUpperCase(),
      call.type,
      nameOf(call),
      call.userId ?? call.anonymousId ?? "",
    ]);
    return tails.length === 0
      ? [[...head, "-", "-", "-", "-"]]
      : tails.map((tail, index) => [...(index === 0 ? head : ["", "", ""]), ...tail]);
  });
  const known = new Set(played.flatMap(({ ids }) => ids));
  const own = calls
    .filter(({ event }) => !known.has(event.messageId))
    .map(({ region, event }) => [
      "(own)",
      "an identity came late",
      "",
      region.toUpperCase(),
      event.type,
      "ties both ids",
      event.userId ?? "",
    ]);
  const [titles = "", ...lines] = alignColumns([
    ["vendor", "webhook", "answer", "region", "call", "what", "person"],
    ...rows,
    ...own,
  ]);
  return [titles, "-".repeat(Math.max(...lines.map((line) => line.length))), ...lines];
}

function nameOf({ event, traits }: ReceivedCall["event"]): string {
  return event ?? `${Object.keys(traits ?? {}).length} traits`;
}

function summaryOf(
  played: readonly Played[],
  calls: readonly ReceivedCall[],
  milliseconds: number,
  late: readonly string[],
): string {
  const count = (ending: Scene["ending"]) => played.filter((scene) => scene.ending === ending).length;
  const people = new Set(calls.map(({ event }) => event.userId ?? event.anonymousId));
  const inRegion = (region: string) => calls.filter((call) => call.region === region).length;
  return `
${counted(played.length, "webhook")} in ${(milliseconds / 1000).toFixed(1)} s: ${count("accepted")} accepted, ${counted(count("duplicate"), "duplicate")} recognised, ${counted(count("refused"), "forged one")} refused with 401.
Customer.io would have received ${counted(calls.length, "call")} about ${counted(people.size, "person", "people")}, ${inRegion("us")} in the US and ${inRegion("eu")} in the EU.
${late.join("\n")}

To go on: npm run dev, and npx tributary send stripe invoice.paid in another terminal.`;
}
