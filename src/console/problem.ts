/**
 * Problem details: how the API says that a request was refused.
 * @see https://www.rfc-editor.org/rfc/rfc9457
 */
import * as z from "zod";

/** The content type of a problem. */
export const PROBLEM_TYPE = "application/problem+json";

/** A refused request, as the API answers it. It never repeats what was sent. */
export const problemSchema = () =>
  z.object({
    /** `urn:tributary:` and the code of the error. */
    type: z.string(),
    title: z.string(),
    status: z.number(),
    /** What to do, for people. */
    detail: z.string(),
    /** The code of the error, for programs. */
    error: z.string(),
    /** Everything that is wrong with an account, where one was refused. */
    findings: z
      .array(
        z.object({
          code: z.string(),
          level: z.enum(["error", "warning"]),
          place: z.string(),
          text: z.string(),
          choices: z.array(z.string()),
        }),
      )
      .optional(),
  });

type Problem = z.output<ReturnType<typeof problemSchema>>;

/** The answer to a refused request. @param error a code: lower case, with underscores */
export function problem(
  status: number,
  error: string,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
  more: Pick<Problem, "findings"> = {},
): Response {
  const title = `${error.charAt(0).toUpperCase()}${error.slice(1).replaceAll("_", " ")}`;
  const body: Problem = { type: `urn:tributary:${error}`, title, status, detail, error, ...more };
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": PROBLEM_TYPE, "cache-control": "no-store", ...headers },
  });
}
