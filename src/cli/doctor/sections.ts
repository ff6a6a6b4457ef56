/**
 * Whether the sections of a configuration are ones that wrangler reads, and whether what is uploaded is what the project builds.
 */
import { existsSync, readFileSync } from "node:fs";
import * as z from "zod";
import { valueAt } from "../../config/schema.ts";
import { inProject } from "../project.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { type Environment, titleOf } from "./environments.ts";
import type { Report } from "./report.ts";

/** What wrangler says of its own configuration. */
const WRANGLER_SCHEMA = "node_modules/wrangler/config-schema.json";

const properties = z.object({ properties: z.record(z.string(), z.unknown()) });
const wranglerSchema = z.object({ definitions: z.object({ RawConfig: properties, RawEnvironment: properties }) });

/** Every key that wrangler knows at the top level, and in an environment; `null` where it is not installed. */
function knownKeys(): { readonly top: readonly string[]; readonly environment: readonly string[] } | null {
  const file = inProject(WRANGLER_SCHEMA);
  if (!existsSync(file)) return null;
  const { definitions } = wranglerSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  return {
    top: Object.keys(definitions.RawConfig.properties),
    environment: Object.keys(definitions.RawEnvironment.properties),
  };
}

/** Sections that wrangler does not read: it only warns of them, and what stands there counts for nothing. */
export function examineSections(top: Environment, named: readonly Environment[], report: Report): readonly Diagnosis[] {
  const known = knownKeys();
  if (known === null) return [];
  return [top, ...named].flatMap((environment) => {
    const keys = environment.name === "" ? known.top : known.environment;
    return Object.keys(environment.own).flatMap((key) =>
      // The account of another place has a message of its own.
      keys.includes(key) || key === "ACCOUNTS"
        ? []
        : [
            report(
              {
                code: "unknown_section",
                level: "error",
                path: [...environment.path, key],
                place: `${titleOf(environment)} ${key}`,
                text: "is nothing that wrangler reads, so all of it counts for nothing; correct its name or remove it.",
                word: key,
              },
              keys,
            ),
          ],
    );
  });
}

/** What must stand at the top level, since the project builds for it. */
const FIXED: Readonly<Record<string, string | boolean>> = { main: "dist/worker/index.js", no_bundle: true };

/** The first day that the Worker is built and tested for. */
const FIRST_DATE = "2026-10-01";

const ruleSchema = z.array(z.looseObject({ globs: z.array(z.string()) })).catch([]);

/** Whether the Worker is uploaded as it is built, each environment under a name of its own. */
export function examineUpload(top: Environment, named: readonly Environment[], report: Report): readonly Diagnosis[] {
  const wrong = (environment: Environment, key: string, text: string): Diagnosis =>
    report({
      code: "wrong_upload",
      level: "error",
      path: [...environment.path, key],
      place: `${titleOf(environment)} ${key}`,
      text,
    });
  const fixed = Object.entries(FIXED).flatMap(([key, value]) =>
    [top, ...named].flatMap((environment) => {
      const given = environment.own[key];
      if (given === value || (given === undefined && environment.name !== "")) return [];
      return [wrong(environment, key, `must be ${JSON.stringify(value)}: that is what npm run build makes.`)];
    }),
  );
  const parts = ruleSchema.parse(top.own.rules).some(({ globs }) => globs.includes("parts/*.js"));
  const date = top.own.compatibility_date;
  const names = new Map<unknown, Environment>();
  return [
    ...fixed,
    ...(typeof valueAt(top.own, ["build", "command"]) === "string"
      ? []
      : [wrong(top, "build", 'has no command: write command = "npm run --silent build", or nothing is there to upload.')]),
    ...(parts
      ? []
      : [wrong(top, "rules", 'must be [{ type = "ESModule", globs = ["parts/*.js"] }]: the adapters are uploaded so.')]),
    ...(typeof date === "string" && date >= FIRST_DATE
      ? []
      : [wrong(top, "compatibility_date", `must be "${FIRST_DATE}" or later: the Worker is tested with it.`)]),
    ...(typeof top.own.name === "string" ? [] : [wrong(top, "name", "is missing: it names the Workers, such as tributary-us.")]),
    ...named.flatMap((environment) => {
      const name = environment.own.name ?? `${String(top.own.name)}-${environment.name}`;
      const before = names.get(name);
      names.set(name, environment);
      if (before === undefined) return [];
      const text = `is also the name of the Worker of ${titleOf(before)}: each deployment would replace the other one. Give them two names, or none.`;
      return [wrong(environment, "name", text)];
    }),
  ];
}

/** The names of the secrets without which wrangler does not deploy an environment. */
export function requiredSecrets({ own }: Environment): readonly string[] {
  return z
    .array(z.string())
    .catch([])
    .parse(valueAt(own, ["secrets", "required"]));
}

/** Whether the required secrets can be set, and are read by the Worker. @param expected the names that it reads */
export function examineRequired(environment: Environment, expected: readonly string[], report: Report): readonly Diagnosis[] {
  const path = [...environment.path, "secrets", "required"];
  const given = valueAt(environment.own, ["secrets", "required"]);
  const place = `${titleOf(environment)} secrets.required`;
  if (given !== undefined && !z.array(z.string()).safeParse(given).success)
    return [report({ code: "wrong_value", level: "error", path, place, text: 'must be a list of names: ["ACME_CDP_API_KEY"].' })];
  return requiredSecrets(environment).flatMap((name) => {
    if (expected.includes(name)) return [];
    const text = `names ${name}, which is no secret of an account or source here: wrangler does not deploy until it is set. Correct the name or remove it.`;
    const diagnosis = report({ code: "unknown_secret", level: "warning", path, place, text, word: name }, expected);
    return [diagnosis];
  });
}
