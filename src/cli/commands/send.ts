/**
 * `npx tributary send <source> <event>`: signs a webhook as its vendor would and posts it. A sample is a new event each time.
 */
import { randomInt } from "node:crypto";
import { resolve } from "node:path";
import type { Source } from "../../config/model.ts";
import { counted } from "../../contract/counted.ts";
import { parseSetting } from "../body-values.ts";
import { mischiefFor, planStorm, runStorm, type Shot, type StormReport } from "../chaos.ts";
import { defineCommand, type Values } from "../command.ts";
import { EXAMPLE_EVENT, EXAMPLE_SOURCE } from "../examples.ts";
import { type Exit, exitOfStatus, fail } from "../exit-codes.ts";
import { pairs } from "../pairs.ts";
import { escaped, print, printJson, printProblem } from "../printer.ts";
import { TARGET_ENVIRONMENT, TARGET_OPTIONS, type Target, targetOf } from "../profiles.ts";
import { type Answer, type Mischief, post, sign } from "../requests.ts";
import { type Changes, changed, eventsOf, recordedSample, type Sample, sampleOf, samplesOf } from "../samples.ts";

const OPTIONS = {
  file: { type: "string", value: "FILE", description: "The body of a webhook of your own, byte for byte." },
  set: {
    type: "string",
    value: "PATH=V",
    multiple: true,
    description: "A value in the body before it is signed: data.object.amount=500, items[0].sku=A. May be repeated.",
  },
  header: { type: "string", value: "N:V", multiple: true, description: "A header. May be repeated." },
  query: { type: "string", value: "N=V", multiple: true, description: "A parameter of the URL. May be repeated." },
  fresh: { type: "boolean", default: false, description: "Make a new event of --file. Samples always become one." },
  tamper: { type: "boolean", default: false, description: "Change the body after signing: the Worker must answer 401." },
  stale: { type: "boolean", default: false, description: "Sign with an old time: the Worker must answer 401." },
  duplicate: { type: "boolean", default: false, description: "Post it twice: the second is recognised." },
  chaos: {
    type: "boolean",
    default: false,
    description: "A storm: duplicates, wrong order, tampered and stale copies, in bursts; then what went wrong.",
  },
  count: { type: "string", value: "N", default: "20", description: "Webhooks of a storm, each in several requests." },
  seed: { type: "string", value: "N", description: "The same storm again." },
  env: { type: "string", value: "us|eu", description: "The environment of wrangler.toml that has the account." },
  ...TARGET_OPTIONS,
  json: { type: "boolean", default: false, description: "Print each answer as one line of JSON." },
} as const;

type SendValues = Values<typeof OPTIONS>;

/** Webhooks of a storm at most. */
const MOST_WEBHOOKS = 10_000;

export const command = defineCommand({
  name: "send",
  group: "Try it",
  summary: "Sign a webhook as its vendor would, and post it",
  usage: {
    "<source> <event>": "A sample of this event. Each time it is a new event: its ids and times are fresh.",
    "<source> --file FILE": "A webhook of your own.",
    "<source> [event] --chaos": "Many, of all events unless one is named.",
    "<source>": "Lists the events that there are samples of.",
  },
  options: OPTIONS,
  environment: {
    "<ACCOUNT>_<SOURCE>_SECRET": "The secret to sign with; that of .dev.vars or of the demo unless said otherwise.",
    ...TARGET_ENVIRONMENT,
  },
  examples: {
    [`${EXAMPLE_SOURCE} ${EXAMPLE_EVENT}`]: "Posts one to a running npm run dev.",
    [`${EXAMPLE_SOURCE} ${EXAMPLE_EVENT} --set data.object.amount_paid=500`]: "With another value.",
    [`${EXAMPLE_SOURCE} --file webhook.json --tamper`]: "A forged one: 401 is the right answer.",
    [`${EXAMPLE_SOURCE} --chaos --count 200`]: "Ends with 1 if an event is lost, counted twice, or taken although forged.",
    [`${EXAMPLE_SOURCE} ${EXAMPLE_EVENT} --account demo-eu`]: "To the account in the EU.",
  },
  run: async ({ values, positionals, misuse }) => {
    const [name, event, ...rest] = positionals;
    const target = targetOf(values);
    if (!target.ok) return misuse(target.problem);
    if ([values.tamper, values.stale, values.duplicate, values.chaos].filter(Boolean).length > 1)
      return misuse("At most one of --tamper, --stale, --duplicate and --chaos.");
    if (name === undefined) return misuse("Which source?");
    if (rest.length > 0) return misuse("One event at a time.");
    if (values.file !== undefined && (event !== undefined || values.chaos)) return misuse("--file is the one webhook to send.");
    const headers = pairs(values.header ?? [], ":");
    const query = pairs(values.query ?? [], "=");
    if (headers === null) return misuse("--header takes a name and a value: --header 'X-Topic: orders/create'");
    if (query === null) return misuse("--query takes a name and a value: --query topic=orders");
    const settings = (values.set ?? []).map((text) => ({ text, setting: parseSetting(text) }));
    const wrong = settings.find(({ setting }) => setting === null);
    if (wrong !== undefined) return misuse(`--set ${wrong.text}: it takes a path and a value: --set data.object.amount=500`);
    // It loads every adapter: only where it is needed.
    const { findSource } = await import("../configuration.ts");
    const found = findSource(target.target.account, name, values.env ?? null);
    if (!found.ok) return fail("usage", found.problem);
    const { source } = found;
    const changes: Changes = {
      headers,
      query,
      settings: settings.flatMap(({ setting }) => setting ?? []),
      isFresh: values.file === undefined || values.fresh,
    };
    const sending: Sending = { values, source, changes, name, target: target.target };
    if (values.chaos) {
      const one = event === undefined ? null : sampleOf(source, event);
      if (one !== null && !one.ok) return misuse(one.problem);
      return unleash(sending, one === null ? samplesOf(source) : [one.sample], misuse);
    }
    if (values.file === undefined && event === undefined) return misuse(`Which event?\n${eventsOf(source)}`);
    const sample =
      values.file === undefined
        ? sampleOf(source, event ?? "")
        : recordedSample(source, resolve(process.env.INIT_CWD ?? process.cwd(), values.file));
    if (!sample.ok) return misuse(sample.problem);
    const { needs = [] } = sample.sample;
    if (needs.length > 0)
      printProblem(`This sample is of a source that sets ${needs.join(", ")}; without, it may end otherwise.`);
    return send(sending, sample.sample);
  },
});

/** What is sent, and where to. */
interface Sending {
  readonly values: SendValues;
  readonly source: Source;
  readonly changes: Changes;
  readonly name: string;
  readonly target: Target;
}

async function send({ values, source, changes, name, target }: Sending, sample: Sample): Promise<Exit> {
  const now = Date.now();
  const mischief = values.tamper ? "tamper" : values.stale ? "stale" : undefined;
  const prepared = await changed(sample, source, changes, now);
  if (!prepared.ok) return fail("usage", prepared.problem);
  const request = await sign(prepared.sample.request, source, now, mischief);
  let exit: Exit = "ok";
  for (let count = values.duplicate ? 2 : 1; count > 0; count -= 1) {
    const answer = await post(request, target.account, name, target.url);
    if (answer === null) return nobody(target);
    if (values.json) printJson({ event: sample.name, bytes: request.body.byteLength, ...answer }, "line");
    else print(lineOf(sample.name, request.body.byteLength, answer));
    if (!isAsWanted(answer, mischief)) exit = exitOfStatus(answer.status);
  }
  return exit;
}

async function unleash(sending: Sending, samples: readonly Sample[], misuse: (problem: string) => Exit): Promise<Exit> {
  const { values, source, changes, name, target } = sending;
  const count = Number(values.count);
  const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed);
  if (!Number.isSafeInteger(count) || count < 1 || count > MOST_WEBHOOKS)
    return misuse(`--count is a number from 1 to ${MOST_WEBHOOKS}.`);
  if (!Number.isSafeInteger(seed) || seed < 0) return misuse("--seed is a whole number.");
  const webhooks: Sample[] = [];
  for (let index = 0; index < count; index += 1) {
    // Few are spread over all events.
    const place = count < samples.length ? Math.floor((index * samples.length) / count) : index % samples.length;
    const sample = samples[place];
    if (sample === undefined) return fail("usage", `There are no samples of ${name}.`);
    const prepared = await changed(sample, source, changes, Date.now());
    if (!prepared.ok) return fail("usage", prepared.problem);
    webhooks.push(prepared.sample);
  }
  const [first] = webhooks;
  const allowed = first === undefined ? [] : await mischiefFor(first.request, source, Date.now());
  const shoot = async ({ webhook, mischief }: Shot): Promise<Answer | null> => {
    const request = webhooks[webhook]?.request;
    if (request === undefined) throw new Error("a storm has a webhook that there is not");
    return post(await sign(request, source, Date.now(), mischief ?? undefined), target.account, name, target.url);
  };
  const storm = planStorm(count, allowed, seed);
  const report = await runStorm(
    storm,
    webhooks.map((webhook) => webhook.name),
    shoot,
  );
  if (report === null) return nobody(target);
  if (values.json) printJson({ seed, webhooks: count, ...report }, "line");
  else tell(report, seed, count);
  return report.problems.length === 0 ? "ok" : "failed";
}

function tell({ requests, largest, accepted, ignored, duplicates, refused, problems }: StormReport, seed: number, count: number) {
  print(`${counted(count, "webhook")} in ${counted(requests, "request")}, up to ${largest} at once, in the wrong order.
The same again: --seed ${seed} --count ${count}
  ${accepted} accepted, each once
  ${ignored} ignored
  ${counted(duplicates, "duplicate")} recognised
  ${refused.tamper} tampered with and refused
  ${refused.stale} stale and refused`);
  for (const problem of problems) printProblem(escaped(problem));
  if (problems.length === 0) print("All is as it should be.");
}

function nobody({ url }: Target): Exit {
  return fail("not reachable", `Nothing answers at ${url}. Start the Worker first: npm run dev`);
}

function isAsWanted({ status }: Answer, mischief: Mischief | undefined): boolean {
  return mischief === undefined ? status >= 200 && status < 300 : status === 401;
}

function lineOf(event: string, bytes: number, { url, status, text }: Answer): string {
  const time = new Date().toISOString().slice(0, 19).replace("T", " ");
  return `${time}  ${event}  ${bytes} bytes  -> ${url}  [${status}]  ${escaped(text)}`;
}
