/**
 * The secrets of a setup: which are needed, which are known, and what stands in for them on this machine.
 */
import { randomBytes } from "node:crypto";
import { accountKeyName, secretName } from "../../secret-names.ts";
import type { Answers } from "./answers.ts";
import type { Prompts } from "./prompts.ts";
import type { SecretValues } from "./secret-files.ts";

/** A secret that a setup needs. */
export interface Needed {
  readonly name: string;
  /** Which of the vendor's, or Customer.io's, secrets it is. */
  readonly hint: string;
  /** What stands in for it on this machine; a deployed Worker refuses it. */
  readonly demo: string;
  /** Says what is wrong with a value; `undefined` if nothing is. */
  readonly problem: (value: string) => string | undefined;
}

/** The secrets of an account and its sources. */
export function neededSecrets({ account, sources }: Answers): readonly Needed[] {
  const key: Needed = {
    name: accountKeyName(account),
    hint: "API key: in Customer.io, Data & Integrations → Integrations → Customer.io API",
    demo: `tributary_demo_${account}`,
    problem: (value) => (/^[!-9;-~]+$/.test(value) ? undefined : "an API key has no spaces and no colon"),
  };
  return [
    key,
    ...sources.map(({ name, adapter: { secret } }): Needed => {
      const isRight = (value: string) => value.split(/\s+/).every((part) => secret.format.test(part));
      const problem = `does not have the format of this secret (${secret.hint})`;
      return {
        name: secretName(account, name),
        hint: secret.hint,
        demo: secret.demo,
        problem: (value) => (isRight(value) ? undefined : problem),
      };
    }),
  ];
}

/** Stand-ins for secrets that are not known. */
export function standIns(needed: readonly Needed[], known: SecretValues): SecretValues {
  return Object.fromEntries(needed.filter(({ name }) => known[name] === undefined).map(({ name, demo }) => [name, demo]));
}

/** Asks for secrets; one that the person does not have yet is left out. @returns `null` if the person cancels */
export async function askSecrets(needed: readonly Needed[], prompts: Prompts): Promise<SecretValues | null> {
  const given: Record<string, string> = {};
  for (const { name, hint, problem } of needed) {
    const answer = await prompts.secret(`${name} (${hint}; empty: later)`, (text) => (text === "" ? undefined : problem(text)));
    if (answer === null) return null;
    if (answer !== "") given[name] = answer;
  }
  return given;
}

/** A token for the operator's API: 256 bits. */
export function makeAdminToken(): string {
  return randomBytes(32).toString("base64url");
}
