import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import * as z from "zod";
import { demoPublicKeyBytes } from "../../src/contract/verify/demo-keys.ts";

const bound = z.object({ port: z.number() });

let address: Promise<string> | undefined;

/**
 * A server of key sets (RFC 7517), for libraries that fetch them: `/demo/.well-known/jwks.json` has the demo's public RSA key, any other path
 * a key of nobody's. It keeps no process alive.
 * @returns its address, without a slash at the end
 */
export function keyServer(): Promise<string> {
  address ??= listen();
  return address;
}

async function listen(): Promise<string> {
  const demo = setOf(createPublicKey({ key: Buffer.from(demoPublicKeyBytes("RS256")), format: "der", type: "spki" }));
  const stranger = setOf(generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey);
  const server = createServer((request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(request.url === "/demo/.well-known/jwks.json" ? demo : stranger);
  });
  server.listen(0, "127.0.0.1").unref();
  await once(server, "listening");
  return `http://127.0.0.1:${bound.parse(server.address()).port}`;
}

function setOf(key: KeyObject): string {
  return JSON.stringify({ keys: [{ ...key.export({ format: "jwk" }), alg: "RS256", use: "sig" }] });
}
