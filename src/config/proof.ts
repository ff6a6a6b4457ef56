/**
 * The runtime of the Worker: Cloudflare, unless the command that started it proves another one.
 *
 * The proof is a random key in a `data` binding of workerd, and a text with the name of the runtime and the same key. Vars are text or JSON,
 * secrets are text, and wrangler refuses `data_blobs` for a Worker with modules. So no configuration of a deployed Worker can give a proof.
 * @see https://github.com/cloudflare/workerd/blob/main/src/workerd/server/workerd.capnp
 */
import { encode, utf8Bytes } from "../contract/verify/encoding.ts";
import { isSameBytes } from "../contract/verify/equality.ts";
import type { Problem } from "./findings.ts";
import type { Runtime } from "./model.ts";

/** The binding of the key: an ArrayBuffer. */
export const PROOF_KEY = "RUNTIME_KEY";

/** The binding of the text. */
export const PROOF_TEXT = "RUNTIME_PROOF";

/** Length of the key, bytes. */
export const PROOF_KEY_LENGTH = 32;

/** A runtime that a command can prove. */
export type ProvenRuntime = Exclude<Runtime, "cloudflare">;

const PROVEN: readonly ProvenRuntime[] = ["local", "selfhost"];

/** Makes the text for a key. */
export function proofText(runtime: ProvenRuntime, key: Uint8Array): string {
  return `${runtime}:${encode(key, "hex")}`;
}

/** Gives the proven runtime, else `cloudflare`. An invalid proof is added to `problems`. */
export function provenRuntime(variables: ReadonlyMap<string, unknown>, problems: Problem[]): Runtime {
  if (variables.get("RUNTIME") !== undefined) {
    problems.push({
      code: "forged_runtime",
      path: ["RUNTIME"],
      text: "remove it; only the command that starts the Worker sets the runtime",
    });
  }
  const [given, text] = [variables.get(PROOF_KEY), variables.get(PROOF_TEXT)];
  if (given === undefined && text === undefined) return "cloudflare";
  const key = given instanceof ArrayBuffer && given.byteLength === PROOF_KEY_LENGTH ? new Uint8Array(given) : null;
  const runtime = PROVEN.find(
    (name) => key !== null && typeof text === "string" && isSameBytes(utf8Bytes(text), utf8Bytes(proofText(name, key))),
  );
  if (runtime !== undefined) return runtime;
  problems.push({
    code: "forged_runtime",
    path: [`${PROOF_KEY}, ${PROOF_TEXT}`],
    text: "remove them; only npm run dev, demo and selfhost can set them, at each start",
  });
  return "cloudflare";
}
