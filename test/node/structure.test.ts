/**
 * What the design says about files, imports and text, held by reading them.
 */
import { posix } from "node:path";
import { describe, expect, test } from "vitest";
import { ADAPTERS } from "../support/registry.ts";
import {
  importsOf,
  isNode,
  namesIn,
  nodesIn,
  projectFiles,
  resolveImport,
  type SyntaxNode,
  syntaxOf,
  textOf,
} from "./source-code.ts";

const files = projectFiles().filter((path) => !path.endsWith(".png"));
const sources = files.filter((path) => /^(src|adapters)\/.*\.tsx?$/.test(path));
const adapters = files.filter((path) => /^adapters\/.*\.ts$/.test(path));
const syntax = new Map(sources.map((path) => [path, syntaxOf(textOf(path), path.endsWith(".tsx") ? "tsx" : "ts")]));

/** Files that a program writes. */
const GENERATED = [
  "src/console/guides.ts",
  "src/console/plan-events.ts",
  "src/contract/registry.ts",
  "src/vocabulary/events.ts",
  "src/sandbox/demo.json",
  "src/sandbox/demo.vars",
];

/** What an adapter may import of `src/`: one path for each job. */
const FOR_ADAPTERS = [
  ...["adapter", "custom-events", "history", "verify", "verify-public-key"].map((name) => `src/contract/${name}.ts`),
  "src/vocabulary/adapter.ts",
  "src/vocabulary/adapter-plan.schema.ts",
  "src/vocabulary/relayed-calls.ts",
];

/** What adapters say of the tracking plan, and of their vendors' past, is also read by those who check, print and ask for it. */
const FOR_ALL = ["src/vocabulary/adapter-plan.schema.ts", "src/contract/history.ts"];

/** A file may import from its own module, and from modules of a lower rank. */
const RANKS: Readonly<Record<string, number>> = {
  "src/version.ts": 0,
  "src/secret-names.ts": 0,
  "src/contract": 1,
  "src/log-line.ts": 2,
  "src/vocabulary": 2,
  adapters: 3,
  "src/identity": 3,
  "src/pipelines": 3,
  "src/config": 4,
  "src/translate": 5,
  "src/account": 6,
  "src/ingest": 7,
  "src/console": 8,
  "src/operator-routes.ts": 9,
  "src/app.ts": 10,
  "src/sweep.ts": 10,
  "src/index.ts": 11,
  "src/sandbox": 11,
  "src/doctor": 11,
  "src/cli": 12,
};

/** Adapters for any sender: their names are those of a way to sign. */
const NO_VENDORS = ["generic", "standard-webhooks"];

/** Vendors whose name is a word of every other file. */
const COMMON_WORDS = ["close", "front", "tally", "whatsapp"];

/**
 * The demo tells a story, and the examples in the help of commands can be tried as they stand: both need a vendor that sends. What recordings
 * are read from are exports of other tools.
 */
const MAY_NAME_VENDORS = ["src/cli/commands/demo.ts", "src/cli/examples.ts", "src/cli/history/recordings.ts"];

/** Where bytes and JSON become types. */
const MAY_ASSERT: readonly string[] = [];

/** Lines of a file in `adapters/`. */
const LONGEST_ADAPTER_FILE = 150;

/** Lines of a file in `src/`. */
const LONGEST_FILE = 300;

/** Shapes that no malformed value fits, or that any value fits. */
const SAYS_WHAT_MAY_STAND: ReadonlySet<string> = new Set(["undefined", "never", "null", "literal", "unknown"]);

/** The id of the adapter that a file of `adapters/` belongs to. */
function adapterOf(path: string): string {
  return path.replace(/^adapters\//, "").replace(/(\/.*|\.ts)$/, "");
}

function moduleOf(path: string): string {
  return path
    .split("/")
    .slice(0, path.startsWith("src/") ? 2 : 1)
    .join("/");
}

function rankOf(path: string): number {
  const rank = RANKS[moduleOf(path)];
  if (rank === undefined) throw new TypeError(`${path} is in no module of the design: give it a rank here, or move it`);
  return rank;
}

/** The files of the project that a file imports, types included. The registry's `import()` of an adapter is left out: it is how adapters are found. */
function targetsOf(path: string): readonly string[] {
  return importsOf(syntax.get(path) ?? [])
    .filter(({ specifier }) => specifier.startsWith("."))
    .map(({ specifier }) => resolveImport(path, specifier))
    .filter((target) => !isRegistration(path, target));
}

/** The one edge that points upwards: the registry loads adapters. */
function isRegistration(path: string, target: string): boolean {
  return path === "src/contract/registry.ts" && /^adapters\/[a-z0-9-]+\.ts$/.test(target);
}

/** One cycle for each import that closes one, written `a → b → a`. */
function cyclesIn(paths: readonly string[], importedBy: (path: string) => readonly string[]): readonly string[] {
  const finished = new Set<string>();
  const visit = (path: string, trail: readonly string[]): readonly string[] => {
    if (trail.includes(path)) return [[...trail.slice(trail.indexOf(path)), path].join(" → ")];
    if (finished.has(path)) return [];
    const cycles = importedBy(path).flatMap((target) => visit(target, [...trail, path]));
    finished.add(path);
    return cycles;
  };
  return paths.flatMap((path) => visit(path, []));
}

/** Everything that a file needs, itself included. @param counts which imports are followed: all unless said otherwise */
function closureOf(
  path: string,
  counts: (node: SyntaxNode) => boolean = () => true,
  known: Set<string> = new Set(),
): ReadonlySet<string> {
  if (known.has(path)) return known;
  known.add(path);
  for (const { specifier, node } of importsOf(syntax.get(path) ?? []))
    if (counts(node)) closureOf(specifier.startsWith(".") ? resolveImport(path, specifier) : specifier, counts, known);
  return known;
}

/** Is it carried out as soon as the file is loaded? `import()` and imports of types are not. */
function isAtOnce(node: SyntaxNode): boolean {
  return node.type !== "ImportExpression" && !node.type.startsWith("TS") && node.importKind !== "type";
}

/** Lines of these files that a pattern finds, as `path:line`. */
function findings(paths: readonly string[], pattern: RegExp): readonly string[] {
  return paths.flatMap((path) =>
    textOf(path)
      .split("\n")
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}`] : [])),
  );
}

describe("layers", () => {
  test("imports point one way", () => {
    const wrong = sources.flatMap((path) =>
      targetsOf(path)
        .filter((target) => moduleOf(target) !== moduleOf(path) && rankOf(target) >= rankOf(path))
        .map((target) => `${path} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test("adapters are reached through the registry alone", () => {
    const importers = sources.filter(
      (path) =>
        path !== "src/contract/registry.ts" &&
        importsOf(syntax.get(path) ?? []).some(({ specifier }) => /(^|\/)adapters\//.test(specifier)),
    );
    expect(importers).toEqual([]);
  });

  test("an adapter imports zod, the contract's public paths and its own modules, never another adapter", () => {
    const allowed = (path: string, target: string): boolean =>
      target === "zod" || FOR_ADAPTERS.includes(target) || target.startsWith(`adapters/${adapterOf(path)}/`);
    const wrong = adapters.flatMap((path) =>
      importsOf(syntax.get(path) ?? [])
        .map(({ specifier }) => (specifier.startsWith(".") ? resolveImport(path, specifier) : specifier))
        .filter((target) => !allowed(path, target))
        .map((target) => `${path} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test("the contract's public paths are for adapters alone: whatever else needs a part of them names its file", () => {
    const importers = sources.filter(
      (path) =>
        !path.startsWith("adapters/") &&
        targetsOf(path).some((target) => FOR_ADAPTERS.includes(target) && !FOR_ALL.includes(target)),
    );
    expect(importers).toEqual([]);
  });

  test("no file imports itself through others, for types or for values", () => {
    expect(cyclesIn(sources, targetsOf)).toEqual([]);
  });

  test("the search for such cycles finds them", () => {
    const graph = new Map([
      ["a", ["b", "c"]],
      ["b", ["c"]],
      ["c", ["d"]],
      ["d", ["b"]],
      ["e", ["e", "a"]],
    ]);
    const cycles = cyclesIn([...graph.keys()], (path) => graph.get(path) ?? []);
    expect(cycles).toEqual(["b → c → d → b", "e → e"]);
    expect(cyclesIn(["a", "b", "c"], (path) => (path === "a" ? ["b", "c"] : path === "b" ? ["c"] : []))).toEqual([]);
  });

  test("the Worker holds no code of the sandbox, the doctor or the command line, and no library beside hono, jose and zod", () => {
    const needed = [...closureOf("src/index.ts")];
    expect(needed.filter((path) => /^src\/(sandbox|doctor|cli)\//.test(path))).toEqual([]);
    expect(needed.filter((path) => !/^(src|adapters)\/|^(hono|jose|zod)(\/|$)|^cloudflare:|^node:crypto$/.test(path))).toEqual(
      [],
    );
    expect(needed).toContain("src/translate/webhook.ts");
  });

  test("the Worker holds nothing that only the catalogue shows", () => {
    const entries = adapters.filter((path) => path.endsWith("/catalogue.ts"));
    expect(entries.map(adapterOf).sort()).toEqual([...ADAPTERS.keys()].sort());
    expect([...closureOf("src/index.ts")].filter((path) => entries.includes(path))).toEqual([]);
    expect([...closureOf("src/index.ts")]).toContain("adapters/stripe.ts");
  });

  test("the Worker holds nothing of what adapters say of their vendors' past", () => {
    const histories = adapters.filter((path) => path.endsWith("/history.ts"));
    expect(histories.map(adapterOf)).toContain("stripe");
    const needed = [...closureOf("src/index.ts")];
    expect(needed.filter((path) => histories.includes(path) || path === "src/contract/history.ts")).toEqual([]);
  });

  test("what only some adapters need is loaded with them, and no API of Node but node:crypto is used", () => {
    const atOnce = [...closureOf("src/index.ts", isAtOnce)];
    expect(atOnce).toContain("src/contract/parse.ts");
    expect(atOnce.filter((path) => /^(jose|node:)|^adapters\//.test(path))).toEqual([]);
    expect([...closureOf("src/contract/verify/jwt.ts", isAtOnce)]).toContain("jose");
    expect([...closureOf("src/contract/verify/asymmetric.ts")]).toContain("node:crypto");
  });

  test("the pages of the console are loaded when somebody looks: webhooks do not pay for them", () => {
    const isPage = (path: string): boolean => path.startsWith("src/console/pages/") || path.startsWith("hono/jsx");
    expect([...closureOf("src/index.ts")].filter(isPage)).toContain("src/console/pages/site.tsx");
    expect([...closureOf("src/index.ts", isAtOnce)].filter(isPage)).toEqual([]);
  });

  test("the schemas of the tracking plan are in no Worker: it takes their types alone", () => {
    const loaded = [...closureOf("src/index.ts", (node) => !node.type.startsWith("TS") && node.importKind !== "type")];
    expect(loaded).toContain("src/vocabulary/events.ts");
    expect(loaded.filter((path) => path.endsWith(".schema.ts"))).toEqual([]);
  });

  test("the Worker of local runs has the objects of the deployed one", () => {
    const objectsOf = (path: string) => [...textOf(path).matchAll(/^export \{ (\w+) \} from/gm)].map(([, name]) => name);
    expect(objectsOf("src/index.ts").length).toBeGreaterThan(0);
    expect(objectsOf("src/doctor/index.ts")).toEqual(objectsOf("src/index.ts"));
  });

  test("what Node runs too uses no API of workerd alone", () => {
    const shared = [...closureOf("src/translate/webhook.ts"), ...closureOf("src/contract/registry.ts")];
    const wrong = shared.filter((path) => {
      const nodes = syntax.get(path) ?? [];
      const members = nodes
        .filter((node) => node.type === "MemberExpression")
        .map((node) => (isNode(node.property) ? node.property.name : null));
      return ["timingSafeEqual", "toHex", "fromHex", "toBase64", "fromBase64"].some((name) => members.includes(name));
    });
    expect([...wrong, ...shared.filter((path) => path.startsWith("cloudflare:"))]).toEqual([]);
  });
});

describe("adapters", () => {
  test("each has a file, named by its id, and all are in the registry", () => {
    const ids = new Set(adapters.map(adapterOf));
    expect([...ids].sort()).toEqual([...ADAPTERS.keys()].sort());
    expect([...ids].filter((id) => !adapters.includes(`adapters/${id}.ts`))).toEqual([]);
  });

  test("their files are short; a vendor that needs more has modules in a folder of its own", () => {
    const lengths = adapters.map((path) => [path, textOf(path).trimEnd().split("\n").length] as const);
    expect(lengths.filter(([, lines]) => lines > LONGEST_ADAPTER_FILE)).toEqual([]);
  });

  test("each file of src says first what it is for", () => {
    const files = sources.filter((path) => path.startsWith("src/") && !GENERATED.includes(path));
    expect(files.length).toBeGreaterThan(100);
    expect(files.filter((path) => !/^\/\*\*(?: |\n \* )[^@*\s]/.test(textOf(path)))).toEqual([]);
  });

  test("no file of src is longer than a reader wants to hold in mind", () => {
    const lengths = sources
      .filter((path) => path.startsWith("src/") && !GENERATED.includes(path))
      .map((path): [string, number] => [path, textOf(path).trimEnd().split("\n").length]);
    expect(lengths.length).toBeGreaterThan(100);
    expect(lengths.filter(([, lines]) => lines > LONGEST_FILE)).toEqual([]);
  });

  test("say of a field that may be missing whether a malformed one counts as missing, or decides: `optional` or `decisive`", () => {
    const wrong = adapters.flatMap((path) => {
      const nodes = syntax.get(path) ?? [];
      const ofOperators = new Set(nodes.filter(isOfOptions).flatMap((node) => [...nodesIn(node)]));
      return nodes.flatMap((node) => {
        const called = zodMethodOf(node);
        if (called === null) return [];
        const { method, on } = called;
        const isAllowed = method === "optional" && (ofOperators.has(node) || SAYS_WHAT_MAY_STAND.has(on));
        return isAllowed ? [] : [`${path}: .${method}()`];
      });
    });
    expect(wrong).toEqual([]);
  });

  test("are pure: no network, clock, randomness, environment or output", () => {
    const impure = [
      "fetch",
      "crypto",
      "process",
      "env",
      "console",
      "globalThis",
      "self",
      "performance",
      "navigator",
      "caches",
      "setTimeout",
      "setInterval",
      "queueMicrotask",
      "eval",
    ];
    const wrong = adapters.flatMap((path) => {
      const nodes = syntax.get(path) ?? [];
      const names = namesIn(nodes);
      return [...impure.filter((name) => names.has(name)), ...nodes.flatMap(readsClockOrChance)].map(
        (name) => `${path}: ${name}`,
      );
    });
    expect(wrong).toEqual([]);
  });
});

function readsClockOrChance(node: SyntaxNode): readonly string[] {
  const { callee, object, property } = node;
  const empty = Array.isArray(node.arguments) && node.arguments.length === 0;
  if (node.type === "NewExpression" && isNode(callee) && callee.name === "Date" && empty) return ["new Date()"];
  if (node.type === "CallExpression" && isNode(callee) && callee.name === "Date") return ["Date()"];
  if (node.type !== "MemberExpression" || !isNode(object) || !isNode(property)) return [];
  const member = `${object.name}.${property.name}`;
  return ["Date.now", "Math.random"].includes(member) ? [member] : [];
}

describe("the language", () => {
  test("there is no any, no assertion but `as const`, no `!`", () => {
    const wrong = sources
      .filter((path) => !MAY_ASSERT.includes(path))
      .flatMap((path) => (syntax.get(path) ?? []).flatMap((node) => (isAssertion(node) ? [`${path}: ${node.type}`] : [])));
    expect(wrong).toEqual([]);
    expect(findings(sources, /@ts-(ignore|nocheck|expect-error)/)).toEqual([]);
  });

  test("zod is imported as a namespace, which bundles a third of the size", () => {
    const wrong = sources.filter((path) =>
      importsOf(syntax.get(path) ?? []).some(({ specifier, node }) => {
        const specifiers = Array.isArray(node.specifiers) ? node.specifiers : [];
        return (
          specifier === "zod" &&
          !specifiers.every(
            (item) => isNode(item) && item.type === "ImportNamespaceSpecifier" && isNode(item.local) && item.local.name === "z",
          )
        );
      }),
    );
    expect(wrong).toEqual([]);
  });

  test("relative imports name an existing file, extension included", () => {
    const tests = files.filter((path) => /^test\/.*\.ts$/.test(path));
    const wrong = [...sources, ...tests].flatMap((path) =>
      importsOf(syntax.get(path) ?? syntaxOf(textOf(path)))
        .filter(({ specifier }) => specifier.startsWith(".") && !files.includes(resolveImport(path, specifier)))
        .map(({ specifier }) => `${path} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  test("files have kebab-case names", () => {
    expect(sources.filter((path) => !/^([a-z0-9]+(-[a-z0-9]+)*)(\.[a-z0-9-]+)*$/.test(posix.basename(path)))).toEqual([]);
  });
});

test("commands print through the printer alone, which escapes what came from outside", () => {
  const others = files.filter((path) => /^src\/cli\/.*\.(ts|mjs)$/.test(path) && path !== "src/cli/printer.ts");
  expect(others.length).toBeGreaterThan(20);
  // What starts the commands may have nothing to import; it asks whether the output is a terminal.
  const direct = findings(
    others,
    /\bconsole\s*(\[|\?\.|\.\s*\w)|[=(,{:]\s*console\b|\bprocess\s*\.\s*(stdout|stderr)\b|\bnode:(console|tty)\b|\/dev\/(tty|stdout|stderr)/,
  );
  expect(direct.filter((finding) => !/^src\/cli\/main\.mjs:/.test(finding))).toEqual([]);
  expect(direct.filter((finding) => /^src\/cli\/main\.mjs:/.test(finding))).toHaveLength(2);
});

describe("the text", () => {
  const core = files.filter((path) => path.startsWith("src/") && !GENERATED.includes(path));

  test("src names no vendor", () => {
    const names = [...ADAPTERS.values()]
      .filter(({ id }) => ![...NO_VENDORS, ...COMMON_WORDS].includes(id))
      .flatMap(({ id, name }) => [id, name])
      .map((name) => name.replace(/[^\w\s]/g, "\\$&"));
    expect(names.length).toBeGreaterThan(0);
    const silent = core.filter((path) => !MAY_NAME_VENDORS.includes(path));
    // Where a page lies is no name: sources are cited by their address.
    expect(findings(silent, new RegExp(`(?<!https://\\S*|[a-z])(${names.join("|")})(?![a-z])`, "i"))).toEqual([]);
  });

  test("the hosts of Customer.io stand in one file, beside the sandbox that plays them", () => {
    const elsewhere = [...core, ...adapters].filter(
      (path) => path !== "src/pipelines/regions.ts" && !path.startsWith("src/sandbox/"),
    );
    expect(findings(elsewhere, /\b(cdp|track|api)(-eu)?\.customer\.io\b/)).toEqual([]);
    expect(textOf("src/pipelines/regions.ts").match(/"https:\/\/cdp(-eu)?\.customer\.io"/g)).toHaveLength(2);
  });

  test("nothing is left to do", () => {
    expect(findings(files, /\b(TO[D]O|FIX[M]E|XX[X])\b/)).toEqual([]);
  });

  test("no path of a machine, no address of a package registry", () => {
    expect(
      findings(
        files,
        /(^|[\s"'`(=:])\/(work|root|home|tmp|Users)\/\w|[a-z]:\/\/[^\s"'/]*(registry|artifactory|nexus|verdaccio)[^\s"'/]*\//i,
      ),
    ).toEqual([]);
    expect(
      findings(
        files.filter((path) => path.endsWith("package-lock.json")),
        /"resolved":/,
      ),
    ).toEqual([]);
  });
});

test("every test file is run by exactly one project of vitest, or by a runner of its own", () => {
  const projects = syntaxOf(textOf("vitest.config.ts")).flatMap((node) => {
    const include = textsOf(node, "include");
    return include.length === 0 ? [] : [{ include, exclude: textsOf(node, "exclude") }];
  });
  const matches = (path: string, globs: readonly string[]) => globs.some((glob) => posix.matchesGlob(path, glob));
  const runs = (path: string) =>
    projects.filter(({ include, exclude }) => matches(path, include) && !matches(path, exclude)).length;

  const runnerOf = (path: string) => {
    const runners = importsOf(syntaxOf(textOf(path))).filter(
      ({ specifier, node }) => /^(vitest|node:test)$/.test(specifier) && importedNames(node).includes("test"),
    );
    return runners[0]?.specifier ?? null;
  };
  const tests = files.filter((path) => /^test\/.*\.ts$/.test(path) && (path.endsWith(".test.ts") || runnerOf(path) !== null));
  expect(projects).toHaveLength(2);
  expect(tests.length).toBeGreaterThan(10);
  expect(tests.filter((path) => !path.endsWith(".test.ts") || runs(path) !== (runnerOf(path) === "vitest" ? 1 : 0))).toEqual([]);
  const longest = [...textOf("test/setup/longest-first.ts").matchAll(/"(test\/[^"]+)"/g)].map(([, path = ""]) => path);
  expect(longest.length).toBeGreaterThan(10);
  expect(longest.filter((path) => !tests.includes(path))).toEqual([]);
});

/** The texts of a list that an object literal has under this name. */
function textsOf(node: SyntaxNode, name: string): readonly string[] {
  if (node.type !== "ObjectExpression" || !Array.isArray(node.properties)) return [];
  return node.properties.filter(isNode).flatMap(({ key, value }) => {
    if (!isNode(key) || key.name !== name || !isNode(value) || !Array.isArray(value.elements)) return [];
    return value.elements.filter(isNode).map((element) => String(element.value));
  });
}

function importedNames(node: SyntaxNode): readonly unknown[] {
  const specifiers = Array.isArray(node.specifiers) ? node.specifiers : [];
  return specifiers.filter(isNode).map(({ imported }) => (isNode(imported) ? imported.name : null));
}

/** What an operator writes, and what only a handshake may be: strict, so that a mistake is one. */
function isOfOptions({ type, callee, id }: SyntaxNode): boolean {
  const isStrict =
    type === "CallExpression" && isNode(callee) && isNode(callee.property) && callee.property.name === "strictObject";
  return isStrict || (type === "VariableDeclarator" && isNode(id) && /options$/i.test(String(id.name)));
}

/** The method that makes a field one that may be missing or wrong, and the name of the shape that it is called on; `null` for other nodes. */
function zodMethodOf({ type, callee }: SyntaxNode): { readonly method: string; readonly on: string } | null {
  if (type !== "CallExpression" || !isNode(callee) || callee.type !== "MemberExpression" || !isNode(callee.property)) return null;
  const method = String(callee.property.name);
  if (!["nullish", "optional", "catch", "exactOptional", "partial"].includes(method)) return null;
  const on = isNode(callee.object) && isNode(callee.object.callee) ? callee.object.callee.property : null;
  return { method, on: isNode(on) ? String(on.name) : "" };
}

function isAssertion(node: SyntaxNode): boolean {
  const { typeAnnotation } = node;
  const isConst = isNode(typeAnnotation) && isNode(typeAnnotation.typeName) && typeAnnotation.typeName.name === "const";
  return (
    (node.type === "TSAsExpression" && !isConst) || ["TSTypeAssertion", "TSNonNullExpression", "TSAnyKeyword"].includes(node.type)
  );
}
