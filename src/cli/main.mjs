/**
 * The command line: `node src/cli/main.mjs <command> …`, as the scripts of package.json call it.
 * Plain JavaScript without imports of the project's own, so that it can say what is wrong where nothing else would start.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module from "node:module";
import { fileURLToPath } from "node:url";

const COMMANDS = {
  dev: "serve the Worker and the sandbox, reload on change",
  dead: "list, show, replay or discard what could not be delivered",
  erase: "forget a person, or show how far that is",
  demo: "run the whole way once, with samples, and show what Customer.io would have received",
  send: "sign a sample as its vendor would and post it",
  identities: "import, export or pull whose vendor ids and addresses are whose",
  map: "show the calls that a recorded webhook would become",
  new: "start a new adapter",
  golden: "write the expected calls of an adapter's samples, for its author to read",
  generate: "write what follows from the adapters: registry, catalogue, demo accounts",
  payloads: "map a folder of recorded payloads and report what does not end well",
  test: "run the tests",
  "test:faults": "kill, fill, flood and refuse what is built, and count what is lost",
  bench: "measure start-up, acceptance and adapters, as ratios",
  check: "check types, style, generated files and bundles",
  lint: "report problems of style",
  format: "mend the style",
  build: "write dist/",
  selfhost: "serve what is built on this machine, without Cloudflare",
  deploy: "deploy to Cloudflare, region us or eu",
};

// npm's shell does not pass a signal on, it only dies of it: then this process has another parent.
const parent = process.ppid;
if (process.env.npm_lifecycle_event)
  setInterval(() => process.ppid !== parent && process.kill(process.pid, "SIGTERM"), 200).unref();

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const [command = "", ...rest] = process.argv.slice(2);

if (major < 22 || (major === 22 && minor < 13)) {
  const found = `Node ${process.versions.node}, at ${process.execPath}`;
  stop(`Tributary's commands need Node 22.13 or newer, and this is ${found}.
  Run "npm ci" and start them by npm ("npm run ${command || "dev"}"): on Linux and Windows the project brings its own Node.
  Elsewhere install it from https://nodejs.org.`);
} else if (!existsSync(new URL("../../node_modules/zod", import.meta.url))) {
  stop(`The dependencies are not installed: run "npm ci" first.`);
} else if (!Object.hasOwn(COMMANDS, command)) {
  const list = Object.entries(COMMANDS).map(([name, summary]) => `  npm run ${name.padEnd(11)} ${summary}`);
  stop(`${command === "" ? "Which command?" : `There is no command "${command}".`}\n${list.join("\n")}`);
} else if (!process.features.typescript) {
  // Node 22.13 to 22.17 runs TypeScript only when asked.
  const flags = ["--experimental-strip-types", "--disable-warning=ExperimentalWarning"];
  const again = spawn(process.execPath, [...flags, fileURLToPath(import.meta.url), command, ...rest], { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => again.kill(signal));
  again.on("exit", (code) => {
    process.exitCode = code ?? 1;
  });
} else {
  // wrangler: no telemetry, no look for a newer version (which would wait for the internet), nothing written into the home folder.
  process.env.WRANGLER_SEND_METRICS = "false";
  process.env.WRANGLER_HIDE_BANNER = "true";
  process.env.WRANGLER_WRITE_LOGS ??= "false";
  if (!process.stdout.isTTY) process.env.NO_COLOR = "1";
  // Compiling takes half of a short command's time; the tools that commands start inherit the cache.
  process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL("../../node_modules/.cache/tributary", import.meta.url));
  module.enableCompileCache?.();
  try {
    const { run } = await import(`./commands/${command.replace(":", "-")}.ts`);
    process.exitCode = await run(rest);
  } catch (error) {
    const { printProblem } = await import("./printer.ts");
    const isMisuse = String(error?.code).startsWith("ERR_PARSE_ARGS");
    printProblem(isMisuse ? error.message : String(error?.stack ?? error));
    process.exitCode = isMisuse ? 2 : 1;
  }
}

/** @param {string} problem what is wrong and what to do about it */
function stop(problem) {
  console.error(problem);
  process.exitCode = 2;
}
