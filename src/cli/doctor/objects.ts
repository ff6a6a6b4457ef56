/**
 * Whether an environment has what the Worker stores its state in, and keeps URLs with tokens out of the logs.
 */
import * as z from "zod";
import type { Diagnosis } from "./diagnosis.ts";
import { type Environment, titleOf } from "./environments.ts";
import type { Report } from "./report.ts";

/** The bindings of the Worker's Durable Objects, and their classes. */
export const OBJECTS: Readonly<Record<string, string>> = {
  ACCOUNT: "AccountObject",
  ACCOUNT_COPY: "AccountCopy",
  DIRECTORY: "AccountDirectory",
};

const bindings = z
  .object({ bindings: z.array(z.looseObject({ name: z.string().catch(""), class_name: z.string().catch("") })).catch([]) })
  .catch({ bindings: [] });
const classes = z.array(z.string()).catch([]);
const migrations = z
  .array(
    z.object({
      tag: z.string().catch(""),
      new_sqlite_classes: classes,
      new_classes: classes,
      deleted_classes: classes,
      renamed_classes: z.array(z.object({ from: z.string() }).transform(({ from }) => from)).catch([]),
    }),
  )
  .catch([]);
const observability = z
  .object({ enabled: z.boolean().catch(false), logs: z.looseObject({}).catch({}) })
  .catch({ enabled: false, logs: {} });

/** Examines bindings and migrations. Bindings are not inherited; migrations are. */
export function examineObjects(top: Environment, environment: Environment, report: Report): readonly Diagnosis[] {
  const title = titleOf(environment);
  const { path, own } = environment;
  const bound = bindings.parse(own.durable_objects).bindings;
  const missingBindings = Object.entries(OBJECTS).flatMap(([name, className]) => {
    const found = bound.find((binding) => binding.name === name);
    if (found?.class_name === className) return [];
    const line = `{ name = "${name}", class_name = "${className}" }`;
    const text =
      found === undefined
        ? `has no binding ${name}. No environment inherits bindings: add ${line} to [${[...path, "durable_objects"].join(".")}].`
        : `"${found.class_name}" is not the class of ${name}: write ${line}.`;
    return [report({ code: "missing_binding", level: "error", path: [...path, "durable_objects"], place: title, text })];
  });

  const isOwn = "migrations" in own;
  const steps = migrations.parse(isOwn ? own.migrations : top.own.migrations);
  const where = isOwn ? [...path, "migrations"] : ["migrations"];
  const made = steps.flatMap((step) => step.new_sqlite_classes);
  const gone = steps.flatMap((step) => [...step.deleted_classes, ...step.renamed_classes]);
  const usesExports = "exports" in own || "exports" in top.own;
  const wrongMigrations = Object.values(OBJECTS).flatMap((className) => {
    const text = gone.includes(className)
      ? `deletes or renames ${className}, and with it everything that accounts have stored. Remove this step.`
      : made.includes(className) || usesExports
        ? null
        : `has no new_sqlite_classes = ["${className}"]. Take the migrations from the file as it was delivered.`;
    return text === null
      ? []
      : [
          report({
            code: "missing_migration",
            level: "error",
            path: where,
            place: isOwn ? `${title} migrations` : "migrations",
            text,
          }),
        ];
  });

  const tags = steps.map(({ tag }) => tag);
  const twice = tags.find((tag, index) => tags.indexOf(tag) < index);
  const repeatedTag =
    twice === undefined
      ? []
      : [
          report({
            code: "missing_migration",
            level: "error",
            path: [...where, String(tags.lastIndexOf(twice))],
            place: isOwn ? `${title} migrations` : "migrations",
            text: `has the tag "${twice}" twice, and Cloudflare performs each tag once. Take the migrations from the file as it was delivered.`,
          }),
        ];

  const { enabled, logs } = observability.parse(own.observability ?? top.own.observability);
  const logsUrls = enabled && logs.enabled !== false && logs.invocation_logs !== false;
  const text = "lets Cloudflare log each request's URL, and the URLs of some vendors hold a token: set invocation_logs = false.";
  const urls = report({
    code: "url_in_logs",
    level: "warning",
    path: [...path, "observability"],
    place: `${title} observability`,
    text,
  });
  return [...missingBindings, ...wrongMigrations, ...repeatedTag, ...(logsUrls ? [urls] : [])];
}
