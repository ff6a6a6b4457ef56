/**
 * The help of commands, as a terminal of 80 columns shows it.
 */
import { type Description, GROUPS } from "./description.ts";
import { EXIT_CODES } from "./exit-codes.ts";

const WIDTH = 80;

/** Columns before the second column. */
const DESCRIPTION_COLUMN = 23;

/** Columns of the longest command's name. */
const NAME_WIDTH = 11;

/** What `--help` of a command prints. */
export function renderHelp(description: Description): string {
  const { summary, usage, notes = [], options, passesTo, tables = {}, environment = {}, examples } = description;
  const optionRows = Object.entries(options).map(([name, { short, value, description: text, default: initial }]): Row => {
    const flag = `${short === undefined ? "" : `-${short}, `}--${name}${value === undefined ? "" : ` ${value}`}`;
    return [flag, typeof initial === "string" ? `${text} Default: ${initial}.` : text];
  });
  const others: readonly Row[] = passesTo === undefined ? [] : [["…", `Everything else goes to ${passesTo}.`]];
  const sections = [
    `${summary}.`,
    section(
      "Usage",
      Object.entries(usage).flatMap(([form, text]) => explained(commandLine(description, form), text)),
    ),
    ...notes.map((note) => wrapped(note, 0).join("\n")),
    section("Options", [...optionRows, HELP_ROW, ...others].flatMap(rowLines)),
    ...Object.entries(tables).map(([title, rows]) => section(title, Object.entries(rows).flatMap(rowLines))),
    section("Environment", Object.entries(environment).flatMap(rowLines)),
    section(
      "Examples",
      Object.entries(examples).flatMap(([args, text]) => explained(commandLine(description, args), text)),
    ),
    `Exit codes: ${exitCodes()}`,
  ];
  return sections.filter((part) => part !== "").join("\n\n");
}

/** How a command is used, for a person who used it otherwise. */
export function renderUsage(description: Description): string {
  const forms = Object.keys(description.usage).map((form) => commandLine(description, form));
  return [
    section(
      "Usage",
      forms.map((form) => `  ${form}`),
    ),
    `More: ${commandLine(description, "--help")}`,
  ].join("\n\n");
}

/** The list of commands, by their groups. */
export function renderList(commands: readonly Description[]): string {
  const parts = GROUPS.map((group) => {
    const rows = commands.filter((command) => command.group === group);
    return section(
      group,
      rows.map((command) => `  ${command.name.padEnd(NAME_WIDTH)}  ${command.summary}`),
    );
  });
  return `Usage:
  npx tributary <command> [options]

${parts.join("\n\n")}

More on each: npx tributary <command> --help
npm run <command> -- [options] is the same.
Exit codes: ${exitCodes()}`;
}

/** A command line as a person types it. @param args what follows the command's name; may be empty */
export function commandLine({ name }: Pick<Description, "name">, args: string): string {
  return `npx tributary ${name}${args === "" ? "" : ` ${args}`}`;
}

type Row = readonly [left: string, right: string];

const HELP_ROW: Row = ["-h, --help", "Show this help."];

function exitCodes(): string {
  return Object.entries(EXIT_CODES)
    .map(([exit, { code }]) => `${code} ${exit}`)
    .join(", ");
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : [`${title}:`, ...lines].join("\n");
}

/** A line, and under it what it does. */
function explained(line: string, text: string): readonly string[] {
  return [`  ${line}`, ...(text === "" ? [] : wrapped(text, 6))];
}

/** A row of two columns. The left one has a line of its own where it is too long. */
function rowLines([left, right]: Row): readonly string[] {
  const [first = "", ...rest] = wrapped(right, DESCRIPTION_COLUMN);
  const head = `  ${left}`;
  if (head.length > DESCRIPTION_COLUMN - 2) return [head, first, ...rest];
  return [head.padEnd(DESCRIPTION_COLUMN) + first.trimStart(), ...rest];
}

/** A text broken into lines of at most 80 columns, each indented. */
export function wrapped(text: string, indent: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(" ".repeat(indent) + word);
  }
  return lines;
}
