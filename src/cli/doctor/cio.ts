/**
 * The login of Customer.io's own command line, where it is installed: it knows the region of its account.
 * @see https://github.com/customerio/cli
 */
import { execFile } from "node:child_process";
import * as z from "zod";
import type { Region } from "../../config/model.ts";

/** Milliseconds that it may take. */
const PATIENCE = 10_000;

const status = z.looseObject({ region: z.enum(["us", "eu"]), account_id: z.coerce.string().optional() });

/** The account that the command line is signed in to. */
export interface CioLogin {
  readonly region: Region;
  readonly accountId: string | null;
}

/** Runs a program. @returns what it prints; `null` if it is not there, fails, or takes too long */
export type RunProgram = (name: string, args: readonly string[]) => Promise<string | null>;

const runProgram: RunProgram = (name, args) =>
  new Promise((settle) => {
    execFile(name, args, { timeout: PATIENCE }, (error, output) => settle(error === null ? output : null));
  });

/** Asks `cio auth status`. @returns `null` if it is not installed or not signed in */
export async function askCio(run: RunProgram = runProgram): Promise<CioLogin | null> {
  const output = await run("cio", ["auth", "status"]);
  if (output === null) return null;
  try {
    const read = status.safeParse(JSON.parse(output));
    return read.success ? { region: read.data.region, accountId: read.data.account_id ?? null } : null;
  } catch {
    return null;
  }
}
