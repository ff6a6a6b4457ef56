/**
 * Describes schema issues for logs and dead letters.
 */
import * as z from "zod";

/** Maximum number of issues listed; the rest is counted. */
const NAMED = 5;

/** Maximum length of a path, characters: paths may contain keys chosen by the sender. */
const LONGEST_PATH = 80;

/**
 * The issues of a schema on one line: paths and reasons, never values.
 * @example "data.object.customer: invalid_type (expected string)"
 */
export function describeIssues(error: z.ZodError): string {
  const named = error.issues
    .slice(0, NAMED)
    .map(withinUnion)
    .map((issue) => {
      const path = issue.path.map(String).join(".").slice(0, LONGEST_PATH) || "(root)";
      const expected = "expected" in issue && typeof issue.expected === "string" ? ` (expected ${issue.expected})` : "";
      // The messages of our own checks are constants; the other codes are clear enough.
      const own = issue.code === "custom" && issue.message !== "" ? ` (${issue.message})` : "";
      const keys =
        "keys" in issue && Array.isArray(issue.keys) ? ` (${issue.keys.map(String).join(", ").slice(0, LONGEST_PATH)})` : "";
      return `${printable(path)}: ${issue.code}${expected}${own}${printable(keys)}`;
    });
  const more = error.issues.length - named.length;
  return named.join("; ") + (more > 0 ? `; and ${more} more` : "");
}

/** For a union, the message of our own check in one of its members, if any: `invalid_union` alone says nothing. */
function withinUnion(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== "invalid_union") return issue;
  const own = issue.errors
    .flat()
    .map(withinUnion)
    .find(({ code }) => code === "custom");
  return own ? { ...own, path: [...issue.path, ...own.path] } : issue;
}

/** The kind of an exception; for a schema's, also the paths. Never the message, which may quote the payload. */
export function describeException(error: unknown): string {
  if (error instanceof z.ZodError) return describeIssues(error);
  return error instanceof Error ? error.name : typeof error;
}

/** Printable ASCII only. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?");
}
