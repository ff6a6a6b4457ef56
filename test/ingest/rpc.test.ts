/**
 * What crosses to the object is what was handed over.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type AcceptRequest, flat, unflat } from "../../src/account/rpc.ts";
import { NOW } from "./vendors.ts";

test("a webhook is the same once it crossed", () => {
  const texts = { id: fc.string({ unit: "binary" }), type: fc.string() };
  const event = fc.record(texts, { noNullPrototype: true });
  const other = fc.record({ ...texts, reason: fc.string() }, { noNullPrototype: true });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 5 }), fc.array(other, { maxLength: 5 }), (events, skipped) => {
      const request: AcceptRequest = {
        ...{ source: "mail", receivedAt: NOW, format: "json", headers: { a: "b" }, query: {}, nonce: null, proof: null },
        ...{ body: new Uint8Array(2), events, skipped, ignored: { "test mode": 1 }, verified: [1, 1], unreadable: [] },
      };
      expect(unflat(structuredClone(flat(request)))).toStrictEqual(request);
      expect(unflat(request)).toBe(request);
    }),
  );
});
