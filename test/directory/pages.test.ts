/**
 * The console's page of the directory.
 */
import { expect, test } from "vitest";
import { BASE, worker } from "./support.ts";

const PAGE = `${BASE}/console/-/accounts`;

async function post(fields: Readonly<Record<string, string>>, origin = BASE): Promise<Response> {
  const headers = { "content-type": "application/x-www-form-urlencoded", origin };
  return worker(new Request(PAGE, { method: "POST", headers, body: new URLSearchParams(fields).toString(), redirect: "manual" }));
}

const get = async (query: string): Promise<string> => (await worker(new Request(`${PAGE}?${query}`))).text();

const page = (name: string): Promise<string> => get(`name=${name}`);

/** All pages of the list: other tests may have added more accounts than one page shows. */
async function list(): Promise<string> {
  let pages = "";
  let next: string | undefined = "";
  while (next !== undefined) {
    const shown = await get(`cursor=${next}`);
    pages += shown;
    next = /cursor=([^"&]+)">More</.exec(shown)?.[1];
  }
  return pages;
}

test("an account is added, set up, renamed and removed by forms, and its secrets are on no page", async () => {
  const value = "whsec_ofthepage0123456789abcdef";
  const added = await post({ action: "add", name: "of-page", region: "us" });
  expect([added.status, added.headers.get("location")]).toEqual([303, "/console/-/accounts?name=of-page"]);
  const revision = /name="revision" value="(\d+)"/.exec(await page("of-page"))?.[1] ?? "";
  const account = JSON.stringify({ region: "us", sources: { stripe: {} } });
  expect((await post({ action: "set", name: "of-page", revision, account })).status).toBe(303);
  expect((await post({ action: "set", name: "of-page", revision, account })).status).toBe(409);
  expect((await post({ action: "secret", name: "of-page", kind: "secret", source: "stripe", value })).status).toBe(303);
  const shown = await page("of-page");
  expect(shown).toContain("/hooks/of-page/stripe");
  expect(shown).not.toContain(value);
  expect((await post({ action: "rename", name: "of-page", to: "of-page-2" })).status).toBe(303);
  expect(await list()).toContain("of-page-2");
  expect((await post({ action: "drop", name: "of-page-2", was: "of-page" })).status).toBe(303);
  expect((await post({ action: "remove", name: "of-page-2", again: "of-page" })).status).toBe(400);
  expect((await post({ action: "remove", name: "of-page-2", again: "of-page-2" })).status).toBe(303);
  expect(await list()).not.toContain("of-page");
});

test("what is wrong is said, as text", async () => {
  await post({ action: "add", name: "of-page-3", region: "us" });
  const revision = /name="revision" value="(\d+)"/.exec(await page("of-page-3"))?.[1] ?? "";
  const account = JSON.stringify({ region: "us", sources: { "<script>": {} }, merge: "never" });
  const refused = await post({ action: "set", name: "of-page-3", revision, account });
  expect(refused.status).toBe(400);
  const text = await refused.text();
  expect(text).toContain("sources.&lt;script&gt;");
  expect(text).not.toContain("<script>");
  expect(text).toContain("ask, auto");
});

test("a page of another origin cannot change anything", async () => {
  expect((await post({ action: "add", name: "of-others", region: "us" }, "https://evil.example")).status).toBe(403);
  expect(await list()).not.toContain("of-others");
});
