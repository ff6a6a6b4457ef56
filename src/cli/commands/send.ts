/**
 * `npm run send -- <source> <event>`: signs a fixture as its vendor would and posts it. Each time it is a new event.
 */
import type { Source } from "../../config/model.ts";
import type { SignedRequest } from "../../contract/verify/verifier.ts";
import { defineCommand } from "../command.ts";
import { EXAMPLE_EVENT, EXAMPLE_SOURCE } from "../examples.ts";
import { type Exit, exitOfStatus, fail } from "../exit-codes.ts";
import { findFixture, fixtureNames } from "../fixtures.ts";
import { didYouMean } from "../nearest.ts";
import { escaped, print, printJson } from "../printer.ts";
import { toRequest } from "../recorded.ts";
import { type Answer, freshen, type Mischief, post, sign } from "../requests.ts";
import { LOCAL_ADDRESS } from "../workerd.ts";

export const command = defineCommand({
  name: "send",
  group: "Try it",
  summary: "Sign a sample as its vendor would, and post it",
  usage: { "<source> <event>": "", "<source>": "Lists the events that there are samples of." },
  notes: ["Each time it is a new event: its ids and times are fresh."],
  options: {
    to: { type: "string", value: "URL", description: "The Worker; the local one unless said otherwise." },
    account: { type: "string", value: "NAME", default: "demo", description: "The account." },
    env: { type: "string", value: "us|eu", description: "The environment of wrangler.toml that has the account." },
    tamper: { type: "boolean", default: false, description: "Change the body after signing: the Worker must answer 401." },
    stale: { type: "boolean", default: false, description: "Sign with an old time: the Worker must answer 401." },
    duplicate: { type: "boolean", default: false, description: "Post it twice: the second is recognised." },
    json: { type: "boolean", default: false, description: "Print each answer as one line of JSON." },
  },
  environment: {
    PORT: "The port of the local Worker. Default: 8787.",
    "<ACCOUNT>_<SOURCE>_SECRET": "The secret to sign with; that of .dev.vars or of the demo unless said otherwise.",
  },
  examples: {
    [`${EXAMPLE_SOURCE} ${EXAMPLE_EVENT}`]: "Posts one to a running npm run dev.",
    [`${EXAMPLE_SOURCE} ${EXAMPLE_EVENT} --tamper`]: "A forged one: 401 is the right answer.",
    [`${EXAMPLE_SOURCE} ${EXAMPLE_EVENT} --account demo-eu`]: "To the account in the EU.",
  },
  run: async ({ values, positionals, misuse }) => {
    const [name, event, ...rest] = positionals;
    const to = values.to ?? `http://${LOCAL_ADDRESS}:${process.env.PORT ?? 8787}`;
    if (!URL.canParse(to)) return misuse(`${to} is not a URL.`);
    if (Number(values.tamper) + Number(values.stale) + Number(values.duplicate) > 1)
      return misuse("At most one of --tamper, --stale and --duplicate.");
    if (name === undefined) return misuse("Which source?");
    if (rest.length > 0) return misuse("One event at a time.");
    // It loads every adapter: only where it is needed.
    const { findSource } = await import("../configuration.ts");
    const found = findSource(values.account, name, values.env ?? null);
    if (!found.ok) return fail("usage", found.problem);
    const { source } = found;
    const fixture = event === undefined ? null : findFixture(source.adapter.id, event);
    if (fixture === null) return misuse(`${eventProblem(source, event)}\n${eventsOf(source)}`);

    const now = Date.now();
    const mischief = values.tamper ? "tamper" : values.stale ? "stale" : undefined;
    const request = await sign(await freshen(toRequest(fixture, source), source, now), source, now, mischief);
    let exit: Exit = "ok";
    for (let count = values.duplicate ? 2 : 1; count > 0; count -= 1) {
      const answer = await post(request, values.account, name, to);
      if (answer === null) return fail("not reachable", `Nothing answers at ${to}. Start the Worker first: npm run dev`);
      if (values.json) printJson({ event: fixture.name, bytes: request.body.byteLength, ...answer }, "line");
      else print(lineOf(fixture.name, request, answer));
      if (!isAsWanted(answer, mischief)) exit = exitOfStatus(answer.status);
    }
    return exit;
  },
});

function eventProblem({ adapter }: Source, event: string | undefined): string {
  if (event === undefined) return "Which event?";
  return `There is no sample of "${event}".${didYouMean(event.replaceAll("/", "_"), fixtureNames(adapter.id))}`;
}

function eventsOf({ name, adapter }: Source): string {
  const names = fixtureNames(adapter.id);
  return names.length === 0
    ? `There are no samples in test/fixtures/${adapter.id}.`
    : `Events of ${name}:\n  ${names.join("\n  ")}`;
}

function isAsWanted({ status }: Answer, mischief: Mischief | undefined): boolean {
  return mischief === undefined ? status >= 200 && status < 300 : status === 401;
}

function lineOf(event: string, request: SignedRequest, { url, status, text }: Answer): string {
  const time = new Date().toISOString().slice(0, 19).replace("T", " ");
  return `${time}  ${event}  ${request.body.byteLength} bytes  -> ${url}  [${status}]  ${escaped(text)}`;
}
