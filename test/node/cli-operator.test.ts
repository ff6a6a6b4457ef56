/**
 * How commands ask a Worker, against a server that keeps what it was asked.
 */
import { createServer, type Server } from "node:http";
import { afterEach, expect, test } from "vitest";
import { askOperator } from "../../src/cli/operator.ts";

const servers: Server[] = [];

/** A server that gives every request this answer. */
async function answering(status: number, answer: string) {
  const asked: { readonly line: string; readonly body: string }[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on("end", () => {
      asked.push({ line: `${request.method} ${request.url}`, body });
      response.writeHead(status).end(answer);
    });
  });
  servers.push(server);
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return { values: { to: `http://127.0.0.1:${port}`, account: "a/b" }, asked };
}

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

test("fields go into the path, the query or the body, each encoded", async () => {
  const { values, asked } = await answering(200, JSON.stringify({ moved: 3 }));
  expect(await askOperator(values, "dead.replay", { source: "stripe", before: 5 })).toEqual({ ok: true, value: { moved: 3 } });
  await askOperator(values, "dead.show", { number: "1/2?x" });
  await askOperator(values, "dead.list", { text: "a&b=c", cursor: "0" });
  await askOperator(values, "erase.status", {});
  expect(asked).toEqual([
    { line: "POST /api/v1/accounts/a%2Fb/dead/replay", body: '{"source":"stripe","before":5}' },
    { line: "GET /api/v1/accounts/a%2Fb/dead/1%2F2%3Fx", body: "" },
    { line: "GET /api/v1/accounts/a%2Fb/dead?text=a%26b%3Dc&cursor=0", body: "" },
    { line: "GET /api/v1/accounts/a%2Fb/erase", body: "" },
  ]);
});

test.each([
  [200, "{}"],
  [200, '{"moved":"3"}'],
  [200, "<html>"],
  [503, '{"error":"compacting"}'],
])("an answer that is not the operation's is a problem, not a crash: %i %s", async (status, body) => {
  const { values } = await answering(status, body);
  expect(await askOperator(values, "dead.discard", { all: true })).toMatchObject({
    ok: false,
    exit: "failed",
    problem: expect.stringContaining(`/api/v1/accounts/a%2Fb/dead/discard: ${status} ${body}`),
  });
});
