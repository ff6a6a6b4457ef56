/**
 * The proof of where a Worker runs, made anew at each start.
 */
import { PROOF_KEY, PROOF_KEY_LENGTH, PROOF_TEXT, type ProvenRuntime, proofText } from "../config/proof.ts";

/** A key, and the text that goes with it. */
export interface Proof {
  readonly key: Uint8Array<ArrayBuffer>;
  readonly text: string;
}

/** A proof that no one else has. */
export function makeProof(runtime: ProvenRuntime): Proof {
  const key = crypto.getRandomValues(new Uint8Array(PROOF_KEY_LENGTH));
  return { key, text: proofText(runtime, key) };
}

/** The same as the bindings that a Worker finds: for reading a configuration where no Worker runs. */
export function proofBindings(runtime: ProvenRuntime): Readonly<Record<string, unknown>> {
  const { key, text } = makeProof(runtime);
  return { [PROOF_KEY]: key.buffer, [PROOF_TEXT]: text };
}
