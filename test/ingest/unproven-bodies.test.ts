/**
 * How much of a body is taken where the proof stands in it.
 */
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { UNPROVEN_BODY_LIMIT } from "../../src/contract/body-limits.ts";
import { defineAdapter } from "../../src/contract/define.ts";
import { track } from "../../src/contract/drafts.ts";
import { person } from "../../src/contract/facts.ts";
import { id } from "../../src/contract/fields.ts";
import { on } from "../../src/contract/handlers.ts";
import type { Adapter } from "../../src/contract/interface.ts";
import { token } from "../../src/contract/verify/token.ts";
import { ENV, serve, unsigned, untouchable, withBody } from "./vendors.ts";

const SECRET = "notes-token-0123456789";

/** Sends its token in a field of the body, and asks for more room than that gives it. */
const notes = defineAdapter({
  id: "notes",
  name: "Notes",
  secret: { format: /^[\w-]{20,}$/, hint: "A token", demo: "tributary_demo_notes_token" },
  verify: token({ field: "token" }),
  bodyLimit: 512 * 1024,
  webhook: z.object({ body: z.looseObject({ id }) }),
  events: ({ body }, { receivedAt }) => [{ id: body.id, type: "note", occurredAt: receivedAt, test: false, data: body }],
  handlers: { note: on(z.looseObject({}), () => track(person({}), "Note Written")) },
});

const app = () =>
  serve({
    registry: new Map<string, Adapter>([["notes", notes]]),
    env: { ...ENV, ACCOUNTS: { acme: { region: "us", sources: { notes: {} } } }, ACME_NOTES_SECRET: SECRET },
  });

const path = "/hooks/acme/notes";
const bodyOf = (size: number, secret = SECRET) => {
  const text = JSON.stringify({ id: "note_1", token: secret, padding: "" });
  return text.replace('"padding":"', `"padding":"${"x".repeat(size - text.length)}`);
};

describe("a body that contains its signature", () => {
  test("is accepted up to 64 KB", async () => {
    expect((await app().send(unsigned({ path, body: bodyOf(UNPROVEN_BODY_LIMIT) }))).status).toBe(200);
  });

  test("is refused above 64 KB, genuine or not", async () => {
    const body = bodyOf(UNPROVEN_BODY_LIMIT + 1);
    expect((await app().send(unsigned({ path, body }))).status).toBe(413);
    expect((await app().send(unsigned({ path, body: bodyOf(body.length, "another-token-0123456789") }))).status).toBe(413);
  });

  test("is not read if its declared length is larger", async () => {
    const { stream, wasTouched } = untouchable();
    const request = unsigned({ path, headers: { "content-length": String(UNPROVEN_BODY_LIMIT + 1) } });
    expect((await app().send(withBody(request, stream))).status).toBe(413);
    expect(wasTouched()).toBe(false);
  });
});
