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
  });

/** The answer to a refused request. @param error a code: lower case, with underscores */
export function problem(status: number, error: string, detail: string, headers: Readonly<Record<string, string>> = {}): Response {
  const title = `${error.charAt(0).toUpperCase()}${error.slice(1).replaceAll("_", " ")}`;
  const body: z.output<ReturnType<typeof problemSchema>> = { type: `urn:tributary:${error}`, title, status, detail, error };
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": PROBLEM_TYPE, "cache-control": "no-store", ...headers },
  });
}
