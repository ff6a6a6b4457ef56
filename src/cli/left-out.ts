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
    // Making JSON Schemas of schemas, which zod ties to each of them, is a tenth of what the Worker needs of zod.
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]classic[\\/]schemas\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8")
        .replaceAll(/inst\._zod\.processJSONSchema = .*;/g, "")
        .replaceAll(/create(ToJSONSchema|StandardJSONSchema)Method\(this, [^)]*\)/g, "undefined"),
    }));
  },
};
