/**
 * The project's own text and syntax, for the tests that hold its structure. Node only.
 */
import { readdirSync, readFileSync } from "node:fs";
import { posix, sep } from "node:path";
import { parseAst } from "vitest/node";

/** Folders that are made, fetched or private: no part of the project's text. */
const NOT_OURS = new Set(["node_modules", ".git", ".wrangler", "dist", "data", "coverage"]);

/** A node of a syntax tree: a type, and whatever that type has. */
export interface SyntaxNode {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** A file's imports and re-exports: what it names, and the syntax node that names it. */
export interface Import {
  readonly specifier: string;
  readonly node: SyntaxNode;
}

/** Every file of the project, as paths from its root with `/`, sorted. */
export function projectFiles(folder = "."): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !NOT_OURS.has(entry.name))
    .flatMap((entry) => {
      const path = posix.join(folder.replaceAll(sep, "/"), entry.name);
      return entry.isDirectory() ? projectFiles(path) : [path];
    })
    .sort();
}

/** The text of a file of the project. */
export function textOf(path: string): string {
  return readFileSync(path, "utf8");
}

/** All nodes of TypeScript source, parents first. @param lang `tsx` where elements are written as markup */
export function syntaxOf(source: string, lang: "ts" | "tsx" = "ts"): readonly SyntaxNode[] {
  return [...nodesIn(parseAst(source, { lang }))];
}

/** A value's nodes, parents first. */
export function* nodesIn(value: unknown): Generator<SyntaxNode> {
  if (Array.isArray(value)) {
    for (const item of value) yield* nodesIn(item);
  } else if (isNode(value)) {
    yield value;
    for (const field of Object.values(value)) yield* nodesIn(field);
  }
}

/** Is this a node of a syntax tree? */
export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

/** The imports, re-exports and `import()`s of a file, types included. */
export function importsOf(nodes: readonly SyntaxNode[]): readonly Import[] {
  return nodes.flatMap((node) => {
    const { source } = node;
    return /^(TSImportType|(Import|Export)\w*(Declaration|Expression))$/.test(node.type) &&
      isNode(source) &&
      typeof source.value === "string"
      ? [{ specifier: source.value, node }]
      : [];
  });
}

/** The file of the project that a relative import names. */
export function resolveImport(from: string, specifier: string): string {
  return posix.join(posix.dirname(from), specifier);
}

/** The names that code reads from its surroundings, as written: identifiers that are neither keys nor members of something. */
export function namesIn(nodes: readonly SyntaxNode[]): ReadonlySet<string> {
  const labels = new Set<unknown>(
    nodes.flatMap((node) => {
      if (node.computed === true) return [];
      return [node.type === "MemberExpression" ? node.property : null, node.shorthand === true ? null : node.key];
    }),
  );
  return new Set(nodes.flatMap((node) => (node.type === "Identifier" && !labels.has(node) ? [String(node.name)] : [])));
}
