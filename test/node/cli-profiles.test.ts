/**
 * Profiles: which Worker, account and token a command line means. No token is in the file, on the command line, in a message, or sent to another Worker.
 */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { homedir, tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { targetOf } from "../../src/cli/profiles.ts";
import { runHere } from "./command-line.ts";

const TOKEN = "a-token-of-thirty-two-characters";
let directory = "";

function write(text: string): string {
  const file = join(directory, "profiles.toml");
  writeFileSync(file, text);
  vi.stubEnv("TRIBUTARY_PROFILES", file);
  return file;
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "tributary-test-"));
  vi.stubEnv("TRIBUTARY_PROFILES", join(directory, "none.toml"));
  for (const name of ["TRIBUTARY_PROFILE", "ADMIN_TOKEN", "PORT", "US_TOKEN"]) vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true, force: true });
});

const US = `[us]\nurl = "https://hooks.example.com"\naccount = "acme"\n`;

describe("without a profile", () => {
  test("the local Worker is meant, or the one that --to names, with the token of the environment", () => {
    expect(targetOf({})).toEqual({ ok: true, target: { url: "http://127.0.0.1:8787", account: "demo", token: null } });
    vi.stubEnv("PORT", "9000");
    vi.stubEnv("ADMIN_TOKEN", TOKEN);
    expect(targetOf({ account: "acme" })).toEqual({
      ok: true,
      target: { url: "http://127.0.0.1:9000", account: "acme", token: TOKEN },
    });
    expect(targetOf({ to: "https://hooks.example.com" })).toMatchObject({ target: { token: TOKEN, account: "demo" } });
    expect(targetOf({ profile: "local" })).toMatchObject({ target: { url: "http://127.0.0.1:9000" } });
  });

  test.each([
    ["nonsense", "must be the URL of a Worker"],
    ["ftp://example.com", "must be the URL of a Worker"],
    ["https://me:secret@example.com", "no user and no password"],
    ["https://example.com/hooks/demo/a", "must end behind the host"],
  ])("%s is no Worker", (to, says) => {
    expect(targetOf({ to })).toEqual({ ok: false, problem: expect.stringContaining(says) });
  });

  test("a token goes over TLS, or stays on this machine", () => {
    vi.stubEnv("ADMIN_TOKEN", TOKEN);
    for (const to of ["http://10.0.0.5:8080", "http://hooks.example.com", "http://localhost.example.com"])
      expect(targetOf({ to })).toEqual({ ok: false, problem: expect.stringContaining("in the clear") });
    for (const to of ["http://localhost:1", "http://[::1]:1", "http://127.0.0.2:1"]) expect(targetOf({ to }).ok).toBe(true);
    vi.stubEnv("ADMIN_TOKEN", "");
    expect(targetOf({ to: "http://10.0.0.5:8080" }).ok).toBe(true);
  });
});

describe("a profile", () => {
  test("has a URL, an account, and the name of the variable that holds the token", () => {
    write(`${US}token_env = "US_TOKEN"\n`);
    vi.stubEnv("ADMIN_TOKEN", "that-of-another-worker");
    vi.stubEnv("US_TOKEN", TOKEN);
    const us = { ok: true, target: { url: "https://hooks.example.com", account: "acme", token: TOKEN } };
    expect(targetOf({ profile: "us" })).toEqual(us);
    expect(targetOf({ profile: "us", account: "other" })).toMatchObject({ target: { account: "other" } });
    vi.stubEnv("TRIBUTARY_PROFILE", "us");
    expect(targetOf({})).toEqual(us);
    // Its token is for its own Worker.
    expect(targetOf({ to: "https://evil.example" })).toMatchObject({ target: { token: "that-of-another-worker" } });
    expect(targetOf({ to: "https://evil.example", profile: "us" })).toEqual({
      ok: false,
      problem: expect.stringContaining("which Worker?"),
    });
    vi.stubEnv("US_TOKEN", undefined);
    expect(targetOf({})).toEqual({ ok: false, problem: "Profile us: US_TOKEN is not set: it is to hold the token." });
  });

  test("may name a file that holds it, and that its owner alone can read", () => {
    const token = join(directory, "token");
    writeFileSync(token, `${TOKEN}\n`, { mode: 0o600 });
    for (const path of ["token", "./token", token, `~/${relative(homedir(), token)}`]) {
      write(`${US}token_file = "${path}"\n`);
      expect(targetOf({ profile: "us" })).toMatchObject({ target: { token: TOKEN } });
    }
    chmodSync(token, 0o640);
    expect(targetOf({ profile: "us" })).toEqual({ ok: false, problem: expect.stringContaining(`chmod 600 ${token}`) });
    chmodSync(token, 0o600);
    writeFileSync(token, "\n");
    expect(targetOf({ profile: "us" })).toEqual({ ok: false, problem: expect.stringContaining("is empty") });
    write(`${US}token_file = "missing"\n`);
    expect(targetOf({ profile: "us" })).toEqual({ ok: false, problem: expect.stringContaining("There is no file") });
  });

  test("that there is not is named, with those that there are", () => {
    write(US);
    expect(targetOf({ profile: "lcoal" })).toEqual({
      ok: false,
      problem: 'There is no profile "lcoal". Did you mean local? There are: local, us',
    });
    expect(targetOf({ profile: "constructor" })).toMatchObject({ ok: false });
  });

  test.each([
    [`${US}token = "${TOKEN}"\n`, "A token does not belong into the file"],
    [`${US}token_env = "${TOKEN}"\n`, "us.token_env: must be the name of a variable"],
    [`${US}token_env = "A"\ntoken_file = "b"\n`, "one of the two"],
    [`${US}acount = "b"\n`, "There is no acount"],
    [US.replace("https", "gopher"), "us.url: must be the URL of a Worker"],
    [US.replace("acme", "Acme"), "us.account: must be the name of an account"],
    ["[us", "line 1: this is not TOML"],
    ["us = 1", "us: "],
  ])("that is wrong is refused, and no token is quoted: %j", (text, says) => {
    write(text);
    const found = targetOf({ profile: "us" });
    expect(found).toEqual({ ok: false, problem: expect.stringContaining(says) });
    expect(JSON.stringify(found)).not.toContain(TOKEN);
  });

  test("gives its token to its Worker alone, also where that redirects", async () => {
    const seen: (string | undefined)[] = [];
    const other = createServer((request, response) => {
      seen.push(`other ${request.headers.authorization}`);
      response.end("{}");
    });
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      const address = other.address();
      const port = typeof address === "object" ? address?.port : 0;
      response.writeHead(302, { location: `http://127.0.0.1:${port}/` }).end();
    });
    for (const one of [server, other]) await new Promise<void>((settle) => one.listen(0, "127.0.0.1", settle));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    write(`[us]\nurl = "http://127.0.0.1:${port}"\naccount = "acme"\ntoken_env = "US_TOKEN"\n`);
    vi.stubEnv("US_TOKEN", TOKEN);
    const ending = await runHere("dead", "list", "--profile", "us");
    expect([ending.code, ending.errors.includes("302")]).toEqual([1, true]);
    expect(seen).toEqual([`Bearer ${TOKEN}`]);
    for (const one of [server, other]) one.close();
  });
});

describe("the command", () => {
  test("lists profiles and where their tokens are, never the tokens", async () => {
    write(`${US}token_env = "US_TOKEN"\n[eu]\nurl = "https://eu.example.com"\naccount = "acme"\ntoken_env = "EU_TOKEN"\n`);
    vi.stubEnv("US_TOKEN", TOKEN);
    const { code, output } = await runHere("profiles");
    expect([code, output]).toEqual([
      0,
      [
        "profile  URL                        account  token",
        "local    http://127.0.0.1:8787      demo     none needed",
        "us       https://hooks.example.com  acme     US_TOKEN",
        "eu       https://eu.example.com     acme     EU_TOKEN, which is not set",
        "",
      ].join("\n"),
    ]);
    const listed = JSON.parse((await runHere("profiles", "--json")).output);
    expect(listed).toMatchObject([
      { name: "local" },
      { name: "us", token: "US_TOKEN", problem: null },
      { problem: expect.stringContaining("not set") },
    ]);
    expect(JSON.stringify(listed) + output).not.toContain(TOKEN);
  });

  test("adds a profile, which is then there, and no token", async () => {
    const file = join(directory, "new.toml");
    vi.stubEnv("TRIBUTARY_PROFILES", file);
    const add = (...args: readonly string[]) => runHere("profiles", "add", ...args);
    expect(await add("us", "--url", "https://hooks.example.com", "--account", "acme", "--token-env", "US_TOKEN")).toMatchObject({
      code: 0,
    });
    vi.stubEnv("US_TOKEN", TOKEN);
    expect(targetOf({ profile: "us" })).toMatchObject({ target: { account: "acme", token: TOKEN } });
    expect(await add("eu", "--url", "https://eu.example.com", "--account", "acme")).toMatchObject({ code: 0 });
    expect(targetOf({ profile: "eu" })).toMatchObject({ target: { token: null } });
    expect(await add("us", "--url", "https://b.example", "--account", "b")).toMatchObject({
      code: 2,
      errors: expect.stringContaining("already"),
    });
    expect(await add("local", "--url", "https://b.example", "--account", "b")).toMatchObject({ code: 2 });
    expect(await add("x", "--url", "nonsense", "--account", "b")).toMatchObject({
      code: 2,
      errors: expect.stringContaining("URL"),
    });
    expect(await add("x", "--account", "b")).toMatchObject({ code: 2, errors: expect.stringContaining("--url") });
    expect(await add("x", "--url", "https://b.example", "--account", "b", "--token-env", "not a name")).toMatchObject({
      code: 2,
    });
  });
});
