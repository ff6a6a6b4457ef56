/**
 * A running `npm run dev`, and webhooks for it.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { findDemoSource } from "../../src/cli/configuration.ts";
import { type Answer, post, sign } from "../../src/cli/requests.ts";
import { changed, sampleOf } from "../../src/cli/samples.ts";
import type { Source } from "../../src/config/model.ts";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";

/** The token of the operator. */
export const TOKEN = "browser-suite-token-of-more-than-32-characters";

/** A local run. */
export interface LocalRun {
  readonly worker: string;
  readonly sandbox: string;
  stop(): Promise<void>;
}

/** Starts it on free ports. @throws Error where it ends before it serves */
export async function startRun(): Promise<LocalRun> {
  const main = new URL("../../src/cli/main.mjs", import.meta.url).pathname;
  const child = spawn(process.execPath, [main, "dev", "--json"], {
    env: { ...process.env, PORT: "0", SANDBOX_PORT: "0", ADMIN_TOKEN: TOKEN, HOLD_UNKNOWN: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const urls = new Promise<{ worker: string; sandbox: string }>((settle) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const { urls } = JSON.parse(line);
      if (urls !== undefined) settle(urls);
    });
  });
  const started = await Promise.race([urls, ended.then(() => null)]);
  if (started === null) throw new Error("npm run dev ended before it served");
  return {
    ...started,
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

function sourceNamed(name: string): Source {
  const found = findDemoSource("demo", name);
  if (!found.ok) throw new Error(found.problem);
  return found.source;
}

/** Posts a sample of a source of the account `demo`, as a new event. @param values what is set in its body, by path */
export async function sendSample(
  { worker }: LocalRun,
  name: string,
  event: string,
  values: Readonly<Record<string, string>> = {},
): Promise<Answer | null> {
  const source = sourceNamed(name);
  const found = sampleOf(source, event);
  if (!found.ok) throw new Error(found.problem);
  const { request } = found.sample;
  let text = new TextDecoder().decode(request.body);
  for (const [from, to] of Object.entries(values)) {
    if (!text.includes(from)) throw new Error(`the sample ${event} has no ${from}`);
    text = text.replaceAll(from, to);
  }
  const sample = { name: event, request: { ...request, body: utf8Bytes(text) } };
  const fresh = await changed(sample, source, { headers: {}, query: {}, settings: [], isFresh: true }, Date.now());
  if (!fresh.ok) throw new Error(fresh.problem);
  return post(await sign(fresh.sample.request, source, Date.now()), "demo", name, worker);
}

/** Posts a body of JSON, signed as the source's vendor would. */
export async function sendBody({ worker }: LocalRun, name: string, body: unknown): Promise<Answer | null> {
  const source = sourceNamed(name);
  const headers = new Headers({ "content-type": "application/json" });
  const bytes = utf8Bytes(JSON.stringify(body));
  const request = {
    method: "POST",
    url: source.publicUrl ?? "",
    headers,
    query: new URLSearchParams(),
    pathToken: null,
    body: bytes,
  };
  return post(await sign(request, source, Date.now()), "demo", name, worker);
}

/** Makes the sandbox refuse what holds a text, or nothing any more. */
export async function refuse({ sandbox }: LocalRun, match: string | null): Promise<void> {
  const request: RequestInit =
    match === null
      ? { method: "DELETE" }
      : {
          method: "PUT",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ status: 400, match }),
        };
  const { ok, status } = await fetch(`${sandbox}/_sandbox/faults`, request);
  if (!ok) throw new Error(`the sandbox answered ${status}`);
}

/** What the API says of the account. */
export async function api({ worker }: LocalRun, path: string): Promise<unknown> {
  const answer = await fetch(`${worker}/api/v1/accounts/demo${path}`, { headers: { authorization: `Bearer ${TOKEN}` } });
  return answer.json();
}
