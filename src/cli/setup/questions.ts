/**
 * Asks for what the command line leaves open. Each answer is what an option of the command line would have been.
 */
import type { Adapter } from "../../contract/interface.ts";
import { type Given, knownOptions, nameProblem, readValue, schemaOf, signsUrl } from "./answers.ts";
import { SOURCE_MEANINGS } from "./meanings.ts";
import type { Prompts } from "./prompts.ts";

/** What is set up, and whether it is deployed. */
export interface Wishes extends Given {
  /** `undefined`: not said. */
  readonly deploy?: boolean | undefined;
}

/** The answers are in the options' own words; `null`: the person cancelled. */
type Asked<Value> = Promise<Value | null>;

/**
 * Asks for everything that is not given.
 * @param region of the Customer.io account, where it is known
 */
export async function ask(
  given: Wishes,
  adapters: ReadonlyMap<string, Adapter>,
  prompts: Prompts,
  region: string | null,
): Asked<Wishes> {
  const deploy = given.deploy ?? (await askWhere(prompts));
  if (deploy === null) return null;
  const chosenRegion = given.region ?? (await askRegion(prompts, region));
  if (chosenRegion === null) return null;
  const account = given.account ?? (await askAccount(prompts));
  if (account === null) return null;
  const options = [...(given.option ?? [])];
  if (!options.some((option) => option.startsWith("identifiers="))) {
    const identifiers = await askIdentifiers(prompts);
    if (identifiers === null) return null;
    options.push(`identifiers=${identifiers}`);
  }
  const source = given.source ?? (await askSources(prompts, adapters));
  if (source === null) return null;
  let { url } = given;
  for (const text of source) {
    const [name = "", id = name] = text.split("=");
    const adapter = adapters.get(id);
    if (adapter === undefined) continue;
    const isGiven = options.some((option) => option.startsWith(`${name}.`));
    const more = isGiven ? [] : await askOptions(prompts, adapter, name);
    if (more === null) return null;
    options.push(...more);
    if (url === undefined && signsUrl(adapter, {})) {
      const answer = await askUrl(prompts, adapter);
      if (answer === null) return null;
      url = answer;
    }
  }
  return { deploy, region: chosenRegion, account, source: [...source], option: options, url };
}

async function askWhere(prompts: Prompts): Asked<boolean> {
  const answer = await prompts.choose("What shall be set up?", [
    {
      value: "local",
      label: "A trial on this machine",
      hint: "with a sandbox in place of Customer.io; nothing leaves the machine",
    },
    { value: "deploy", label: "A Worker on Cloudflare", hint: "wrangler asks you to sign in if you are not" },
  ]);
  return answer === null ? null : answer === "deploy";
}

function askRegion(prompts: Prompts, known: string | null): Asked<string> {
  const message =
    known === null
      ? "In which region is your Customer.io account? (Settings → Privacy shows it.)"
      : `In which region is your Customer.io account? (The cio command line is signed in to an account in the ${known.toUpperCase()}.)`;
  const choices = [
    { value: "us", label: "US" },
    { value: "eu", label: "EU", hint: "its Worker keeps data in the EU" },
  ];
  return prompts.choose(message, choices, known ?? "us");
}

function askAccount(prompts: Prompts): Asked<string> {
  return prompts.text("A name for the account: one workspace of Customer.io. It becomes part of the webhooks' URLs.", {
    placeholder: "acme",
    validate: (answer) => nameProblem("account", answer) ?? undefined,
  });
}

function askIdentifiers(prompts: Prompts): Asked<string> {
  return prompts.choose("What identifies people in this workspace? (Settings → Workspace Settings shows it.)", [
    { value: "email_and_id", label: "Both email and id", hint: "Customer.io's default" },
    { value: "id", label: "id only" },
    { value: "email", label: "email only" },
  ]);
}

function askSources(prompts: Prompts, adapters: ReadonlyMap<string, Adapter>): Asked<readonly string[]> {
  const choices = [...adapters.values()].map(({ id, name }) => ({ value: id, label: name }));
  return prompts.chooseMany("Which vendors send webhooks? Type to search, Tab to choose.", choices, true);
}

function askUrl(prompts: Prompts, { name }: Adapter): Asked<string> {
  const validate = (answer: string) =>
    answer.startsWith("https://") && URL.canParse(answer) ? undefined : "an address such as https://hooks.example.com";
  const message = `${name} signs the URL that it sends to. Where do vendors reach the Worker?`;
  return prompts.text(message, { placeholder: "https://hooks.example.com", validate });
}

/** The options that a source cannot do without, and those that the person wants to change. */
async function askOptions(prompts: Prompts, adapter: Adapter, name: string): Asked<readonly string[]> {
  const required = requiredOptions(adapter);
  const others = knownOptions(adapter).filter((key) => !required.includes(key) && key !== "public_url");
  const texts: string[] = [];
  for (const key of required) {
    const text = await askOption(prompts, adapter, name, key, true);
    if (text === null) return null;
    texts.push(text);
  }
  const choices = others.map((key) => ({ value: key, label: key, hint: meaningOf(adapter, key) }));
  const chosen = await prompts.chooseMany(`Options of ${name} to change (none is usual):`, choices, false);
  if (chosen === null) return null;
  for (const key of chosen) {
    const text = await askOption(prompts, adapter, name, key, false);
    if (text === null) return null;
    if (text !== "") texts.push(text);
  }
  return texts;
}

async function askOption(prompts: Prompts, adapter: Adapter, name: string, key: string, isRequired: boolean): Asked<string> {
  const schema = schemaOf(adapter, key);
  const answer = await prompts.text(`${name}.${key}: ${meaningOf(adapter, key)}`, {
    validate: (text) => {
      if (text === "") return isRequired ? "it is required" : undefined;
      const read = schema === undefined ? null : readValue(schema, text);
      return read?.ok === false ? read.problem : undefined;
    },
  });
  if (answer === null) return null;
  return answer === "" ? "" : `${name}.${key}=${answer}`;
}

/** The options of an adapter that have no default. */
export function requiredOptions(adapter: Adapter): readonly string[] {
  const issues = adapter.options.safeParse({}).error?.issues ?? [];
  const missing = issues.flatMap(({ path: [key] }) => (typeof key === "string" ? [key] : []));
  const tenant = adapter.tenant?.required ? [adapter.tenant.option] : [];
  return [...new Set([...missing, ...tenant])];
}

/** What an option of a source means. */
export function meaningOf(adapter: Adapter, key: string): string {
  const own = new Map(Object.entries(adapter.options.shape)).get(key);
  const described = own?.description;
  return described ?? new Map(Object.entries(SOURCE_MEANINGS)).get(key) ?? "";
}
