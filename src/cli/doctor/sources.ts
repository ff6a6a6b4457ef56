/**
 * Options of sources that are valid, and probably not what was meant.
 */
import { valueAt } from "../../config/schema.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { type Environment, sourcesOf, titleOf } from "./environments.ts";
import type { Report } from "./report.ts";

/** Examines the sources of an environment. */
export function examineSources(environment: Environment, report: Report): readonly Diagnosis[] {
  return sourcesOf(environment).flatMap(({ account, source, path }) => {
    const options = valueAt({ ACCOUNTS: environment.accounts }, path);
    const warn = (option: string, text: string, word: string): Diagnosis =>
      report({
        code: "wrong_value",
        level: "warning",
        path: [...environment.path, "vars", ...path, option],
        place: `${titleOf(environment)} ${account}.sources.${source}.${option}`,
        text,
        word,
      });
    const url = URL.parse(String(valueAt(options, ["public_url"])));
    const hook = `/hooks/${account}/${source}`;
    const isElsewhere = url !== null && !`${url.pathname}/`.endsWith(`${hook}/`) && !url.pathname.includes(`${hook}/`);
    const paths = valueAt(options, ["user_id_from"]);
    const dollar = Array.isArray(paths) ? paths.find((one) => typeof one === "string" && /^[$/]/.test(one)) : undefined;
    return [
      ...(isElsewhere
        ? [
            warn(
              "public_url",
              `leads to another source, or to none: webhooks of this one arrive at ${hook}. If nothing in front of the Worker changes the path, every signature is refused.`,
              url.pathname,
            ),
          ]
        : []),
      ...(dollar === undefined
        ? []
        : [
            warn("user_id_from", `"${dollar}" finds nothing: a path has names and dots alone, such as metadata.user_id.`, dollar),
          ]),
    ];
  });
}
