/**
 * Fixtures: recorded webhooks of invented people, one a file, without a signature.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as z from "zod";
import { inProject } from "./project.ts";

const strings = z.record(z.string(), z.string()).default({});

const fixtureFile = z
  .strictObject({
    headers: strings,
    query: strings,
    contentType: z.string().default("application/json"),
    body: z.json().optional(),
    raw: z.string().optional(),
  })
  .refine(({ body, raw }) => (body === undefined) !== (raw === undefined), "exactly one of body and raw");

/** A webhook as its vendor sends it, but for the signature. */
export interface Fixture {
  /** The file's name without `.json`: the event's type, `/` written as `_`, and perhaps a variant. */
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly text: string;
}

/** The names of an adapter's fixtures, in order. */
export function fixtureNames(adapter: string): readonly string[] {
  const directory = inProject(`test/fixtures/${adapter}`);
  if (!existsSync(directory)) return [];
  const files = readdirSync(directory).filter((file) => file.endsWith(".json"));
  return files.map((file) => file.slice(0, -".json".length)).sort();
}

/**
 * The fixture of an event: by its own name, else the first variant of it.
 * @param event a vendor's own name of an event, or a fixture's name
 * @returns `null` where there is none
 * @throws where the file is no fixture
 */
export function findFixture(adapter: string, event: string): Fixture | null {
  const wanted = event.replaceAll("/", "_");
  const names = fixtureNames(adapter);
  const name = names.find((candidate) => candidate === wanted) ?? names.find((candidate) => candidate.startsWith(`${wanted}.`));
  return name === undefined ? null : parseFixture(name, readFileSync(inProject(`test/fixtures/${adapter}/${name}.json`), "utf8"));
}

/** @throws where the text is no fixture */
export function parseFixture(name: string, text: string): Fixture {
  const { body, raw, ...rest } = fixtureFile.parse(JSON.parse(text));
  return { name, ...rest, text: raw ?? JSON.stringify(body) };
}
