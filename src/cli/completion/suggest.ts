/**
 * What may stand at the end of a command line: read off the definitions of the commands, so that it is what their help says.
 */
import { EVENT_STATES } from "../../account/events/outcomes.ts";
import type { Description, OptionDefinition } from "../description.ts";

/** A word that may stand there, and what it means. */
export interface Suggestion {
  readonly value: string;
  /** Empty where there is nothing to say. */
  readonly text: string;
}

/** What is suggested: words, or `files` where the shell knows better. */
export type Suggestions = readonly Suggestion[] | "files";

/** What is looked up where a placeholder stands. */
export interface Known {
  profiles(): readonly string[];
  accounts(): readonly string[];
  /** The accounts of the directory of the Worker that is named on the line. */
  directoryAccounts(): readonly string[];
  /** The sources of one of them. */
  directorySources(account: string): readonly string[];
  /** @param account the one that is named on the line; `null` if none is */
  sources(account: string | null): readonly string[];
  /** The events that a source, or an adapter, has samples of. */
  events(source: string, account: string | null): readonly string[];
  adapters(): readonly string[];
  families(): readonly string[];
}

/**
 * @param words the line behind the name of the program. The last one is what is being typed: it may be empty
 * @returns also what does not begin like the last word: the shell sorts that out
 */
export function suggest(words: readonly string[], commands: readonly Description[], known: Known): Suggestions {
  const [name = "", ...rest] = words;
  if (words.length < 2) return [...commands.map(({ name: value, summary: text }) => ({ value, text })), HELP];
  const command = commands.find((one) => one.name === name);
  if (command === undefined) return name === "help" ? commands.map(({ name: value, summary: text }) => ({ value, text })) : [];
  const typed = rest.at(-1) ?? "";
  const before = rest.slice(0, -1);
  const { positionals, options, open } = read(before, command);
  const account = options.get("account") ?? null;
  if (open !== null) return valuesOf(open.name, open.option, account, known);
  const assigned = /^--([\w-]+)=/.exec(typed);
  if (assigned !== null) {
    const [start, option = ""] = assigned;
    const definition = command.options[option];
    const values = definition === undefined ? [] : valuesOf(option, definition, account, known);
    return values === "files" ? values : values.map(({ value, text }) => ({ value: start + value, text }));
  }
  if (typed.startsWith("-")) return optionsOf(command, options);
  const places = placesAt(positionals, command);
  if (places.length === 0 && command.passesTo !== undefined) return "files";
  const found = places.map((place) => wordsAt(place, { positionals, account }, known));
  if (found.includes("files")) return "files";
  const all = new Map(found.flatMap((one) => (one === "files" ? [] : one.map((each) => [each.value, each] as const))))
    .values()
    .toArray();
  return all.length > 0 ? all : optionsOf(command, options);
}

const HELP: Suggestion = { value: "help", text: "List the commands" };

/** What stands on the line already. */
interface Line {
  readonly positionals: readonly string[];
  /** Options that were given, with their values. */
  readonly options: ReadonlyMap<string, string>;
  /** The option whose value is being typed. */
  readonly open: { readonly name: string; readonly option: OptionDefinition } | null;
}

function read(words: readonly string[], { options }: Description): Line {
  const positionals: string[] = [];
  const given = new Map<string, string>();
  let open: Line["open"] = null;
  for (const word of words) {
    if (open !== null) {
      given.set(open.name, word);
      open = null;
      continue;
    }
    const [, long, value] = /^--([\w-]+)(?:=(.*))?$/.exec(word) ?? [];
    const name = long ?? Object.keys(options).find((one) => word === `-${options[one]?.short}`);
    if (name === undefined) {
      positionals.push(word);
      continue;
    }
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    given.set(name, value ?? "");
    if (option?.type === "string" && value === undefined) open = { name, option };
  }
  return { positionals, options: given, open };
}

function optionsOf({ options }: Description, given: ReadonlyMap<string, string>): readonly Suggestion[] {
  const own = Object.entries(options).filter(([name, { multiple }]) => multiple || !given.has(name));
  return [
    ...own.map(([name, { description }]) => ({ value: `--${name}`, text: firstSentence(description) })),
    { value: "--help", text: "Show the help" },
  ];
}

function firstSentence(text: string): string {
  return text.split(/[.;](?: |$)/)[0] ?? text;
}

/** The values of an option, by its name and by what stands for them in the help. */
function valuesOf(name: string, { value = "" }: OptionDefinition, account: string | null, known: Known): Suggestions {
  if (/^[a-z][\w-]*(\|[a-z][\w-]*)+$/.test(value)) return plain(value.split("|"));
  switch (name) {
    case "profile":
      return plain(known.profiles());
    case "account":
      return plain([...new Set([...known.accounts(), ...known.directoryAccounts()])]);
    case "source":
      return plain(known.sources(account));
    case "family":
      return plain(known.families());
    case "state":
      return plain(EVENT_STATES);
    case "adapter":
    case "vendors":
      return plain(known.adapters());
    default:
      return ["FILE", "FOLDER"].includes(value) ? "files" : [];
  }
}

/** A place of a form. */
interface Place {
  /** A word, words to choose from, or a placeholder. */
  readonly text: string;
  /** The account of the directory that stands before it in the form; `null` if none does. */
  readonly inAccount: string | null;
}

/** What the forms of a command have at the next place, given the words before it. */
function placesAt(positionals: readonly string[], { usage }: Description): readonly Place[] {
  const places = Object.keys(usage).flatMap((form) => {
    const words = positionalsOf(form);
    const fits = positionals.every((word, index) => isFor(words[index], word));
    const place = words[positionals.length] ?? (words.at(-1)?.endsWith("…") && fits ? words.at(-1) : undefined);
    return fits && place !== undefined ? [{ text: place, inAccount: positionals[words.indexOf("<account>")] ?? null }] : [];
  });
  return [...new Map(places.map((place) => [place.text, place])).values()];
}

/** The words and placeholders at the beginning of a form, up to an option or a choice between more than words. */
function positionalsOf(form: string): readonly string[] {
  const words = form.match(/<[^>]*>…?|\[[^\]]*\]…?|\S+/g) ?? [];
  const end = words.findIndex((word) => !/^(<.*>…?|\[[\w ]+\]…?|[a-z][\w:|-]*)$/.test(word));
  return end === -1 ? words : words.slice(0, end);
}

function isFor(place: string | undefined, word: string): boolean {
  if (place === undefined) return false;
  return /^[<[]/.test(place) || place.split("|").includes(word);
}

function wordsAt(
  { text, inAccount }: Place,
  { positionals, account }: { readonly positionals: readonly string[]; readonly account: string | null },
  known: Known,
): Suggestions {
  const [, placeholder] = /^[<[](.*?)[>\]]…?$/.exec(text) ?? [];
  if (placeholder === undefined) return plain(text.split("|"));
  if (/^(file|folder)/.test(placeholder)) return "files";
  switch (placeholder) {
    case "account":
      return plain(known.directoryAccounts());
    case "source":
      return plain(inAccount === null ? known.sources(account) : known.directorySources(inAccount));
    case "event":
      return plain(known.events(positionals[0] ?? "", account));
    case "adapter":
      return plain(known.adapters());
    case "shell":
      return plain(SHELLS);
    default:
      return [];
  }
}

/** The shells that there are scripts for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

function plain(values: readonly string[]): readonly Suggestion[] {
  return values.map((value) => ({ value, text: "" }));
}
