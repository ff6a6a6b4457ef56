/**
 * The folder of a self-hosted Worker's state: closed to others, and of one process at a time.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import worker from "virtual:bundle/worker";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { findSource } from "../../src/cli/configuration.ts";
import { findFixture } from "../../src/cli/fixtures.ts";
import { toRequest } from "../../src/cli/recorded.ts";
import { freshen, post, sign } from "../../src/cli/requests.ts";
import { copyProject } from "./project-copy.ts";

/** The project as it is after `npm run build`. */
const root = mkdtempSync(join(tmpdir(), "tributary-test-"));
const children: ChildProcess[] = [];
let data = "";

beforeAll(() => {
  copyProject(root, ["stripe"]);
  cpSync(dirname(worker), join(root, "dist/worker"), { recursive: true });
});

beforeEach(() => {
  data = mkdtempSync(join(root, "data-"));
});

afterEach(async () => {
  const running = children.splice(0).filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
  for (const child of running) child.kill("SIGTERM");
  await Promise.all(running.map((child) => once(child, "exit")));
});

afterAll(() => rmSync(root, { recursive: true }));

function selfhost(folder: string): ChildProcess {
  // Nothing listens at that sandbox.
  const args = ["selfhost", "--port", "0", "--data", folder, "--sandbox", "http://127.0.0.1:9"];
  const child = spawn(process.execPath, [join(root, "src/cli/main.mjs"), ...args], { cwd: root });
  children.push(child);
  return child;
}

/** @returns where it serves @throws what it said where it ends before */
async function served(child: ChildProcess): Promise<string> {
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new TypeError("no output");
  const said = text(stderr);
  for await (const line of createInterface({ input: stdout })) {
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error(await said);
}

async function refused(child: ChildProcess): Promise<{ readonly code: number | null; readonly said: string }> {
  const [said, [code]] = await Promise.all([child.stderr ? text(child.stderr) : "", once(child, "exit")]);
  return { code, said };
}

async function sendWebhook(to: string): Promise<number | undefined> {
  const found = findSource("demo", "stripe");
  const fixture = findFixture("stripe", "customer.created");
  if (!found.ok || fixture === null) throw new TypeError("the demo has no such source or sample");
  const { source } = found;
  const now = Date.now();
  const request = await sign(await freshen(toRequest(fixture, source), source, now), source, now);
  return (await post(request, "demo", "stripe", to))?.status;
}

/** Who else than the owner may do anything with what is in a folder, as `path mode`. */
function openToOthers(folder: string): readonly string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => join(folder, path));
  return [folder, ...paths].flatMap((path) => {
    const mode = statSync(path).mode & 0o777;
    return (mode & 0o077) === 0 ? [] : [`${path} ${mode.toString(8)}`];
  });
}

test("what is there already and what comes later is its owner's alone", async () => {
  mkdirSync(join(data, "state", "AccountObject"), { recursive: true });
  const old = join(data, "state", "AccountObject", "old.sqlite");
  writeFileSync(old, "");
  const elsewhere = join(root, "elsewhere");
  writeFileSync(elsewhere, "", { mode: 0o644 });
  symlinkSync(elsewhere, join(data, "link"));
  chmodSync(old, 0o644);
  for (const folder of [data, join(data, "state"), join(data, "state", "AccountObject")]) chmodSync(folder, 0o755);

  const url = await served(selfhost(data));
  expect(await sendWebhook(url)).toBe(200);
  const databases = readdirSync(join(data, "state", "AccountObject")).filter((name) => /\.sqlite(-wal)?$/.test(name));
  expect(databases.length).toBeGreaterThan(2);
  rmSync(join(data, "link"));
  expect(openToOthers(data)).toEqual([]);
  expect([data, old].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o600]);
  // What a link leads to is not in the folder.
  expect(statSync(elsewhere).mode & 0o777).toBe(0o644);
});

test("a second process on the same folder refuses, says what to do, and leaves the first alone", async () => {
  const url = await served(selfhost(data));
  const link = `${data}-link`;
  symlinkSync(data, link);
  for (const folder of [data, link]) {
    const { code, said } = await refused(selfhost(folder));
    expect([code, said]).toEqual([1, expect.stringMatching(/in use by another process.*Stop it.*--data/s)]);
  }
  expect(await sendWebhook(url)).toBe(200);
});

test("a folder is free again once its process is gone, however that went", async () => {
  const first = selfhost(data);
  await served(first);
  const killed = once(first, "exit");
  first.kill("SIGKILL");
  await killed;
  const second = selfhost(data);
  expect(await sendWebhook(await served(second))).toBe(200);
  const stopped = once(second, "exit");
  second.kill("SIGTERM");
  expect(await stopped).toEqual([0, null]);
  expect(await sendWebhook(await served(selfhost(data)))).toBe(200);
});

test("of two that start at one instant one serves", async () => {
  const both = [selfhost(data), selfhost(data)];
  const ends = await Promise.allSettled(both.map(served));
  expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
});
