/**
 * A Worker on plain workerd, as dev and demo serve it.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";
import { parseWranglerConfig } from "../../src/cli/project.ts";
import { LOCAL_ADDRESS, type Server, type Serving, serve } from "../../src/cli/workerd.ts";

const WORKER = `
import { DurableObject } from "cloudflare:workers";
export class Counter extends DurableObject {
  async next() {
    const count = (await this.ctx.storage.get("count") ?? 0) + 1;
    await this.ctx.storage.put("count", count);
    return count;
  }
}
export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === "/count") return Response.json(await env.COUNTER.getByName("one").next());
    if (pathname === "/slow") return new Response(new ReadableStream({
      async start(controller) {
        controller.enqueue(new TextEncoder().encode("first"));
        await scheduler.wait(200);
        controller.enqueue(new TextEncoder().encode(", second"));
        controller.close();
      },
    }));
    if (pathname === "/destination") return env.CDP_EU.fetch("https://destination.example/v1/batch?a=1", { method: "POST", body: "hello" });
    return Response.json([env.TEXT, env.TABLE, env.SECRET]);
  },
};
`;

const TABLE = { "a\\b": ['"quoted"', "é ✓ 𝄞\n\t\u0001"] };

const CONFIG = parseWranglerConfig(`
name = "toy"
compatibility_date = "2026-10-01"
durable_objects = { bindings = [{ name = "COUNTER", class_name = "Counter" }] }
[vars]
TEXT = "first \\"line\\"\\nsecond ✓"
SECRET = "overridden"
TABLE = ${'{ "a\\\\b" = ["\\"quoted\\"", "é ✓ 𝄞\\n\\t\\u0001"] }'}
`);

const directories: string[] = [];
const servers: Server[] = [];

function serving(overrides: Partial<Serving> = {}): Serving {
  const directory = mkdtempSync(join(tmpdir(), "tributary-test-"));
  directories.push(directory);
  const file = join(directory, "index.js");
  writeFileSync(file, WORKER);
  const secrets = { SECRET: 'a "secret"\\' };
  return { config: CONFIG, file, port: 0, state: join(directory, "state"), secrets, sandbox: null, ...overrides };
}

async function started(given: Serving): Promise<Server> {
  const server = await serve(given, () => undefined);
  servers.push(server);
  return server;
}

async function get(server: Server, path: string): Promise<unknown> {
  const response = await fetch(`http://${LOCAL_ADDRESS}:${server.port}${path}`);
  return response.json();
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

test("vars arrive character for character, and a secret takes the place of a var", async () => {
  const server = await started(serving());
  expect(await get(server, "/")).toEqual(['first "line"\nsecond ✓', TABLE, 'a "secret"\\']);
});

test("what an object stored is there after a restart", async () => {
  const given = serving();
  const first = await started(given);
  expect(await get(first, "/count")).toBe(1);
  await first.stop();
  await first.ended;
  expect(await get(await started(given), "/count")).toBe(2);
});

test("a stop answers what is under way", async () => {
  const server = await started(serving());
  const { body } = await fetch(`http://${LOCAL_ADDRESS}:${server.port}/slow`);
  const chunks = body?.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
  expect(await chunks?.next()).toMatchObject({ value: "first" });
  const stopped = server.stop(20_000);
  expect(await chunks?.next()).toMatchObject({ value: ", second" });
  await stopped;
});

test("the sandbox is asked under the name of the host that it stands for", async () => {
  const sandbox = createServer(async (request, response) => {
    const { headers, method, url } = request;
    response.end(JSON.stringify([headers.host, method, url, await text(request)]));
  });
  await new Promise<void>((settle) => sandbox.listen(0, LOCAL_ADDRESS, settle));
  try {
    const { port } = addressOf(sandbox.address());
    const server = await started(serving({ sandbox: { host: `${LOCAL_ADDRESS}:${port}` } }));
    expect(await get(server, "/destination")).toEqual(["destination.example", "POST", "/v1/batch?a=1", "hello"]);
  } finally {
    sandbox.close();
  }
});

test("a Worker that does not start says why", async () => {
  const given = serving();
  writeFileSync(given.file, "this is no module");
  await expect(serve(given, () => undefined)).rejects.toThrow("SyntaxError");
});

function addressOf(address: string | AddressInfo | null): AddressInfo {
  if (address === null || typeof address === "string") throw new TypeError("no port");
  return address;
}
