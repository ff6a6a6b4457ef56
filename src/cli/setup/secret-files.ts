/**
 * Files of secrets: `.dev.vars` for local runs, and one that exists only while a Worker is deployed.
 */
import { chmodSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";

/** What tells a process to end. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Secrets by the names of their variables. */
export type SecretValues = Readonly<Record<string, string>>;

/**
 * Gives variables of a file of `NAME=value` lines new values. All other lines stay.
 * @throws TypeError where a value has all three kinds of quotation marks, which no line can hold
 */
export function withSecrets(text: string, secrets: SecretValues): string {
  const rows = text === "" ? [] : text.replace(/\n$/, "").split("\n");
  for (const [name, value] of Object.entries(secrets)) {
    const before = parseEnv(rows.join("\n"))[name];
    if (before === value) continue;
    const line = `${name}=${quoted(value)}`;
    const index = rows.findLastIndex((row) => new RegExp(`^\\s*(export\\s+)?${name}\\s*=`).test(row));
    if (index === -1) rows.push(line);
    else rows.splice(index, linesOf(rows.slice(index), name, before), line);
  }
  return rows.length === 0 ? "" : `${rows.join("\n")}\n`;
}

/** How many lines a value has, from that of its name. */
function linesOf(rows: readonly string[], name: string, value: string | undefined): number {
  const count = rows.findIndex((_, index) => parseEnv(rows.slice(0, index + 1).join("\n"))[name] === value) + 1;
  return Math.max(1, count);
}

function quoted(value: string): string {
  if (/^[\w./+:@=-]*$/.test(value)) return value;
  const mark = ["'", '"', "`"].find((candidate) => !value.includes(candidate) && !(candidate === '"' && value.includes("\\n")));
  if (mark === undefined) throw new TypeError("a secret has all three kinds of quotation marks");
  return `${mark}${value}${mark}`;
}

/** Writes a file that only its owner can read: whole, or not at all. @param path absolute */
export function writePrivately(path: string, text: string): void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text, { mode: 0o600, flag: "wx" });
  renameSync(draft, path);
}

/** Gives variables of `.dev.vars`, or another such file, new values. @param path absolute */
export function saveSecrets(path: string, secrets: SecretValues): void {
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const next = withSecrets(text, secrets);
  if (next !== text) writePrivately(path, next);
}

/**
 * Runs something with a file of secrets as `wrangler deploy --secrets-file` takes it. Only its owner can read it, and it is gone afterwards,
 * also where the process is told to end.
 */
export async function withSecretsFile<Result>(secrets: SecretValues, run: (path: string) => Promise<Result>): Promise<Result> {
  const directory = mkdtempSync(join(tmpdir(), "tributary-secrets-"));
  chmodSync(directory, 0o700);
  const remove = () => rmSync(directory, { recursive: true, force: true });
  const stop = () => {
    remove();
    process.exit(1);
  };
  for (const signal of SIGNALS) process.once(signal, stop);
  try {
    const path = join(directory, "secrets.json");
    writeFileSync(path, JSON.stringify(secrets), { mode: 0o600 });
    return await run(path);
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop);
    remove();
  }
}
