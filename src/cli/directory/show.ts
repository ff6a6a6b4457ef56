/**
 * What is printed of accounts of a directory, and of what is wrong with one.
 */
import { valueAt } from "../../config/schema.ts";
import type { DirectoryAccount } from "../../console/directory/operations.ts";
import { problemSchema } from "../../console/problem.ts";
import { didYouMean } from "../nearest.ts";
import { escaped } from "../printer.ts";
import { alignColumns } from "../table.ts";
import type { Declaration } from "./options.ts";

type Finding = DirectoryAccount["findings"][number];

/** An account, as text. @param origin the Worker's address */
export function renderAccount(account: DirectoryAccount, origin: string): readonly string[] {
  const { name, id, was, findings, sources, secrets, tokens } = account;
  const { sources: _, ...options } = account.account;
  const lines = [
    `${name}${account.ok ? "" : "  (cannot be used)"}`,
    ...Object.entries(options).map(([key, value]) => `  ${key} = ${JSON.stringify(value)}`),
    `  its object is ${id}${was.length === 0 ? "" : `; formerly ${was.join(", ")}`}`,
    "",
    ...table(
      ["source", "adapter", "webhooks go to"],
      sources.map((source) => [source.name, source.adapter, new URL(source.path, origin).href]),
    ),
    ...table(
      ["number", "secret", "fingerprint", "added", "last used"],
      secrets.map(({ number, kind, source, fingerprint, addedAt, lastUsedAt }) => [
        ...[String(number), source === null ? kind : kind === "secret" ? source : `${source}: API key`, fingerprint],
        ...[timeOf(addedAt), lastUsedAt === null ? (kind === "secret" ? "not lately" : "-") : timeOf(lastUsedAt)],
      ]),
    ),
    ...table(
      ["number", "token", "added", "expires"],
      tokens.map(({ number, scope, addedAt, expiresAt }) => [
        ...[String(number), scope, timeOf(addedAt)],
        expiresAt === null ? "never" : timeOf(expiresAt),
      ]),
    ),
    ...findings.map((finding) => `${renderFinding(finding, account.account)}${commandFor(finding, name)}`),
  ];
  return lines.map(escaped);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return rows.length === 0 ? [] : [...alignColumns([head, ...rows]).map((line) => `  ${line}`), ""];
}

function timeOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** The command that mends a finding; empty where it takes thought. */
function commandFor({ code, place }: Finding, account: string): string {
  if (code !== "missing_secret") return "";
  const [, source] = /^secret of ([a-z][a-z0-9-]*)$/.exec(place) ?? [];
  if (source === undefined && place !== "Pipelines API key") return "";
  return ` npx tributary accounts secret add ${account}${source === undefined ? "" : ` ${source}`}`;
}

/** What is wrong, with the word that may be meant. */
export function renderFinding({ level, place, text, choices, code }: Finding, account: Declaration): string {
  const path = place.split(".");
  const value = valueAt(account, path);
  const word =
    code === "unknown_option" ? path.at(-1) : typeof value === "string" ? value : path.at(code === "unknown_adapter" ? -2 : -1);
  const ending = /[.!?]$/.test(text) ? text : `${text}.`;
  return `${level.padEnd(8)}${place === "" ? "" : `${place}: `}${ending}${didYouMean(word ?? "", choices)}`;
}

/** Why the Worker refused, as text. @param raw what is printed where its answer says nothing more */
export function renderRefusal(answer: unknown, raw: string, account: Declaration): string {
  const read = problemSchema().safeParse(answer);
  if (!read.success) return raw;
  const { findings = [], detail } = read.data;
  const lines = findings.length === 0 ? [detail] : findings.map((finding) => renderFinding(finding, account));
  return lines.map(escaped).join("\n");
}
