/**
 * What is said of a command: in its help, in the list of commands and in the documentation.
 */
import type { ParseArgsOptionDescriptor } from "node:util";

/** An option, as `node:util` takes it, with what its help says. */
export interface OptionDefinition extends ParseArgsOptionDescriptor {
  readonly description: string;
  /** What stands for the value in the help of an option that takes one: `URL`. */
  readonly value?: string;
}

/** Options by name, without `--help`, which every command has. */
export type OptionDefinitions = Readonly<Record<string, OptionDefinition>>;

/** The headings under which commands are listed, in this order. */
export const GROUPS = ["Try it", "Run it", "Operate it", "Write an adapter", "Work on the project"] as const;

/** What `--help`, the list of commands and their documentation say of a command. */
export interface Description {
  /** As the command line takes it. */
  readonly name: string;
  readonly group: (typeof GROUPS)[number];
  /** One line, without a full stop. */
  readonly summary: string;
  /** The forms of the command line after the command's name, and what each does where that is more than the summary. */
  readonly usage: Readonly<Record<string, string>>;
  /** What else must be known, paragraph by paragraph. */
  readonly notes?: readonly string[];
  readonly options: OptionDefinitions;
  /** Words that an option or argument may be, and what each means, under a title. */
  readonly tables?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Where everything else on the command line goes: the name of a tool. */
  readonly passesTo?: string;
  /** Environment variables that the command reads, and what they do. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Command lines after the command's name, and what each does. */
  readonly examples: Readonly<Record<string, string>>;
}
