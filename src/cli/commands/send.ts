/**
 * `npm run send -- <source> <event>`: signs a fixture as its vendor would and posts it. Each time it is a new event.
 */
import { parseArgs } from "node:util";
import type { Source } from "../../config/model.ts";
import type { SignedRequest } from "../../contract/verify/verifier.ts";
import { findSource } from "../configuration.ts";
import { findFixture, fixtureNames } from "../fixtures.ts";
import { escaped, print, printJson, printProblem } from "../printer.ts";
import { toRequest } from "../recorded.ts";
import { type Answer, freshen, type Mischief, post, sign } from "../requests.ts";
import { LOCAL_ADDRESS } from "../workerd.ts";

const USAGE = "npm run send -- <source> <event> [--to URL] [--account A] [--tamper|--stale|--duplicate] [--json]";

const OPTIONS = {
  to: { type: "string" },
  account: { type: "string", default: "demo" },
  tamper: { type: "boolean", default: false },
  stale: { type: "boolean", default: false },
  duplicate: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
} as const;

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
  const [name, event] = positionals;
  const to = values.to ?? `http://${LOCAL_ADDRESS}:${process.env.PORT ?? 8787}`;
  if (!URL.canParse(to) || Number(values.tamper) + Number(values.stale) + Number(values.duplicate) > 1) return refuse(USAGE);
  if (name === undefined) return refuse(USAGE);
  const found = findSource(values.account, name);
  if (!found.ok) return refuse(found.problem);
  const { source } = found;
  const fixture = event === undefined ? null : findFixture(source.adapter.id, event);
  if (fixture === null) return refuse(`${USAGE}\n\n${eventsOf(source)}`);

  const now = Date.now();
  const mischief = values.tamper ? "tamper" : values.stale ? "stale" : undefined;
  const request = await sign(await freshen(toRequest(fixture, source), source, now), source, now, mischief);
  let wrong = 0;
  for (let count = values.duplicate ? 2 : 1; count > 0; count -= 1) {
    const answer = await post(request, values.account, name, to);
    if (answer === null) return refuse(`Nothing answers at ${to}. Start the Worker first: npm run dev`);
    if (values.json) printJson({ event: fixture.name, bytes: request.body.byteLength, ...answer }, "line");
    else print(lineOf(fixture.name, request, answer));
    if (!isAsWanted(answer, mischief)) wrong += 1;
  }
  return wrong === 0 ? 0 : 1;
}

function refuse(problem: string): number {
  printProblem(problem);
  return 2;
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
