/**
 * `npx tributary profiles`: the Workers that an operator works with, by name.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { defineCommand } from "../command.ts";
import { type Exit, fail } from "../exit-codes.ts";
import { didYouMean } from "../nearest.ts";
import { print, printJson } from "../printer.ts";
import {
  LOCAL_PROFILE,
  PROFILES_FILE,
  type Profile,
  problemOfProfile,
  profilesFile,
  readProfiles,
  renderProfile,
  targetOf,
  tokenOf,
} from "../profiles.ts";
import { alignColumns } from "../table.ts";

export const command = defineCommand({
  name: "profiles",
  group: "Operate it",
  summary: "List or add profiles: Workers to work with, by name",
  usage: {
    "": "The profiles, and whether their tokens are there.",
    "add <name> --url URL --account NAME [--token-env V]": `Adds one to ${PROFILES_FILE}.`,
  },
  notes: [
    `With --profile NAME, or TRIBUTARY_PROFILE=NAME, every command that asks a Worker asks that one, about that account. ${PROFILES_FILE} holds no secret: a profile names the variable of the environment, or the file, that has the token. No command takes a token as an argument, where other users could read it.`,
  ],
  options: {
    url: { type: "string", value: "URL", description: "The Worker." },
    account: { type: "string", value: "NAME", description: "The account." },
    "token-env": { type: "string", value: "V", description: "The variable of the environment that holds the token." },
    "token-file": { type: "string", value: "F", description: "The file that holds it; its owner alone may read it." },
    json: { type: "boolean", default: false, description: "Print JSON, for machines." },
  },
  environment: { TRIBUTARY_PROFILES: `The file of profiles. Default: ${PROFILES_FILE}.` },
  examples: {
    "add us --url https://us.example.com --account acme": "And --token-env US_TOKEN. Then: npx tributary dead list --profile us",
  },
  run: async ({ values, positionals, misuse }) => {
    const [action, name, ...rest] = positionals;
    if (action !== undefined && action !== "add") return misuse(`There is no action "${action}".${didYouMean(action, ["add"])}`);
    const read = readProfiles();
    if (!read.ok) return fail("usage", read.problem);
    if (action === undefined) return list(read.profiles, read.file, values.json);
    if (name === undefined || rest.length > 0) return misuse("add takes one name.");
    if (values.url === undefined || values.account === undefined) return misuse("A profile has --url and --account.");
    if (name === LOCAL_PROFILE || Object.hasOwn(read.profiles, name))
      return fail("usage", `There is already a profile "${name}".`);
    const added: Profile = {
      url: values.url,
      account: values.account,
      ...(values["token-env"] === undefined ? {} : { token_env: values["token-env"] }),
      ...(values["token-file"] === undefined ? {} : { token_file: values["token-file"] }),
    };
    const problem = problemOfProfile(name, added);
    if (problem !== null) return fail("usage", problem);
    const file = profilesFile();
    const isBelow = existsSync(file) && readFileSync(file, "utf8").trim() !== "";
    appendFileSync(file, `${isBelow ? "\n" : ""}${renderProfile(name, added)}\n`);
    if (values.json) printJson({ name, ...added });
    else print(`Added to ${file}. Use it by --profile ${name}`);
    return "ok";
  },
});

function list(profiles: Readonly<Record<string, Profile>>, file: string, isJson: boolean): Exit {
  const local = targetOf({ profile: LOCAL_PROFILE });
  const own = Object.entries(profiles).map(([name, profile]) => {
    const found = tokenOf(profile, file);
    return {
      name,
      url: profile.url,
      account: profile.account,
      token: profile.token_env ?? profile.token_file ?? null,
      problem: found.ok ? null : found.problem,
    };
  });
  const url = local.ok ? local.target.url : "";
  const all = [{ name: LOCAL_PROFILE, url, account: "demo", token: null, problem: local.ok ? null : local.problem }, ...own];
  if (isJson) {
    printJson(all);
    return "ok";
  }
  const rows = all.map((one) => [one.name, one.url, one.account, tokenText(one)]);
  for (const line of alignColumns([["profile", "URL", "account", "token"], ...rows])) print(line);
  return "ok";
}

function tokenText({ name, token, problem }: { name: string; token: string | null; problem: string | null }): string {
  if (token === null) return name === LOCAL_PROFILE ? "none needed" : "none";
  if (problem === null) return token;
  return problem.includes("is not set") ? `${token}, which is not set` : problem;
}
