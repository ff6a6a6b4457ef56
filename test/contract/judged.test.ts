/**
 * The primitives on what other people's libraries signed or accepted (`test/judges` records it), where no adapter signs so yet, or takes only what its
 * vendor alone can sign.
 */
import { expect, test } from "vitest";
import { utf8Bytes } from "../../src/contract/verify/encoding.ts";
import { vectorsOf } from "../support/fixtures.ts";
import { judge } from "../support/requests.ts";
import { SCHEMES } from "../support/schemes.ts";
import { requestWith } from "./verify-requests.ts";

test.each(Object.entries(SCHEMES))("%s", async (name, verifier) => {
  const vectors = vectorsOf(`${name}.sdk`);
  expect(vectors.length).toBeGreaterThan(0);
  for (const { source, secret, url, headers, body, now } of vectors) {
    const query = url === undefined ? {} : Object.fromEntries(new URL(url).searchParams);
    const request = requestWith({ url, headers, query, body });
    expect(await judge(verifier, request, [secret], now), source).toMatchObject({ ok: true });
    expect(await judge(verifier, request, [`${secret}0`], now), source).toEqual({ ok: false, refusal: "mismatch" });
    // A token is one thing, and what is written around it another.
    const other = verifier.parsesUnproven ? body.replace(/\.(\w)/, (_, first) => `.${first === "a" ? "b" : "a"}`) : `${body} `;
    expect(await judge(verifier, { ...request, body: utf8Bytes(other) }, [secret], now), source).toEqual({
      ok: false,
      refusal: "mismatch",
    });
  }
});
