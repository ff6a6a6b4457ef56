/**
 * Writes an account and its sources into `wrangler.toml`, and keeps everything else in it.
 */
import { parse } from "smol-toml";
import * as z from "zod";
import { valueAt } from "../../config/schema.ts";
import { WORKER_CONFIG } from "../project.ts";
import type { Answers, Options, Read } from "./answers.ts";
import { renderKey, renderValue, type TomlValue, withValue } from "./toml-edit.ts";

const names = z.array(z.string()).catch([]);
const table = z.record(z.string(), z.json()).catch({});

/**
 * The configuration with an account. Options that it has already stay unless they are given anew.
 * @param text the configuration
 * @param required names of secrets without which the environment's Worker must not be deployed, beside those that are named already
 */
export function declare(text: string, { region, account, options, sources }: Answers, required: readonly string[]): Read<string> {
  const place = ["env", region, "vars", "ACCOUNTS", account];
  let config = text;
  const write = (path: readonly string[], entries: Options): boolean => {
    for (const [key, value] of Object.entries(entries)) {
      const next = withValue(config, path, key, value);
      if (next === null) return false;
      config = next;
    }
    return true;
  };
  const own = { region, ...options };
  if (!write(place, own)) return byHand(place, own);
  for (const { name, adapter, options: given } of sources) {
    const before = valueAt(parse(config), [...place, "sources", name]);
    const merged = { ...(name === adapter.id ? {} : { adapter: adapter.id }), ...table.parse(before), ...given };
    const path = [...place, "sources"];
    // One line, or a table of its own where the file has one.
    if (!write(path, { [name]: merged }) && !write([...path, name], merged)) return byHand(path, { [name]: merged });
  }
  const secrets = ["env", region, "secrets"];
  const known = names.parse(valueAt(parse(config), [...secrets, "required"]));
  const all = [...new Set([...known, ...required])].sort();
  if (all.length > 0 && !write(secrets, { required: all })) return byHand(secrets, { required: all });
  return { ok: true, value: config };
}

/**
 * The configuration in which the environment of the other region knows where an account is served. @returns the same text where it has no such
 * environment, or cannot be changed
 * @param worker the address of the Worker that serves the account
 */
export function declareElsewhere(text: string, { region, account }: Answers, worker: string): string {
  const other = ["env", region === "us" ? "eu" : "us", "vars"];
  const { origin } = new URL(worker);
  if (valueAt(parse(text), other) === undefined) return text;
  return withValue(text, [...other, "ELSEWHERE"], account, origin) ?? text;
}

function byHand(path: readonly string[], entries: Readonly<Record<string, TomlValue>>): Read<string> {
  const lines = Object.entries(entries).map(([key, value]) => `  ${renderKey(key)} = ${renderValue(value)}`);
  const header = `  [${path.map(renderKey).join(".")}]`;
  return {
    ok: false,
    problem: `${WORKER_CONFIG} is written in a way in which this cannot be added to it. Nothing was changed; write yourself:\n${[header, ...lines].join("\n")}`,
  };
}
