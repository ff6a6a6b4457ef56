/**
 * The Postman collection: what is in it. That each of its requests has the right answer is judged by Postman's own command line (test/judges).
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { command } from "../../src/cli/commands/postman.ts";
import { findAccountHere } from "../../src/cli/configuration.ts";
import { collectionOf, environmentsFor } from "../../src/cli/postman/collection.ts";
import type { Folder, RequestItem } from "../../src/cli/postman/format.ts";
import { loadCommands } from "../../src/cli/start.ts";

const LOCAL = { worker: "http://127.0.0.1:8787", sandbox: "http://127.0.0.1:8788" };

/** The demo account with only these sources. */
function accountWith(names: readonly string[]) {
  const found = findAccountHere("demo");
  if (!found.ok) throw new TypeError(found.problem);
  return { ...found.account, sources: new Map([...found.account.sources].filter(([name]) => names.includes(name))) };
}

function requestsIn({ item }: Pick<Folder, "item">): readonly RequestItem[] {
  return item.flatMap((one) => ("item" in one ? requestsIn(one) : [one]));
}

test("has a signed and a forged webhook for each source, and every sample where all are wanted", async () => {
  const account = accountWith(["stripe", "zoom"]);
  const [webhooks] = (await collectionOf(account, Date.now(), false)).item;
  const requests = requestsIn({ item: webhooks?.item ?? [] });
  expect(requests.map(({ name }) => name.endsWith(", forged"))).toEqual([false, true, false, true]);
  expect(requests.map(({ request: { url } }) => url)).toEqual(
    ["stripe", "stripe", "zoom", "zoom"].map((source) => `{{worker_url}}/hooks/demo/${source}`),
  );
  expect(requests[0]?.request.header.map(({ key }) => key)).toContain("stripe-signature");
  const [whole] = (await collectionOf(accountWith(["zoom"]), Date.now(), true)).item;
  const names = requestsIn({ item: whole?.item ?? [] }).map(({ name }) => name);
  expect(names.length).toBeGreaterThan(2);
  expect(names.filter((name) => name.startsWith("handshake"))).toEqual([]);
});

test("has every call of the Pipelines API, with the variables of Customer.io's own collection", async () => {
  const { item } = await collectionOf(accountWith([]), Date.now(), false);
  const requests = item.flatMap(requestsIn).filter(({ request: { url } }) => url.startsWith("{{cdp_api_url}}"));
  const paths = new Set(requests.map(({ request: { url } }) => url.replace("{{cdp_api_url}}/v1/", "")));
  expect([...paths].sort()).toEqual(["alias", "batch", "group", "identify", "page", "screen", "track"]);
  for (const { request } of requests) {
    expect(request.auth).toMatchObject({ type: "basic", basic: [{ value: "{{write_key}}" }, { value: "" }] });
    expect(request.header).toContainEqual({ key: "X-Strict-Mode", value: "1" });
  }
});

test("each environment leads to its own region, and only the local one has a key", () => {
  const environments = environmentsFor(LOCAL, "demo-key", "eu");
  const settingOf = (name: string, key: string) => environments[name]?.values.find((one) => one.key === key);
  expect(["us", "eu", "local"].map((name) => settingOf(name, "cdp_api_url")?.value)).toEqual([
    "https://cdp.customer.io",
    "https://cdp-eu.customer.io",
    "http://127.0.0.1:8788/eu",
  ]);
  expect(["us", "eu", "local"].map((name) => settingOf(name, "write_key"))).toMatchObject([
    { value: "", type: "secret" },
    { value: "", type: "secret" },
    { value: "demo-key", type: "secret" },
  ]);
});

test("is written where only its owner can read it", async () => {
  const directory = mkdtempSync(join(tmpdir(), "tributary-test-"));
  const said = vi.spyOn(console, "log").mockReturnValue();
  try {
    expect(await command.run(["--out", directory], loadCommands)).toBe("ok");
    const files = readdirSync(directory).filter((name) => name.includes("postman"));
    expect(files).toHaveLength(4);
    for (const file of files) {
      expect(statSync(join(directory, file)).mode & 0o777).toBe(0o600);
      expect(() => JSON.parse(readFileSync(join(directory, file), "utf8"))).not.toThrow();
    }
  } finally {
    said.mockRestore();
    rmSync(directory, { recursive: true });
  }
});
