/**
 * Whatever vendors, senders and strangers wrote is text on every page of the console: every field of every answer is hostile here.
 */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { OPERATIONS, type OperationName } from "../../src/account/operations.ts";
import { createApp } from "../../src/app.ts";
import { FORMS, ROOMS } from "../../src/console/pages/rooms.ts";
import { encode, utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { composerPages } from "../../src/doctor/composer.tsx";

const HOSTILE = `"'></p></td></table></pre><img src=x onerror=alert(1)><script>alert(1)</script><a href=javascript:alert(1)>&lt;\u202e\u001b]52;c;x\u0007`;

const ORIGIN = "http://127.0.0.1:8787";

/** Elements that the pages are made of. */
const ELEMENTS = new Set(
  "html head meta title link script body header nav main section h1 h2 p a form label input select option button table caption thead tbody tr th td br dl dt dd ol ul li strong span bdi time code pre details summary div figure figcaption svg rect".split(
    " ",
  ),
);

const node: z.ZodType<Record<string, unknown>> = z.record(z.string(), z.unknown());

/** A value of a schema in which every text is hostile. @param pick which one of several shapes */
function hostile(schema: unknown, pick: number): unknown {
  const {
    type,
    enum: choices,
    const: only,
    properties,
    additionalProperties,
    items,
    anyOf,
    oneOf,
    contentEncoding,
  } = node.parse(schema);
  const shapes = anyOf ?? oneOf;
  if (Array.isArray(shapes)) return hostile(shapes[pick % shapes.length], pick);
  if (only !== undefined) return only;
  if (Array.isArray(choices)) return choices[pick % choices.length];
  if (Array.isArray(type)) return hostile({ ...node.parse(schema), type: type[pick % type.length] }, pick);
  if (type === "string") return contentEncoding === "base64" ? encode(utf8Bytes(HOSTILE), "base64") : HOSTILE;
  if (type === "number" || type === "integer") return pick;
  if (type === "boolean") return pick % 2 === 0;
  if (type === "null") return null;
  if (type === "array") return [hostile(items, pick), hostile(items, pick + 1)];
  if (type === "object") {
    const own = Object.entries(node.parse(properties ?? {})).map(([name, value]) => [name, hostile(value, pick)]);
    const further = typeof additionalProperties === "object" ? [[HOSTILE, hostile(additionalProperties, pick)]] : [];
    return Object.fromEntries([...own, ...further]);
  }
  // What the console's own templates take for markup.
  return { isEscaped: true, callbacks: [HOSTILE], tag: "script", props: { children: HOSTILE }, [HOSTILE]: [HOSTILE] };
}

/** What the command that composes samples answers. */
const COMPOSED = [
  { vendor: HOSTILE, docs: "https://vendor.example/", setup: [HOSTILE], events: [HOSTILE] },
  { ids: [HOSTILE], answers: [{ status: 200, text: HOSTILE }] },
  { problem: HOSTILE },
  HOSTILE,
];

/** The console over accounts whose objects answer nothing else. */
function consoleOf(pick: number) {
  const operate = async (name: OperationName) => ({
    ok: true as const,
    value: JSON.stringify(hostile(z.toJSONSchema(OPERATIONS[name].output(), { io: "output" }), pick)),
  });
  const lines: string[] = [];
  const app = createApp({
    accountObject: () => ({
      operate,
      wipe: async () => true,
      failed: async () => {},
      watch: async () => {
        throw new Error("nobody watches");
      },
      accept: async () => {
        throw new Error("no webhook is sent");
      },
      acceptAll: async () => [],
    }),
    composer: async () => composerPages(async () => COMPOSED[pick % COMPOSED.length]),
    write: (_, line) => lines.push(line),
  });
  return {
    lines,
    get: (path: string) => app.fetch(new Request(ORIGIN + path), { ...env }),
    post: (path: string, fields: URLSearchParams) =>
      app.fetch(
        new Request(ORIGIN + path, {
          method: "POST",
          headers: { origin: ORIGIN, "content-type": "application/x-www-form-urlencoded" },
          body: fields.toString(),
        }),
        { ...env },
      ),
  };
}

/** What of a page is not as the templates wrote it. */
async function strangeIn(response: Response): Promise<readonly string[]> {
  const strange: string[] = [];
  let scripts = 0;
  await new HTMLRewriter()
    .on("*", {
      element: ({ tagName, attributes }) => {
        if (!ELEMENTS.has(tagName)) strange.push(tagName);
        if (tagName === "script") scripts += 1;
        for (const [name = "", value = ""] of attributes) {
          if (/^on|^style$|^srcdoc$/i.test(name)) strange.push(`${tagName} ${name}`);
          const isOurs = /^(#main|data:,|https:\/\/vendor\.example\/|\/console(?![\w.-])[^"<>]*)$/.test(value);
          if (["href", "src", "action", "formaction"].includes(name) && !isOurs) strange.push(`${tagName} ${name}=${value}`);
        }
      },
    })
    .transform(response)
    .arrayBuffer();
  if (scripts !== 1) strange.push(`${scripts} scripts`);
  return strange;
}

const picks = [0, 1, 2, 3];

describe("hostile text", () => {
  test.each([...ROOMS.keys()].flatMap((page) => picks.map((pick) => [page, pick] as const)))(
    "is text on the page %s (%i)",
    async (page, pick) => {
      const fields = ["id", "source", "type", "person", "from", "text", "name", "reason", "state"].map((name) => [name, HOSTILE]);
      const query = new URLSearchParams(Object.fromEntries(fields));
      const site = consoleOf(pick);
      const answer = await site.get(`/console/demo/${page}?${query}`);
      if (answer.headers.get("content-disposition")?.startsWith("attachment; ") === true) {
        expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
        expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
        return;
      }
      const text = await answer.text();
      expect(answer.status, site.lines.join()).toBe(page === "body" ? 404 : 200);
      expect(await strangeIn(new Response(text))).toEqual([]);
      expect(text).not.toMatch(/<img|<script>alert|<a href=javascript/);
      if (page !== "body") expect(text).toContain("&lt;img src=x onerror=alert(1)&gt;");
    },
  );

  test.each([...FORMS.keys()].flatMap((page) => picks.map((pick) => [page, pick] as const)))(
    "is text after the form %s (%i)",
    async (page, pick) => {
      for (const choice of ["replay", "discard", "merge", "dismiss", HOSTILE]) {
        const fields = new URLSearchParams({ action: choice, decision: choice, source: HOSTILE, id: HOSTILE, number: HOSTILE });
        for (const name of ["number", "name"]) fields.append(name, HOSTILE);
        const answer = await consoleOf(pick).post(`/console/demo/${page}`, fields);
        const location = answer.headers.get("location");
        if (location === null) expect(await strangeIn(answer)).toEqual([]);
        else expect(location).toMatch(/^\/console\/demo\/[a-z]+(\?|$)/);
      }
    },
  );

  test("is text on the pages of the composer", async () => {
    for (const pick of picks) {
      const shown = await consoleOf(pick).get(`/console/demo/composer?source=${encodeURIComponent(HOSTILE)}`);
      const sent = await consoleOf(pick).post("/console/demo/composer", new URLSearchParams({ source: HOSTILE, how: HOSTILE }));
      for (const answer of [shown, sent]) {
        const text = await answer.text();
        expect(await strangeIn(new Response(text)), text).toEqual([]);
        expect(text).not.toMatch(/<img|<script>alert|<a href=javascript/);
      }
    }
  });

  test("is text on the overview, and in addresses that lead nowhere", async () => {
    expect(await (await consoleOf(0).get("/console")).text()).toContain("&lt;img src=x onerror=alert(1)&gt;");
    for (const pick of picks) {
      for (const path of [
        "/console",
        `/console/${encodeURIComponent(HOSTILE)}/events`,
        `/console/demo/${encodeURIComponent(HOSTILE)}`,
      ])
        expect(await strangeIn(await consoleOf(pick).get(path)), path).toEqual([]);
    }
  });

  test("would be found if it were markup", async () => {
    const page = (body: string) => new Response(`<script src="/console/script.js"></script>${body}`);
    expect(await strangeIn(page("<p>fine</p>"))).toEqual([]);
    for (const body of [
      "<img src=x>",
      "<p onclick=x>",
      "<a href=javascript:x>",
      "<script>x</script>",
      '<a href="//evil.example">',
      "<a href=/console.evil>",
    ])
      expect(await strangeIn(page(body)), body).not.toEqual([]);
  });
});
