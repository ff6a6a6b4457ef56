/**
 * Modules that are made while tests run, rather than read from a file.
 */

/** The part of Vite's and Vitest's plugin interface that this uses. */
export interface ModulePlugin {
  readonly name: string;
  configureVitest(context: {
    defineCacheKeyGenerator(generate: (module: { readonly id: string }) => false | undefined): void;
  }): void;
  resolveId(id: string): string | null;
  load(
    this: { addWatchFile(file: string): void },
    id: string,
  ): Promise<{ readonly code: string; readonly map: { readonly mappings: "" } } | null>;
}

/**
 * A plugin that serves modules of its own.
 * @param prefix the ids that it serves begin so
 * @param make the source of the module of that id; it names the files that the source was made of
 */
export function servesModules(
  name: string,
  prefix: string,
  make: (id: string, watch: (file: string) => void) => Promise<string>,
): ModulePlugin {
  const resolved = `\0${prefix}`;
  return {
    name,
    // What is made anew in each run has no place in the cache of transformed modules.
    configureVitest: ({ defineCacheKeyGenerator }) =>
      defineCacheKeyGenerator(({ id }) => (id.startsWith(resolved) ? false : undefined)),
    resolveId: (id) => (id.startsWith(prefix) ? `\0${id}` : null),
    async load(id) {
      if (!id.startsWith(resolved)) return null;
      const code = await make(id.slice(1), (file) => this.addWatchFile(file));
      return { code, map: { mappings: "" } };
    },
  };
}
