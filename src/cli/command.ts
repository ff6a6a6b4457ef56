/**
 * What a command is: its options and examples in one definition, from which parsing, help and documentation follow.
 */
import { parseArgs } from "node:util";
import type { Description, OptionDefinitions } from "./description.ts";
import { type Exit, fail } from "./exit-codes.ts";
import { renderHelp, renderUsage } from "./help.ts";
import { didYouMean } from "./nearest.ts";
import { print } from "./printer.ts";

/** Parsed values, typed by the definitions of their options. */
export type Values<Options extends OptionDefinitions> = ReturnType<
  typeof parseArgs<{ args: string[]; options: Options; allowPositionals: true }>
>["values"];

/** A command line that its definition allows. */
export interface Input<Options extends OptionDefinitions> {
  readonly values: Values<Options>;
  readonly positionals: readonly string[];
  /** What goes to the tool, where the command has one: then there are no positionals. */
  readonly others: readonly string[];
  /** Every command, for one that writes about them. */
  readonly loadCommands: LoadCommands;
  /** Says what is wrong with the command line, and how it is used. */
  readonly misuse: (problem: string) => "usage";
}

/** Loads every command, in the order in which they are listed. */
export type LoadCommands = () => Promise<readonly Command[]>;

/** A command, ready to run. */
export interface Command extends Description {
  /** @param args the command line after the command's name */
  readonly run: (args: readonly string[], loadCommands: LoadCommands) => Promise<Exit>;
}

/** Makes a command of its definition. */
export function defineCommand<const Options extends OptionDefinitions>(
  definition: Description & { readonly options: Options; readonly run: (input: Input<Options>) => Promise<Exit> },
): Command {
  const { options, passesTo } = definition;
  const misuse = (problem: string) => fail("usage", `${problem}\n\n${renderUsage(definition)}`);
  return {
    ...definition,
    run: async (args, loadCommands) => {
      if (asksForHelp(args)) {
        print(renderHelp(definition));
        return "ok";
      }
      const { own, others } = passesTo === undefined ? { own: [...args], others: [] } : split(args, options);
      const parsed = parse(own, options);
      if (!parsed.ok) return misuse(parsed.problem);
      return definition.run({ values: parsed.values, positionals: parsed.positionals, others, loadCommands, misuse });
    },
  };
}

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return args.slice(0, end === -1 ? args.length : end).some((arg) => arg === "--help" || arg === "-h");
}

type Parsed<Options extends OptionDefinitions> =
  | { readonly ok: true; readonly values: Values<Options>; readonly positionals: readonly string[] }
  | { readonly ok: false; readonly problem: string };

function parse<Options extends OptionDefinitions>(args: string[], options: Options): Parsed<Options> {
  const unknown = tokensOf(args, options).find((token) => token.kind === "option" && !Object.hasOwn(options, token.name));
  if (unknown?.kind === "option") {
    const names = [...Object.keys(options), "help"].map((name) => `--${name}`);
    return { ok: false, problem: `There is no option ${unknown.rawName}.${didYouMean(`--${unknown.name}`, names)}` };
  }
  try {
    const config = { args, options, allowPositionals: true } as const;
    return { ok: true, ...parseArgs<{ args: string[]; options: Options; allowPositionals: true }>(config) };
  } catch (error) {
    if (error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS"))
      return { ok: false, problem: error.message };
    throw error;
  }
}

function tokensOf(args: string[], options: OptionDefinitions) {
  return parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true }).tokens;
}

/** The arguments that are the command's own options, and the others, each as they were written. */
function split(args: readonly string[], options: OptionDefinitions) {
  const taken = tokensOf([...args], options).flatMap((token) => {
    if (token.kind !== "option" || !Object.hasOwn(options, token.name)) return [];
    return token.value === undefined || token.inlineValue ? [token.index] : [token.index, token.index + 1];
  });
  return {
    own: args.filter((_, index) => taken.includes(index)),
    others: args.filter((_, index) => !taken.includes(index)),
  };
}
