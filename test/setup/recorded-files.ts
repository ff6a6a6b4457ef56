/**
 * The recorded files of the tests as one module, `virtual:recorded`: a module for each of them would take longer to load than the tests do.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inProject } from "../../src/cli/project.ts";
import { type ModulePlugin, servesModules } from "./module-plugin.ts";

const FOLDERS = ["fixtures", "golden", "vectors"] as const;

/**
 * A plugin of Vite that serves the module. Its exports are the folders of `FOLDERS`: the text of each `.json` file, by its path in the folder.
 * @param adapter only files of this adapter; `null`: of all
 */
export function recordedFiles(adapter: string | null): ModulePlugin {
  const isWanted = (path: string) => adapter === null || path.split(/[/\\.]/)[0] === adapter;
  return servesModules("tributary:recorded", "virtual:recorded", (_, watch) => {
    const folders = FOLDERS.map((folder) => {
      const directory = inProject(`test/${folder}`);
      const paths = readdirSync(directory, { recursive: true, encoding: "utf8" });
      const texts = paths
        .filter((path) => path.endsWith(".json") && isWanted(path))
        .sort()
        .map((path) => {
          watch(join(directory, path));
          return [path.replaceAll("\\", "/"), readFileSync(join(directory, path), "utf8")];
        });
      return `export const ${folder} = ${JSON.stringify(Object.fromEntries(texts))};`;
    });
    return Promise.resolve(folders.join("\n"));
  });
}
