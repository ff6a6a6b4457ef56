/**
 * `npm run accounts`: the accounts that a Worker keeps in its directory, beside those of `wrangler.toml`.
 */
import { ACCOUNT_SECRETS } from "../../config/directory/record.ts";
import { nameProblem, nameSchema } from "../../config/schema.ts";
import type {
  DirectoryAccount,
  DirectoryInput,
  DirectoryOperationName,
  DirectoryOutput,
} from "../../console/directory/operations.ts";
import { counted } from "../../contract/counted.ts";
import { defineCommand, type Values } from "../command.ts";
import { type Declaration, type ReadOptions, readOptions, sourcesOf, withOptions, withSource } from "../directory/options.ts";
import { newToken, readSecret } from "../directory/secret.ts";
import { renderAccount, renderRefusal } from "../directory/show.ts";
import { EXAMPLE_SOURCE } from "../examples.ts";
import { type Exit, fail } from "../exit-codes.ts";
import { didYouMean } from "../nearest.ts";
import { askDirectory, DIRECTORY_OPTIONS, OPERATOR_ENVIRONMENT, type OperatorAnswer } from "../operator.ts";
import { print, printJson } from "../printer.ts";
import { targetOf } from "../profiles.ts";
import { alignColumns } from "../table.ts";

const OPTIONS = {
  from: {
    type: "string",
    value: "VARIABLE",
    description: "The environment variable that holds the secret; else it is read from the input.",
  },
  kind: {
    type: "string",
    value: "K",
    description:
      "What the secret is for. Of a source: secret (signs its webhooks, the default), api_key (its vendor's API). Of the account: cdp_api_key (the default), alert_secret, alert_url.",
  },
  days: { type: "string", value: "N", description: "How long the token is valid. Without it, until it is retired." },
  adopt: { type: "boolean", default: false, description: "Go on with what a declared account of this name has stored." },
  "dry-run": { type: "boolean", default: false, description: "Only say what would be wrong." },
  force: { type: "boolean", default: false, description: "Remove an account with pending events, or retire the last secret." },
  ...DIRECTORY_OPTIONS,
} as const;

type AccountsValues = Values<typeof OPTIONS>;

/** What an action is given. */
interface Given {
  readonly values: AccountsValues;
  readonly words: readonly string[];
  readonly misuse: (problem: string) => "usage";
}

const ACTIONS: ReadonlyMap<string, (given: Given) => Promise<Exit>> = new Map([
  ["list", list],
  ["show", show],
  ["add", add],
  ["set", set],
  ["add-source", (given) => changeSource(given, "add")],
  ["set-source", (given) => changeSource(given, "set")],
  ["remove-source", (given) => changeSource(given, "remove")],
  ["secret", changeSecret],
  ["token", changeToken],
  ["rename", rename],
  ["drop-name", dropName],
  ["remove", remove],
  ["reseal", reseal],
]);

export const command = defineCommand({
  name: "accounts",
  group: "Operate it",
  summary: "Add, change and remove the accounts of a Worker's directory",
  usage: {
    list: "The accounts of the directory. Those of wrangler.toml are not among them.",
    "show <account>": "Its options, what is wrong with it, and when each secret was last used.",
    "add <name> region=us|eu [key=value …]": "A new account. The options are those of an account in wrangler.toml.",
    "set <account> key=value …": "Other options; key= takes one away.",
    "add-source <account> <name> [key=value …]": "A source.",
    "set-source <account> <source> [key=value …]": "Other options of a source.",
    "remove-source <account> <source>": "Takes a source away, and its secrets.",
    "secret add <account> [source] [--from VARIABLE]": "A secret of this source; without one the Pipelines API key.",
    "secret retire <account> <number>": "Deletes a secret or a token.",
    "token add <account> read|operate [--days N]": "Makes a token for the API of this account, and prints it once.",
    "rename <account> <name>": "What is stored stays, and the URLs of the former name go on working.",
    "drop-name <account> <former name>": "Ends the URLs of a former name.",
    "remove <account>": "Removes an account and everything that it has stored.",
    reseal: "Seals all secrets under the first DIRECTORY_KEY, after a new one was put before the old one.",
  },
  notes: [
    "Values are written as in wrangler.toml: hold_unknown=0, user_id_from='[\"metadata.user_id\"]'. What is not TOML is a text.",
    "It needs the ADMIN_TOKEN, and a Worker with the secret DIRECTORY_KEY. A change counts within a minute. See docs/accounts.md.",
  ],
  options: OPTIONS,
  environment: OPERATOR_ENVIRONMENT,
  examples: {
    "add acme region=eu identifiers=id": "An account of Customer.io's region EU.",
    [`add-source acme shop-de adapter=${EXAMPLE_SOURCE}`]: "A source, whose webhooks go to /hooks/acme/shop-de.",
    "secret add acme shop-de --from SHOP_SECRET": "Its secret, from a variable of the environment.",
    "show acme": "Whether the old secret is still in use.",
    "secret retire acme 2": "It is not.",
  },
  run: async ({ values, positionals, misuse }) => {
    const [name = "", ...words] = positionals;
    const action = ACTIONS.get(name);
    if (action === undefined)
      return misuse(name === "" ? "Which action?" : `There is no action "${name}".${didYouMean(name, ACTIONS.keys())}`);
    return action({ values, words, misuse });
  },
});

async function list({ values, words, misuse }: Given): Promise<Exit> {
  if (words.length > 0) return misuse("list takes no arguments but options.");
  const found: DirectoryOutput<"directory.list">["accounts"] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const answer: OperatorAnswer<DirectoryOutput<"directory.list">> = await askDirectory(values, "directory.list", { cursor });
    if (!answer.ok) return refuse(answer);
    found.push(...answer.value.accounts);
    cursor = answer.value.next;
  }
  if (values.json) printJson({ accounts: found });
  else if (found.length === 0) print("The directory has no accounts.");
  else {
    const rows = found.map(({ name, region, sources, was, declared }) => [
      ...[name, region, String(sources), was.join(", ") || "-", declared ? "no: it is declared too" : "yes"],
    ]);
    for (const line of alignColumns([["account", "region", "sources", "formerly", "served"], ...rows])) print(line);
  }
  return "ok";
}

async function show({ values, words: [name, ...rest], misuse }: Given): Promise<Exit> {
  if (name === undefined || rest.length > 0) return misuse("Which account? show takes one name.");
  const answer = await askDirectory(values, "directory.show", { name });
  return answer.ok ? tell(values, answer.value.account) : refuse(answer);
}

async function add({ values, words: [name, ...words], misuse }: Given): Promise<Exit> {
  const read = readOptions(words);
  if (name === undefined) return misuse("Which account? add takes a name, and options.");
  if (!read.ok) return misuse(read.problem);
  const problem = problemOfName(name);
  if (problem !== null) return misuse(problem);
  const account = withOptions({}, read.options);
  return change(
    values,
    "directory.add",
    { name, account: { ...account }, adopt: values.adopt, dry_run: values["dry-run"] },
    account,
  );
}

/** Why an account cannot have a name; `null` if it can. */
function problemOfName(name: string): string | null {
  return nameSchema.safeParse(name).success
    ? null
    : `${name}: ${nameProblem("account", []).text.replace("rename it", "choose another")}.`;
}

async function set({ values, words: [name, ...words], misuse }: Given): Promise<Exit> {
  const read = readOptions(words);
  if (name === undefined || words.length === 0) return misuse("set takes an account, and options: set acme merge=auto");
  return read.ok ? replace(values, name, (account) => withOptions(account, read.options)) : misuse(read.problem);
}

async function changeSource({ values, words, misuse }: Given, action: "add" | "set" | "remove"): Promise<Exit> {
  const [name, source, ...given] = words;
  const read: ReadOptions = readOptions(given);
  if (name === undefined || source === undefined) return misuse(`${action}-source takes an account and a source.`);
  if (!read.ok) return misuse(read.problem);
  if (action === "remove" && given.length > 0) return misuse("remove-source takes no options of the source.");
  return replace(values, name, (account) => {
    const sources = sourcesOf(account);
    const before = Object.hasOwn(sources, source) ? sources[source] : undefined;
    if (action === "add" && before !== undefined) return `The account has a source ${source} already: set-source changes it.`;
    if (action !== "add" && before === undefined)
      return `The account has no source ${source}.${didYouMean(source, Object.keys(sources))}`;
    return withSource(account, source, action === "remove" ? null : withOptions(before ?? {}, read.options));
  });
}

/** Changes the options of an account, as they are now. @param changed gives the new ones, or what is wrong */
async function replace(
  values: AccountsValues,
  name: string,
  changed: (account: Declaration) => Declaration | string,
): Promise<Exit> {
  const shown = await askDirectory(values, "directory.show", { name });
  if (!shown.ok) return refuse(shown);
  const { account: before, revision } = shown.value.account;
  const account = changed(before);
  if (typeof account === "string") return fail("usage", account);
  return change(values, "directory.set", { name, account: { ...account }, revision, dry_run: values["dry-run"] }, account);
}

async function changeSecret({ values, words: [action, name, what, ...rest], misuse }: Given): Promise<Exit> {
  if (!["add", "retire"].includes(action ?? "") || name === undefined || rest.length > 0)
    return misuse("secret add takes an account and a source, secret retire an account and a number.");
  if (action === "retire") {
    if (!/^[1-9]\d{0,8}$/.test(what ?? "")) return misuse("Which secret? Its number: show has it.");
    return change(values, "directory.secrets.retire", { name, number: Number(what), force: values.force });
  }
  const own = what === undefined ? ACCOUNT_SECRETS : (["secret", "api_key"] as const);
  const kind = values.kind === undefined ? own[0] : own.find((one) => one === values.kind);
  if (kind === undefined) return misuse(`--kind is here ${own.join(", ")}.`);
  const secret = await readSecret(values.from ?? null);
  if (!secret.ok) return fail("usage", secret.problem);
  const place = what === undefined ? {} : { source: what };
  return change(values, "directory.secrets.add", { name, kind, ...place, value: secret.value });
}

async function changeToken({ values, words: [action, name, scope, ...rest], misuse }: Given): Promise<Exit> {
  if (action !== "add" || name === undefined || (scope !== "read" && scope !== "operate") || rest.length > 0)
    return misuse("token add takes an account, and read or operate. secret retire deletes a token.");
  const { days } = values;
  if (days !== undefined && !/^[1-9]\d{0,3}$/.test(days)) return misuse("--days is a number of days, at most 3650.");
  const value = newToken();
  const lasting = days === undefined ? {} : { days: Number(days) };
  const answer = await askDirectory(values, "directory.tokens.add", { name, scope, value, ...lasting });
  if (!answer.ok) return refuse(answer);
  if (values.json) printJson({ token: value, scope, account: name });
  else print(`${value}\nIt is shown this once: the Worker keeps only its hash. It counts within a minute.`);
  return "ok";
}

async function rename({ values, words: [name, to, ...rest], misuse }: Given): Promise<Exit> {
  if (name === undefined || to === undefined || rest.length > 0) return misuse("rename takes an account and its new name.");
  const problem = problemOfName(to);
  if (problem !== null) return misuse(problem);
  return change(values, "directory.rename", { name, to });
}

async function dropName({ values, words: [name, was, ...rest], misuse }: Given): Promise<Exit> {
  if (name === undefined || was === undefined || rest.length > 0)
    return misuse("drop-name takes an account and its former name.");
  return change(values, "directory.drop_name", { name, was });
}

async function remove({ values, words: [name, ...rest], misuse }: Given): Promise<Exit> {
  if (name === undefined || rest.length > 0) return misuse("Which account? remove takes one name.");
  const answer = await askDirectory(values, "directory.remove", { name, force: values.force });
  if (!answer.ok) return refuse(answer);
  if (values.json) printJson(answer.value);
  else print(`${name} is removed, with everything that it had stored.`);
  return "ok";
}

async function reseal({ values, words, misuse }: Given): Promise<Exit> {
  if (words.length > 0) return misuse("reseal takes no arguments but options.");
  let resealed = 0;
  const closed: DirectoryOutput<"directory.reseal">["closed"] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const answer: OperatorAnswer<DirectoryOutput<"directory.reseal">> = await askDirectory(values, "directory.reseal", {
      cursor,
    });
    if (!answer.ok) return refuse(answer);
    resealed += answer.value.resealed;
    closed.push(...answer.value.closed);
    cursor = answer.value.next;
  }
  if (values.json) printJson({ resealed, closed });
  else {
    print(`${counted(resealed, "secret")} sealed again.`);
    for (const { account, number } of closed)
      print(`${account}: no key opens secret ${number}. Add it again, and retire this one.`);
  }
  return closed.length === 0 ? "ok" : "failed";
}

/** The operations that answer with the account as it is afterwards. */
type Change = Exclude<DirectoryOperationName, "directory.list" | "directory.show" | "directory.remove" | "directory.reseal">;

async function change<Name extends Change>(
  values: AccountsValues,
  name: Name,
  input: DirectoryInput<Name>,
  account: Declaration = {},
): Promise<Exit> {
  const answer: OperatorAnswer<DirectoryOutput<Change>> = await askDirectory(values, name, input);
  if (!answer.ok) return refuse(answer, account);
  if (answer.value.dry_run && !values.json) print("Nothing was changed: it would become");
  return tell(values, answer.value.account);
}

function tell(values: AccountsValues, account: DirectoryAccount): Exit {
  const found = targetOf(values);
  if (values.json) printJson(account);
  else if (found.ok) for (const line of renderAccount(account, found.target.url)) print(line);
  return "ok";
}

function refuse(
  { exit, problem, answer }: Extract<OperatorAnswer<unknown>, { readonly ok: false }>,
  account: Declaration = {},
): Exit {
  return fail(exit, renderRefusal(answer, problem, account));
}
