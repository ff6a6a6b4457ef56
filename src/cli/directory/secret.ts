/**
 * Reads a secret for the directory: from a variable of our environment, from the standard input, or from a person who types it unseen.
 */
import { randomBytes } from "node:crypto";
import { text } from "node:stream/consumers";

/** A secret, or what is missing. */
export type GivenSecret = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly problem: string };

/** What was given, without the line's end. @param missing what is said where that is nothing */
function given(text: string, missing: string): GivenSecret {
  const value = text.trim();
  if (value === "") return { ok: false, problem: missing };
  return /\s/.test(value)
    ? {
        ok: false,
        problem: "There is a space or a line break in the secret. Give one secret at a time, without anything around it.",
      }
    : { ok: true, value };
}

/** Reads a secret. It never stands on the command line, where other users of the machine could read it. @param variable `null`: not from one */
export async function readSecret(variable: string | null): Promise<GivenSecret> {
  if (variable !== null) return given(process.env[variable] ?? "", `${variable} is not set: it is to hold the secret.`);
  if (!process.stdin.isTTY) return given(await text(process.stdin), "The standard input is empty: it is to hold the secret.");
  // A tool of development: an installation on a machine of one's own may lack it.
  const prompts = await import("@clack/prompts").catch(() => null);
  if (prompts === null)
    return { ok: false, problem: "Name the variable that holds the secret with --from, or give it on the standard input." };
  const { isCancel, password } = prompts;
  const value = await password({ message: "The secret" });
  return given(isCancel(value) ? "" : (value ?? ""), "No secret was given.");
}

/** A new token, which nobody can guess. */
export function newToken(): string {
  return randomBytes(32).toString("base64url");
}
