/**
 * Whose a file is when a new version is merged, as docs/upgrading.md says it.
 */
import { ADAPTERS } from "../support/registry.ts";
import { textOf } from "./source-code.ts";

/** Who writes a file: the operator, `npm run generate`, or the project. */
export type Owner = "yours" | "generated" | "ours";

interface Rule {
  readonly owner: Owner;
  readonly pattern: RegExp;
}

const RULES = rulesIn(textOf("docs/upgrading.md"));

/** The owner of a file. What no rule names is the project's. @param path inside the project */
export function ownerOf(path: string): Owner {
  const found = RULES.find(({ pattern }) => {
    const id = pattern.exec(path)?.groups?.id;
    return pattern.test(path) && (id === undefined || !ADAPTERS.has(id));
  });
  return found?.owner ?? "ours";
}

/** One rule for each path of the table, in its order. */
function rulesIn(page: string): readonly Rule[] {
  const table = /<!-- files -->\n(.*?)<!-- \/files -->/s.exec(page)?.[1] ?? "";
  const rows = [...table.matchAll(/^\| (`.*?) \| (yours|generated) \|/gm)];
  return rows.flatMap(([, paths = "", owner = ""]) =>
    [...paths.matchAll(/`([^`]+)`/g)].map(
      ([, path = ""]): Rule => ({
        owner: owner === "yours" ? "yours" : "generated",
        pattern: patternOf(path),
      }),
    ),
  );
}

/** `*` is part of a name, `**` is any path, `<yours>` is an id that no adapter of the project has. */
function patternOf(path: string): RegExp {
  const parts = path.split(/(<yours>|\*\*|\*)/).map((part) => {
    if (part === "<yours>") return "(?<id>[a-z][a-z0-9-]*)";
    if (part === "**") return ".+";
    return part === "*" ? "[^/]*" : part.replace(/[.]/g, "\\.");
  });
  return new RegExp(`^${parts.join("")}$`);
}
