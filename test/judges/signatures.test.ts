/**
 * We and each judge agree: what one signs the other accepts, and neither accepts it altered.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Headers as Fields, JUDGES, type Judge, versionOf } from "./judges.ts";
import { requestWith } from "./requests.ts";

/** Our verdict on a body and its headers. */
async function weAccept({ verifier, secret, url }: Judge, body: string, headers: Fields): Promise<boolean> {
  return (await verifier.verify(requestWith(body, headers, url), [secret], Date.now())).ok;
}

/** Another secret of the same form. */
function strangerTo(secret: string): string {
  return secret.slice(0, -1) + (secret.endsWith("0") ? "1" : "0");
}

for (const judge of JUDGES) {
  describe(`${judge.name}, judged by ${versionOf(judge)}`, () => {
    test("accepts what we sign, and nothing else", async () => {
      for (const { body, headers } of judge.samples) {
        const signed = await judge.verifier.sign(requestWith(body, headers, judge.url), judge.secret, Date.now());
        const fields = Object.fromEntries(signed.headers);
        assert.equal(await judge.accepts(body, fields), true, body.slice(0, 200));
        assert.equal(await judge.accepts(`${body} `, fields), false);
        assert.equal(await judge.accepts(body, headers), false);
        const strangers = await judge.verifier.sign(requestWith(body, headers, judge.url), strangerTo(judge.secret), Date.now());
        assert.equal(await judge.accepts(body, Object.fromEntries(strangers.headers)), false);
      }
    });

    const { sign } = judge;
    if (sign === null) return;
    test("signs what we accept, and nothing else", async () => {
      for (const { body, headers } of judge.samples) {
        const signed: Fields = { ...headers, ...(await sign(body, Date.now())) };
        assert.equal(await weAccept(judge, body, signed), true, body.slice(0, 200));
        assert.equal(await weAccept(judge, `${body} `, signed), false);
        assert.equal(await weAccept(judge, body, headers), false);
      }
    });
  });
}
