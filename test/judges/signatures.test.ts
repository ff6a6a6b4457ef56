/**
 * We and each judge agree: what one signs the other accepts, and neither accepts it altered.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Judge, type Message, requestOf, signedByLibrary, signedByUs, versionOf } from "./judge.ts";
import { JUDGES } from "./judges.ts";

/** Our verdict on a message. */
async function weAccept(judge: Judge, message: Message, secret = judge.secret): Promise<boolean> {
  const request = requestOf(judge, message);
  const now = Date.now();
  return judge.verifier.precheck(request, now).ok && (await judge.verifier.verify(request, [secret], now)).ok;
}

/** Another secret of the same form. */
function strangerTo({ secret, stranger }: Judge): string {
  return stranger ?? secret.slice(0, -4) + (secret.at(-4) === "0" ? "1" : "0") + secret.slice(-3);
}

for (const judge of JUDGES) {
  const { name, options = {}, blind, secret, samples } = judge;
  const stranger = strangerTo(judge);
  const title = [name, ...Object.values(options), `judged by ${versionOf(judge)}`, ...(blind ? [`blind to ${blind.to}`] : [])];

  describe(title.join(", "), () => {
    test("accepts what we sign, and nothing else", async () => {
      assert.ok(samples.length > 0);
      for (const sample of samples) {
        const signed = await signedByUs(judge, sample, Date.now());
        const { body } = signed;
        assert.equal(await judge.accepts(signed, secret), true, body.slice(0, 200));
        assert.equal(await judge.accepts(signed, stranger), false);
        assert.equal(await judge.accepts(sample, secret), false);
        assert.equal(await judge.accepts({ ...signed, body: `${body} ` }, secret), blind !== undefined);
        if (blind?.altered) assert.equal(await judge.accepts({ ...signed, body: blind.altered(body) }, secret), false);
      }
    });

    if (judge.sign === null) return;
    test("signs what we accept, and nothing else", async () => {
      for (const sample of samples) {
        const signed = (await signedByLibrary(judge, sample, Date.now())) ?? sample;
        assert.equal(await weAccept(judge, signed), true, signed.body.slice(0, 200));
        assert.equal(await weAccept(judge, signed, stranger), false);
        assert.equal(await weAccept(judge, { ...signed, body: `${signed.body} ` }), false);
        assert.equal(await weAccept(judge, sample), false);
      }
    });
  });
}
