/**
 * Bundles for tests that start workerd themselves, as modules: `virtual:bundle/worker` and so on. Each is made once in a run, when a test first
 * imports it, whatever the number of processes that import it.
 */
import { bundle, ENTRIES } from "../../src/cli/bundle.ts";
import { type ModulePlugin, servesModules } from "./module-plugin.ts";

type Name = "worker" | "sandbox";

const PREFIX = "virtual:bundle/";

function isName(text: string): text is Name {
  return text === "worker" || text === "sandbox";
}

/** Makes bundles on demand. */
export interface Bundler {
  /** The bundle's file, absolute; one that was made before is given again. @throws with what the bundler printed where it fails */
  fileOf(name: Name): Promise<string>;
  /** A plugin of Vite. Each module's default export is the bundle's file. */
  readonly plugin: ModulePlugin;
}

/** @param directory takes the bundles, inside the project */
export function createBundler(directory: string): Bundler {
  const made = new Map<Name, Promise<string>>();
  const make = async (name: Name): Promise<string> => {
    const result = await bundle(ENTRIES[name], `${directory}/${name}`);
    if (!result.ok) throw new Error(result.output);
    return result.file;
  };
  const fileOf = (name: Name): Promise<string> => {
    const file = made.get(name) ?? make(name);
    made.set(name, file);
    return file;
  };
  const plugin = servesModules("tributary:bundles", PREFIX, async (id) => {
    const name = id.slice(PREFIX.length);
    if (!isName(name)) throw new TypeError(`${id}: there is no bundle of that name`);
    return `export default ${JSON.stringify(await fileOf(name))};`;
  });
  return { fileOf, plugin };
}
