/**
 * The command for the directory of accounts, against a server that keeps what it was asked.
 */
import { createServer, type Server } from "node:http";
import { afterEach, expect, test, vi } from "vitest";
import { command } from "../../src/cli/commands/accounts.ts";
import { readOptions, withOptions } from "../../src/cli/directory/options.ts";
import type { DirectoryAccount } from "../../src/console/directory/operations.ts";

const AT = Date.UTC(2026, 10, 23, 12);
const account: DirectoryAccount = {
  ...{ name: "acme", id: "acme~0a1b2c3d", was: ["acme-old"], revision: 7, addedAt: AT, changedAt: AT, ok: true, findings: [] },
  account: { region: "us", sources: { stripe: { user_id_from: ["metadata.user_id"] } } },
  sources: [{ name: "stripe", ok: true, adapter: "stripe", path: "/hooks/acme/stripe" }],
  secrets: [
    { number: 1, kind: "secret", source: "stripe", fingerprint: "00ff00ff00ff00ff", addedAt: AT, lastUsedAt: AT },
    { number: 2, kind: "secret", source: "stripe", fingerprint: "11ff00ff00ff00ff", addedAt: AT, lastUsedAt: null },
  ],
  tokens: [],
};

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  vi.restoreAllMocks();
});

/** Runs the command against a server with these answers, by method and path. */
async function run(args: readonly string[], answers: Readonly<Record<string, readonly [status: number, json: unknown]>>) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on("end", () => {
      const place = `${request.method} ${request.url?.replace("/api/v1/directory", "")}`;
      asked.push(body === "" ? place : `${place} ${body}`);
      const [status, json] = answers[place] ?? [404, { error: "not_found" }];
      response.writeHead(status).end(JSON.stringify(json));
    });
  });
  servers.push(server);
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const lines: string[] = [];
  const keep = (line: string) => {
    lines.push(line);
  };
  vi.spyOn(console, "log").mockImplementation(keep);
  vi.spyOn(console, "error").mockImplementation(keep);
  const exit = await command.run([...args, "--to", `http://127.0.0.1:${port}`], async () => []);
  return { exit, said: lines.join("\n"), asked };
}

const done = [200, { account, dry_run: false }] as const;

test("an account is added with options as TOML has them", async () => {
  const words = ["acme", "region=us", "hold_unknown=0", 'profile_from=["clerk"]', "identifiers=id"];
  const { exit, asked } = await run(["add", ...words], { "POST /add": done });
  expect(exit).toBe("ok");
  expect(asked).toEqual([
    `POST /add ${JSON.stringify({
      name: "acme",
      account: { region: "us", hold_unknown: 0, profile_from: ["clerk"], identifiers: "id" },
      adopt: false,
      dry_run: false,
    })}`,
  ]);
});

test("a source is added to what the account has, at its revision", async () => {
  const args = ["add-source", "acme", "shop-de", "adapter=shopify", "people=known"];
  const { exit, asked } = await run(args, { "GET /acme": [200, { account }], "POST /set": done });
  expect([exit, asked[1]]).toEqual([
    "ok",
    `POST /set ${JSON.stringify({
      name: "acme",
      account: {
        region: "us",
        sources: { ...Object(account.account.sources), "shop-de": { adapter: "shopify", people: "known" } },
      },
      revision: 7,
      dry_run: false,
    })}`,
  ]);
});

test("a source that is not there is not changed, and the right one is named", async () => {
  const { exit, said, asked } = await run(["set-source", "acme", "strype", "people=known"], { "GET /acme": [200, { account }] });
  expect([exit, asked.length]).toEqual(["usage", 1]);
  expect(said).toContain("Did you mean stripe?");
});

test("it shows which secret is in use, and no secret", async () => {
  const { exit, said } = await run(["show", "acme"], { "GET /acme": [200, { account }] });
  expect(exit).toBe("ok");
  for (const text of ["region = ", "formerly acme-old", "/hooks/acme/stripe", "2026-11-23 12:00 UTC", "not lately"])
    expect(said).toContain(text);
});

test("a secret is read from a variable, and never from the command line", async () => {
  vi.stubEnv("THE_SECRET", "whsec_0123456789abcdef");
  const args = ["secret", "add", "acme", "stripe", "--from", "THE_SECRET"];
  const { exit, asked } = await run(args, { "POST /secrets/add": done });
  vi.unstubAllEnvs();
  expect([exit, asked]).toEqual([
    "ok",
    ['POST /secrets/add {"name":"acme","kind":"secret","source":"stripe","value":"whsec_0123456789abcdef"}'],
  ]);
  expect((await run(["secret", "add", "acme", "stripe", "whsec_0123456789abcdef"], {})).exit).toBe("usage");
});

test("a token is made here, and printed once", async () => {
  const { exit, said, asked } = await run(["token", "add", "acme", "read"], { "POST /tokens/add": done });
  expect(exit).toBe("ok");
  const [token = ""] = said.split("\n");
  expect(token).toMatch(/^[\w-]{43}$/);
  expect(asked).toEqual([`POST /tokens/add ${JSON.stringify({ name: "acme", scope: "read", value: token })}`]);
  const lasting = await run(["token", "add", "acme", "read", "--days", "90"], { "POST /tokens/add": done });
  expect(lasting.asked).toEqual([expect.stringMatching(/"days":90\}$/)]);
  expect((await run(["token", "add", "acme", "read", "--days", "soon"], {})).exit).toBe("usage");
});

test("what is wrong is said line by line, with the word that may be meant", async () => {
  const findings = [
    { code: "unknown_option", level: "error", place: "identifers", text: "is not an option", choices: ["identifiers", "merge"] },
    { code: "wrong_value", level: "error", place: "region", text: "invalid", choices: ["us", "eu"] },
  ];
  const answer = { type: "urn:tributary:invalid", title: "Invalid", status: 400, detail: "x", error: "invalid", findings };
  const { exit, said } = await run(["add", "acme", "region=ue", "identifers=id"], { "POST /add": [400, answer] });
  expect(exit).toBe("usage");
  expect(said).toContain("identifers: is not an option. Did you mean identifiers?");
  expect(said).toContain("region: invalid.");
});

test.each([
  [["list", "acme"]],
  [["shwo", "acme"]],
  [["add"]],
  [["add", "acme", "Region"]],
  [["set", "acme"]],
  [["secret", "retire", "acme", "first"]],
  [["token", "add", "acme", "write"]],
  [["rename", "acme"]],
])("%j is a mistake, and nothing is asked", async (args) => {
  const { exit, asked } = await run(args, {});
  expect([exit, asked]).toEqual(["usage", []]);
});

test("an empty value takes an option away; what is not TOML is a text", () => {
  const read = readOptions(["a=", "b=it's", "c=1979-05-27", "d=true"]);
  expect(read.ok && withOptions({ a: 1, z: 2 }, read.options)).toEqual({ z: 2, b: "it's", c: "1979-05-27", d: true });
});

test("a name that no account may have is said here, and a secret in two parts is one", async () => {
  for (const words of [
    ["add", "Acme", "region=us"],
    ["rename", "acme", "acme_inc"],
  ])
    expect(await run(words, {})).toMatchObject({
      exit: "usage",
      said: expect.stringContaining("small letters, digits and hyphens"),
      asked: [],
    });
  vi.stubEnv("TWO_PARTS", "whsec_0123 456789");
  const added = await run(["secret", "add", "acme", "stripe", "--from", "TWO_PARTS"], {});
  expect(added).toMatchObject({ exit: "usage", said: expect.stringContaining("a space or a line break"), asked: [] });
  expect(added.said).not.toContain("whsec_0123");
  vi.unstubAllEnvs();
});

test("what is missing is said with the command that adds it", async () => {
  const findings = ["Pipelines API key", "secret of stripe"].map((place) => ({
    ...{ code: "missing_secret", level: "error" as const, place, text: "set this secret", choices: [] },
  }));
  const shown = await run(["show", "acme"], { "GET /acme": [200, { account: { ...account, findings } }] });
  expect(shown.said).toContain("Pipelines API key: set this secret. npx tributary accounts secret add acme\n");
  expect(shown.said).toContain("secret of stripe: set this secret. npx tributary accounts secret add acme stripe");
});
