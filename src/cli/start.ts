/**
 * Every command by its name, and the way from a command line to the one that it names.
 */
import type { Command } from "./command.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import { renderList } from "./help.ts";
import { didYouMean } from "./nearest.ts";
import { print, printProblem } from "./printer.ts";

/** Loaded when needed: a command starts faster without the others. */
type Load = () => Promise<{ readonly command: Command }>;

const COMMANDS: ReadonlyMap<string, Load> = new Map<string, Load>([
  ["demo", () => import("./commands/demo.ts")],
  ["setup", () => import("./commands/setup.ts")],
  ["dev", () => import("./commands/dev.ts")],
  ["send", () => import("./commands/send.ts")],
  ["postman", () => import("./commands/postman.ts")],
  ["map", () => import("./commands/map.ts")],
  ["plan", () => import("./commands/plan.ts")],
  ["doctor", () => import("./commands/doctor.ts")],
  ["build", () => import("./commands/build.ts")],
  ["deploy", () => import("./commands/deploy.ts")],
  ["selfhost", () => import("./commands/selfhost.ts")],
  ["tail", () => import("./commands/tail.ts")],
  ["events", () => import("./commands/events.ts")],
  ["event", () => import("./commands/event.ts")],
  ["replay", () => import("./commands/replay.ts")],
  ["backfill", () => import("./commands/backfill.ts")],
  ["recover", () => import("./commands/recover.ts")],
  ["import", () => import("./commands/import.ts")],
  ["dead", () => import("./commands/dead.ts")],
  ["erase", () => import("./commands/erase.ts")],
  ["identities", () => import("./commands/identities.ts")],
  ["accounts", () => import("./commands/accounts.ts")],
  ["alert", () => import("./commands/alert.ts")],
  ["profiles", () => import("./commands/profiles.ts")],
  ["completion", () => import("./commands/completion.ts")],
  ["new", () => import("./commands/new.ts")],
  ["golden", () => import("./commands/golden.ts")],
  ["payloads", () => import("./commands/payloads.ts")],
  ["generate", () => import("./commands/generate.ts")],
  ["test", () => import("./commands/test.ts")],
  ["test:faults", () => import("./commands/test-faults.ts")],
  ["bench", () => import("./commands/bench.ts")],
  ["check", () => import("./commands/check.ts")],
  ["lint", () => import("./commands/lint.ts")],
  ["format", () => import("./commands/format.ts")],
]);

/** Every command, in the order in which they are listed. */
export async function loadCommands(): Promise<readonly Command[]> {
  const loaded = await Promise.all([...COMMANDS.values()].map((load) => load()));
  return loaded.map(({ command }) => command);
}

/**
 * Runs the command that a command line names.
 * @param args the command's name, and what it is given
 * @returns the exit code
 */
export async function start([name = "", ...args]: readonly string[]): Promise<number> {
  const load = COMMANDS.get(name);
  if (load !== undefined) return EXIT_CODES[await (await load()).command.run(args, loadCommands)].code;
  const list = renderList(await loadCommands());
  if (["help", "--help", "-h"].includes(name)) {
    print(list);
    return EXIT_CODES.ok.code;
  }
  const problem = name === "" ? "Which command?" : `There is no command "${name}".${didYouMean(name, COMMANDS.keys())}`;
  printProblem(`${problem}\n\n${list}`);
  return EXIT_CODES.usage.code;
}
