/**
 * In the tests all adapters are loaded with the registry. The test runner loads modules over a connection of the Durable Object that first asks
 * for them; another object that asks at the same time fails, or waits for ever.
 */

/** A plugin of Vite. */
interface Plugin {
  readonly name: string;
  readonly enforce: "pre";
  transform(code: string, id: string): string | null;
}

/** A plugin of Vite that makes the registry's imports static. */
export function loadedAdapters(): Plugin {
  return {
    name: "tributary:loaded-adapters",
    enforce: "pre",
    transform: (code, id) => {
      if (!/src\/contract\/registry\.ts$/.test(id.replaceAll("\\", "/"))) return null;
      const imports: string[] = [];
      const text = code.replace(/\(\) => import\(("[^"]+")\)/g, (_, path: string) => {
        const name = `adapter${imports.length}`;
        imports.push(`import * as ${name} from ${path};`);
        return `async () => ${name}`;
      });
      return [...imports, text].join("\n");
    },
  };
}
