/**
 * The recorded files of the tests as one module, `virtual:recorded`: a module for each of them would take longer to load than the tests do.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inProject } from "../../src/cli/project.ts";

/** What a plugin of Vite must have to serve a module. */
interface ModulePlugin {
  readonly name: string;
  resolveId(id: string): string | null;
  load(this: { addWatchFile(file: string): void }, id: string): string | null;
}

const FOLDERS = ["fixtures", "golden", "vectors"] as const;

const RESOLVED = "\0virtual:recorded";

/** A plugin of Vite that serves the module. Its exports are the folders of `FOLDERS`: the text of each `.json` file, by its path in the folder. */
export function recordedFiles(): ModulePlugin {
  return {
    name: "tributary:recorded",
    resolveId: (id) => (id === "virtual:recorded" ? RESOLVED : null),
    load(id) {
      if (id !== RESOLVED) return null;
      return FOLDERS.map((folder) => {
        const directory = inProject(`test/${folder}`);
        const paths = readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".json"));
        const texts = paths.map((path) => {
          this.addWatchFile(join(directory, path));
          return [path.replaceAll("\\", "/"), readFileSync(join(directory, path), "utf8")];
        });
        // A text that is parsed once takes less than a literal of the same length.
        return `export const ${folder} = JSON.parse(${JSON.stringify(JSON.stringify(Object.fromEntries(texts.sort())))});`;
      }).join("\n");
    },
  };
}
