/**
 * Describes what a schema refused, for logs and dead letters.
 */
import * as z from "zod";

/** Issues named at the most; the rest is counted. */
const NAMED = 5;

/** Longest path that is named, characters: a path may hold keys of the vendor's choosing. */
const LONGEST_PATH = 80;

/**
 * What a schema refused: paths and reasons, never a value, on one line.
 * @example "data.object.customer: invalid_type (expected string)"
 */
export function describeIssues(error: z.ZodError): string {
  const named = error.issues
    .slice(0, NAMED)
    .map(withinUnion)
    .map((issue) => {
      const path = issue.path.map(String).join(".").slice(0, LONGEST_PATH) || "(root)";
      const expected = "expected" in issue && typeof issue.expected === "string" ? ` (expected ${issue.expected})` : "";
      // The messages of our own checks are constants; the other codes say enough.
      const own = issue.code === "custom" && issue.message !== "" ? ` (${issue.message})` : "";
      const keys =
        "keys" in issue && Array.isArray(issue.keys) ? ` (${issue.keys.map(String).join(", ").slice(0, LONGEST_PATH)})` : "";
      return `${printable(path)}: ${issue.code}${expected}${own}${printable(keys)}`;
    });
  const more = error.issues.length - named.length;
  return named.join("; ") + (more > 0 ? `; and ${more} more` : "");
}

/** Of a union that refused a value, what one of its members says in words of our own, if one does: `invalid_union` says nothing. */
function withinUnion(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== "invalid_union") return issue;
  const own = issue.errors
    .flat()
    .map(withinUnion)
    .find(({ code }) => code === "custom");
  return own ? { ...own, path: [...issue.path, ...own.path] } : issue;
}

/** The kind of an exception; of what a schema refused, where. Its message is left out: it may quote the payload. */
export function describeException(error: unknown): string {
  if (error instanceof z.ZodError) return describeIssues(error);
  return error instanceof Error ? error.name : typeof error;
}

/** Printable ASCII only. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?");
}
