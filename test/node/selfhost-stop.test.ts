/**
 * How a self-hosted Worker ends when it is told to, as systemd and Docker do it: what was accepted is kept, and what is under way is answered.
 */
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { findSource } from "../../src/cli/configuration.ts";
import { findFixture } from "../../src/cli/fixtures.ts";
import { toRequest } from "../../src/cli/recorded.ts";
import { freshen, post, sign } from "../../src/cli/requests.ts";
import type { SignedRequest } from "../../src/contract/verify/verifier.ts";
import { endAll, startProcess } from "./command-line.ts";
import { copyProject } from "./project-copy.ts";

// A process is started and bundles for: how long that takes says nothing.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

/** Senders at a time, and the webhooks that are answered before the signal. */
const SENDERS = 8;
const ANSWERED = 60;

let root = "";

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "tributary-test-"));
  copyProject(root, ["stripe"]);
});

afterAll(async () => {
  await endAll();
  rmSync(root, { recursive: true, force: true });
});

interface Service {
  readonly process: ChildProcess;
  readonly url: string;
  /** The exit code. */
  readonly ended: Promise<number | null>;
}

/** The service, once it serves. Nothing listens at its sandbox: what is accepted stays pending. */
async function start(): Promise<Service> {
  const args = ["selfhost", "--port", "0", "--data", join(root, "data"), "--sandbox", "http://127.0.0.1:9"];
  const child = startProcess(args, { root });
  const ended = new Promise<number | null>((settle) => child.on("exit", settle));
  const url = await new Promise<string>((settle, fail) => {
    void ended.then((code) => fail(new Error(`it ended with ${code}`)));
    if (child.stdout === null) return fail(new Error("no output"));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const found = /^Tributary serves on (\S+),/.exec(line)?.[1];
      if (found !== undefined) settle(found);
    });
  });
  return { process: child, url, ended };
}

async function webhook(): Promise<SignedRequest> {
  const found = findSource("demo", "stripe");
  const fixture = findFixture("stripe", "customer.created");
  if (!found.ok || fixture === null) throw new TypeError("the demo has no such source or sample");
  return sign(await freshen(toRequest(fixture, found.source), found.source, Date.now()), found.source, Date.now());
}

/** A request whose body comes in two halves. */
function openRequest({ headers, body }: SignedRequest, to: string) {
  const half = Math.floor(body.length / 2);
  const outgoing = request(new URL("/hooks/demo/stripe", to), {
    method: "POST",
    headers: { ...Object.fromEntries(headers), "content-length": `${body.length}` },
  });
  const answered = new Promise<number | undefined>((settle, fail) => {
    outgoing.on("error", fail).on("response", (response) => {
      response.resume();
      settle(response.statusCode);
    });
  });
  outgoing.write(body.subarray(0, half));
  return {
    finish: () => {
      outgoing.end(body.subarray(half));
      return answered;
    },
  };
}

test("a service that is told to end under load exits with 0, and has kept every webhook that it acknowledged", async () => {
  const service = await start();
  const acknowledged: SignedRequest[] = [];
  const enough = Promise.withResolvers<void>();
  const senders = Array.from({ length: SENDERS }, async () => {
    for (;;) {
      const signed = await webhook();
      const answer = await post(signed, "demo", "stripe", service.url);
      // Nobody answers any more: it has stopped.
      if (answer === null) return;
      expect(answer.status).toBe(200);
      acknowledged.push(signed);
      if (acknowledged.length === ANSWERED) enough.resolve();
    }
  });
  await enough.promise;
  const slow = await webhook();
  const open = openRequest(slow, service.url);
  // What is answered after it shows that it has arrived.
  expect((await post(await webhook(), "demo", "stripe", service.url))?.status).toBe(200);
  service.process.kill("SIGTERM");
  // What had begun is still answered, whether the signal is there by then or not.
  expect(await open.finish()).toBe(200);
  expect(await service.ended).toBe(0);
  await Promise.all(senders);

  const again = await start();
  const known = await Promise.all([slow, ...acknowledged].map((signed) => post(signed, "demo", "stripe", again.url)));
  expect(known.filter((answer) => !answer?.text.includes('"duplicate":1'))).toEqual([]);
  again.process.kill("SIGTERM");
  expect(await again.ended).toBe(0);
});
