/**
 * The project elsewhere, for commands that read and write its files.
 */
import { cpSync, existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DEMO_ACCOUNTS, demoAccounts } from "../../src/cli/accounts.ts";
import { inProject } from "../../src/cli/project.ts";

const REGISTRY = "src/contract/registry.ts";

/** The files that a copy has beside its adapters. */
const COPIED = ["src", "package.json", "tsconfig.json", "wrangler.toml"];

/**
 * Copies the project, but for its tests. Of its adapters the copy has only some: a command loads all that there are, which takes most of its time.
 * @param root a folder that is there, absolute
 * @param adapters their ids
 */
export function copyProject(root: string, adapters: readonly string[]): void {
  const own = adapters.flatMap((id) => [`adapters/${id}.ts`, `adapters/${id}`]).filter((path) => existsSync(inProject(path)));
  for (const path of [...COPIED, ...own]) cpSync(inProject(path), join(root, path), { recursive: true });
  symlinkSync(inProject("node_modules"), join(root, "node_modules"));
  const isKept = (line: string) => {
    const [, id] = /^ {2}\["([^"]+)"/.exec(line) ?? [];
    return id === undefined || adapters.includes(id);
  };
  const registry = readFileSync(inProject(REGISTRY), "utf8").split("\n").filter(isKept);
  writeFileSync(join(root, REGISTRY), registry.join("\n"));
  const accounts = Object.entries(demoAccounts()).map(([name, account]) => {
    const sources = Object.entries(account.sources).filter(([source, { adapter = source }]) =>
      adapters.includes(String(adapter)),
    );
    return [name, { ...account, sources: Object.fromEntries(sources) }];
  });
  writeFileSync(join(root, DEMO_ACCOUNTS), JSON.stringify(Object.fromEntries(accounts)));
}
