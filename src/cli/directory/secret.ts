/**
 * Reads a secret for the directory: from a variable of our environment, from the standard input, or from a person who types it unseen.
 */
import { randomBytes } from "node:crypto";
import { text } from "node:stream/consumers";

/** A secret, or what is missing. */
export type GivenSecret = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly problem: string };

/** Reads a secret. It never stands on the command line, where other users of the machine could read it. @param variable `null`: not from one */
export async function readSecret(variable: string | null): Promise<GivenSecret> {
  if (variable !== null) {
    const value = process.env[variable]?.trim() ?? "";
    return value === "" ? { ok: false, problem: `${variable} is not set: it is to hold the secret.` } : { ok: true, value };
  }
  if (!process.stdin.isTTY) {
    const value = (await text(process.stdin)).trim();
    return value === "" ? { ok: false, problem: "The standard input is empty: it is to hold the secret." } : { ok: true, value };
  }
  // A tool of development: an installation on a machine of one's own may lack it.
  const prompts = await import("@clack/prompts").catch(() => null);
  if (prompts === null)
    return { ok: false, problem: "Name the variable that holds the secret with --from, or give it on the standard input." };
  const { isCancel, password } = prompts;
  const value = await password({ message: "The secret" });
  return isCancel(value) || !value ? { ok: false, problem: "No secret was given." } : { ok: true, value: value.trim() };
}

/** A new token, which nobody can guess. */
export function newToken(): string {
  return randomBytes(32).toString("base64url");
}
