/**
 * Describes schema issues for logs and dead letters: in plain words, on one line, and without any value of the payload.
 */
import * as z from "zod";
import { counted } from "./counted.ts";

/** Maximum number of issues listed; the rest is counted. */
const NAMED = 5;

/** Maximum length of a path and of a list of names, characters: they may contain keys chosen by the sender. */
const LONGEST = 80;

type Issue = z.core.$ZodIssue;

/**
 * The issues of a schema on one line: paths and reasons, never values.
 * @example "data.object.customer: must be a string or an object; data.object.id: missing"
 */
export function describeIssues(error: z.ZodError): string {
  const named = error.issues
    .slice(0, NAMED)
    .map(nearest)
    .map((issue) => printable(`${pathOf(issue)}: ${reasonOf(issue)}`));
  const more = error.issues.length - named.length;
  return named.join("; ") + (more > 0 ? `; and ${more} more` : "");
}

function pathOf({ path }: Issue): string {
  return cut(path.map(String).join(".")) || "(root)";
}

/** Of a union that lists types alone, the issue itself; of another one, the issue of the member that fits best. */
function nearest(issue: Issue): Issue {
  if (issue.code !== "invalid_union" || typesOf(issue) !== null) return issue;
  const members = issue.errors.map((issues) => issues.map(nearest));
  // The message of our own check says most.
  const own = members.flat().find(({ code }) => code === "custom");
  const depthOf = (issues: readonly Issue[]): number => Math.max(0, ...issues.map(({ path }) => path.length));
  const [closest] = members.toSorted((one, other) => depthOf(other) - depthOf(one) || one.length - other.length);
  const chosen = own ?? closest?.find(({ path }) => path.length > 0);
  return chosen === undefined ? issue : { ...chosen, path: [...issue.path, ...chosen.path] };
}

/** What a union would take, where it fails by its type alone; `null` where a member fails further inside. */
function typesOf({ errors }: z.core.$ZodIssueInvalidUnion): readonly string[] | null {
  const types = errors.flatMap((issues): readonly (readonly string[] | null)[] =>
    issues.map((issue) => {
      if (issue.path.length > 0) return null;
      if (issue.code === "invalid_type") return [typeName(issue.expected)];
      if (issue.code === "invalid_value") return [valuesOf(issue.values)];
      return issue.code === "invalid_union" ? typesOf(issue) : null;
    }),
  );
  return types.length === 0 || types.includes(null) ? null : [...new Set(types.flatMap((names) => names ?? []))];
}

function reasonOf(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return isMissing(issue) ? "missing" : `must be ${typeName(issue.expected)}`;
    case "invalid_value":
      return isMissing(issue) ? "missing" : `must be ${valuesOf(issue.values)}`;
    case "invalid_format":
      return FORMATS.has(issue.format) ? "must have another form" : `must be of the form ${issue.format}`;
    case "too_small":
      return sizeOf(issue.origin, issue.inclusive === false ? "more than" : "at least", issue.minimum);
    case "too_big":
      return sizeOf(issue.origin, issue.inclusive === false ? "less than" : "at most", issue.maximum);
    case "not_multiple_of":
      return `must be a multiple of ${issue.divisor}`;
    case "unrecognized_keys":
      return `has unknown fields (${cut(issue.keys.join(", "))})`;
    case "invalid_union": {
      const types = typesOf(issue);
      if (types !== null && issue.errors.flat().every(isMissing)) return "missing";
      if (types !== null) return `must be ${types.join(" or ")}`;
      return issue.discriminator === undefined ? "has none of the expected forms" : `has an unknown ${issue.discriminator}`;
    }
    case "invalid_key":
      return "has a field of a name that is not allowed";
    case "invalid_element":
      return "has an item that is not allowed";
    case "custom":
      // The messages of our own checks are constants.
      return issue.message === "" || issue.message === UNSAID ? "is not valid" : issue.message;
  }
}

/** Formats whose names say nothing. */
const FORMATS: ReadonlySet<string> = new Set(["regex", "starts_with", "ends_with", "includes", "template_literal"]);

/** The message of a check that says nothing of its own. */
const UNSAID = "Invalid input";

/** The message names the type that was found, and nothing else of the value. */
function isMissing({ message }: Issue): boolean {
  return message.endsWith("received undefined");
}

const TYPES: Readonly<Record<string, string>> = {
  int: "a whole number",
  array: "a list",
  object: "an object",
  record: "an object",
  map: "an object",
  null: "null",
  tuple: "a list",
  undefined: "absent",
  never: "absent",
};

function typeName(expected: string): string {
  return TYPES[expected] ?? `a ${expected}`;
}

/** The values of a schema, which are constants of the adapter. */
function valuesOf(values: readonly z.core.util.Primitive[]): string {
  const names = values.map((value) => JSON.stringify(value) ?? "absent");
  return names.length === 1 ? (names[0] ?? "") : `one of ${cut(names.join(", "))}`;
}

function sizeOf(origin: string, bound: string, limit: number | bigint): string {
  const size = Number(limit);
  if (origin === "string") return `must have ${bound} ${counted(size, "character")}`;
  if (origin === "array" || origin === "set") return `must have ${bound} ${counted(size, "item")}`;
  return `must be ${bound} ${size}`;
}

/** The kind of an exception; for a schema's, also the paths. Never the message, which may quote the payload. */
export function describeException(error: unknown): string {
  if (error instanceof z.ZodError) return describeIssues(error);
  return error instanceof Error ? error.name : typeof error;
}

function cut(text: string): string {
  return text.slice(0, LONGEST);
}

/** Printable ASCII only. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?");
}
