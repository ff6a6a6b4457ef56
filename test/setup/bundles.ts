/**
 * Bundles for tests that start workerd themselves, as modules: `virtual:bundle/worker` and so on. Each is made once in a run, when a test first
 * imports it, whatever the number of processes that import it.
 */
import { bundle } from "../../src/cli/bundle.ts";
import { SANDBOX_CONFIG, WORKER_CONFIG } from "../../src/cli/project.ts";

/** What a plugin of Vite must have to serve modules. */
interface ModulePlugin {
  readonly name: string;
  resolveId(id: string): string | null;
  load(id: string): Promise<string | null>;
}

const CONFIGS = { worker: WORKER_CONFIG, sandbox: SANDBOX_CONFIG } as const;

type Name = keyof typeof CONFIGS;

const PREFIX = "virtual:bundle/";

function isName(text: string): text is Name {
  return Object.hasOwn(CONFIGS, text);
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
    const result = await bundle(CONFIGS[name], `${directory}/${name}`);
    if (!result.ok) throw new Error(result.output);
    return result.file;
  };
  const fileOf = (name: Name): Promise<string> => {
    const file = made.get(name) ?? make(name);
    made.set(name, file);
    return file;
  };
  return {
    fileOf,
    plugin: {
      name: "tributary:bundles",
      resolveId: (id) => (id.startsWith(PREFIX) && isName(id.slice(PREFIX.length)) ? `\0${id}` : null),
      async load(id) {
        const name = id.startsWith(`\0${PREFIX}`) ? id.slice(PREFIX.length + 1) : "";
        return isName(name) ? `export default ${JSON.stringify(await fileOf(name))};` : null;
      },
    },
  };
}
