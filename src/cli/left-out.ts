/**
 * What bundles leave out of the modules that they contain: code that only commands and tests run.
 */
import { readFileSync } from "node:fs";
import type { Plugin } from "esbuild";

/** A plugin of esbuild. Where a pattern fits nothing any more, the bundle is larger and nothing else. */
export const leftOut: Plugin = {
  name: "left-out",
  setup(build) {
    build.onLoad({ filter: /[\\/]verify[\\/]demo-private-keys\.ts$/ }, () => ({
      contents: 'export function demoPrivateKeyBytes() { throw new TypeError("a Worker signs nothing"); }',
    }));
    // What an option is for is read by commands; the Worker would make a copy of its schema to remember it.
    build.onLoad({ filter: /[\\/](adapters|src)[\\/].*\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      return text.includes(".describe(") ? { contents: text.replaceAll(DESCRIPTION, ""), loader: "ts" } : undefined;
    });
    // Making JSON Schemas of schemas, which zod ties to each of them, is a tenth of what the Worker needs of zod.
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]classic[\\/]schemas\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8")
        .replaceAll(/inst\._zod\.processJSONSchema = .*;/g, "")
        // Support for values that contain themselves: JSON does not, and each schema pays for it.
        .replace(/if \(!core\.globalConfig\.memoizer\)\s*core\.config\(.*\);/, "")
        .replaceAll(/create(ToJSONSchema|StandardJSONSchema)Method\(this, [^)]*\)/g, "undefined"),
    }));
    // A Worker may not make code at run time: the variant of objects that does is never used.
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]core[\\/]schemas\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace(
        /export const \$ZodObjectJIT = [\s\S]*?\n\}\);\n/,
        "export const $ZodObjectJIT = $ZodObject;\n",
      ),
    }));
  },
};

/** A description of a schema, if it is a text without values. */
const DESCRIPTION = /\.describe\(\s*(?:"(?:[^"\\]|\\.)*"|`(?:[^`\\$]|\\.)*`),?\s*\)/g;

/** A plugin that leaves out the other adapters and their guides. The registry still has their ids: the Worker can say what it lacks. */
export function onlyAdapters(ids: ReadonlySet<string>): Plugin {
  return {
    name: "only-adapters",
    setup(build) {
      build.onLoad({ filter: /[\\/]contract[\\/]registry\.ts$/ }, ({ path }) => ({
        contents: readFileSync(path, "utf8").replaceAll(/^ {2}\["([a-z\d-]+)", \(\) => import\(.*\],$/gm, (line, id: string) =>
          ids.has(id) ? line : `["${id}", null],`,
        ),
        loader: "ts",
      }));
      build.onLoad({ filter: /[\\/]guides\.ts$/ }, ({ path }) => ({
        contents: readFileSync(path, "utf8").replaceAll(/^ {2}\["([a-z\d-]+)", \{.*\],$/gm, (line, id: string) =>
          ids.has(id) ? line : "",
        ),
        loader: "ts",
      }));
    },
  };
}
