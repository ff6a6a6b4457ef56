/**
 * Where the Worker runs: on Cloudflare, unless the command that started it proves something else.
 *
 * The proof is a key in a `data` binding of workerd, beside a text that repeats it behind the name of the runtime. Vars are text or JSON and
 * secrets are text, and wrangler refuses `data_blobs` for a Worker of modules: so no configuration can give a proof.
 * @see https://github.com/cloudflare/workerd/blob/main/src/workerd/server/workerd.capnp
 */
import { encode, utf8Bytes } from "../contract/verify/encoding.ts";
import { isSameBytes } from "../contract/verify/equality.ts";
import type { Runtime } from "./model.ts";

/** The bindings of the proof: a key of 32 bytes as an ArrayBuffer, and the text. */
export const PROOF_KEY = "RUNTIME_KEY";
export const PROOF_TEXT = "RUNTIME_PROOF";

/** Bytes of a key. */
export const PROOF_KEY_LENGTH = 32;

/** What a command can prove. */
export type ProvenRuntime = Exclude<Runtime, "cloudflare">;

const PROVEN: readonly ProvenRuntime[] = ["local", "selfhost"];

/** The text that goes with a key. */
export function proofText(runtime: ProvenRuntime, key: Uint8Array): string {
  return `${runtime}:${encode(key, "hex")}`;
}

/** The runtime that is proven, or `cloudflare`. A proof that does not hold is added to the problems. */
export function provenRuntime(variables: ReadonlyMap<string, unknown>, problems: string[]): Runtime {
  if (variables.get("RUNTIME") !== undefined) {
    problems.push("RUNTIME: remove it; the command that starts the Worker proves where it runs, no variable says so");
  }
  const [given, text] = [variables.get(PROOF_KEY), variables.get(PROOF_TEXT)];
  if (given === undefined && text === undefined) return "cloudflare";
  const key = given instanceof ArrayBuffer && given.byteLength === PROOF_KEY_LENGTH ? new Uint8Array(given) : null;
  const runtime = PROVEN.find(
    (name) => key !== null && typeof text === "string" && isSameBytes(utf8Bytes(text), utf8Bytes(proofText(name, key))),
  );
  if (runtime !== undefined) return runtime;
  problems.push(`${PROOF_KEY}, ${PROOF_TEXT}: remove them; only npm run dev, demo and selfhost can set them, anew at each start`);
  return "cloudflare";
}
