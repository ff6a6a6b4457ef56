/**
 * Where fixtures stand: recorded webhooks of invented people, one a file, without a signature.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { inProject } from "./project.ts";
import { type Fixture, parseFixture } from "./recorded.ts";

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
  return name === undefined ? null : read(adapter, name);
}

/** The fixtures of an adapter, in the order of their names. @throws where one of the files is no fixture */
export function fixturesOf(adapter: string): readonly Fixture[] {
  return fixtureNames(adapter).map((name) => read(adapter, name));
}

function read(adapter: string, name: string): Fixture {
  return parseFixture(name, readFileSync(inProject(`test/fixtures/${adapter}/${name}.json`), "utf8"));
}
