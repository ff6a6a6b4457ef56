/**
 * The page of the directory of accounts: a list, and for one account its options, sources and secrets, each with a form.
 */
import type { AccountOperations, AccountRemoval } from "../../account/operations.ts";
import { SECRET_KINDS } from "../../config/directory/record.ts";
import type { AccountPlace, Config } from "../../config/model.ts";
import { counted } from "../../contract/counted.ts";
import type { DirectoryAccount, DirectoryInput, DirectoryOperationName } from "../directory/operations.ts";
import { performOnDirectory } from "../directory/perform.ts";
import type { DirectoryRefusal } from "../directory/result.ts";
import { Action, Choice, Facts, Field, Notice, Table, Text, Time } from "./parts.tsx";
import type { Shown, View } from "./view.ts";

/** A request for the page. */
export interface DirectoryVisit {
  readonly query: URLSearchParams;
  /** The fields of a sent form; `null` where none was sent. */
  readonly form: URLSearchParams | null;
  /** The address of the Worker as the operator reaches it. */
  readonly origin: string;
  readonly config: Config;
  operationsOf(place: AccountPlace): AccountOperations & AccountRemoval;
  /** Milliseconds since 1970. */
  now(): number;
  /** Logs a change. */
  audit(account: string, operation: DirectoryOperationName): void;
}

const PAGE = "/console/-/accounts";

/** The list, or the account that the query names; a form is performed first. */
export async function directoryPage(visit: DirectoryVisit): Promise<Shown> {
  if (visit.form === null) return visit.query.has("name") ? showOne(visit, visit.query.get("name") ?? "") : showAll(visit);
  const { form } = visit;
  const name = form.get("name") ?? "";
  const change = changeOf(form);
  if (typeof change === "string") return refused({ status: 400, message: change }, name);
  const result = await performOnDirectory(change.operation, change.input, visit);
  if (!result.ok) return refusedChange(result, name);
  visit.audit(name, change.operation);
  if (change.operation === "directory.remove") return { location: PAGE };
  return { location: linkTo(form.get("to") ?? name) };
}

function linkTo(name: string): string {
  return `${PAGE}?${new URLSearchParams({ name })}`;
}

/** A change that a form asks for. Its input is checked where it is performed. */
interface Change {
  readonly operation: DirectoryOperationName;
  readonly input: unknown;
}

function changeOf(form: URLSearchParams): Change | string {
  const text = (field: string): string => form.get(field)?.trim() ?? "";
  const name = text("name");
  const account = jsonOf(text("account"));
  switch (text("action")) {
    case "add":
      return { operation: "directory.add", input: { name, account: { region: text("region"), sources: {} } } };
    case "set":
      if (account === undefined) return "The options are no JSON: a bracket, a comma or a quotation mark is missing.";
      return { operation: "directory.set", input: { name, account, revision: Number(text("revision")) } };
    case "secret": {
      const source = text("source") === "" ? {} : { source: text("source") };
      const input = { name, kind: text("kind"), value: text("value"), ...source };
      return { operation: "directory.secrets.add", input } satisfies { input: Loose<"directory.secrets.add"> } & Change;
    }
    case "retire":
      return { operation: "directory.secrets.retire", input: { name, number: Number(text("number")), force: form.has("force") } };
    case "rename":
      return { operation: "directory.rename", input: { name, to: text("to") } };
    case "drop":
      return { operation: "directory.drop_name", input: { name, was: text("was") } };
    case "remove":
      if (text("again") !== name) return "Type the account's name to remove it.";
      return { operation: "directory.remove", input: { name, force: form.has("force") } };
    default:
      return "There is no such form.";
  }
}

/** An input whose fields are texts of a form. */
type Loose<Name extends DirectoryOperationName> = { readonly [Field in keyof DirectoryInput<Name>]: unknown };

async function showAll(visit: DirectoryVisit): Promise<View> {
  const cursor = visit.query.get("cursor") ?? "";
  const result = await performOnDirectory("directory.list", { cursor }, visit);
  if (!result.ok) return refusedChange(result, "");
  const { accounts, total, next } = result.value;
  return {
    title: "Accounts of the directory",
    body: (
      <>
        <p>Accounts that are kept here need no deployment. Those of wrangler.toml are not among them.</p>
        <Table
          caption={counted(total, "account")}
          head={["Account", "Region", "Sources", "Secrets", "Formerly", "Changed", "Served"]}
          rows={accounts.map(({ name, region, sources, secrets, was, changedAt, declared }) => [
            <a href={linkTo(name)}>{name}</a>,
            region,
            sources,
            secrets,
            was.join(", ") || "–",
            <Time at={changedAt} />,
            declared ? "no: it is declared too" : "yes",
          ])}
        />
        {next === null ? null : (
          <p>
            <a href={`${PAGE}?${new URLSearchParams({ cursor: next })}`}>More</a>
          </p>
        )}
        <h2>Add an account</h2>
        <Action to={PAGE} fields={{ action: "add" }}>
          <Field name="name" label="Name" />
          <Field name="region" label="Region: us or eu" />
          <p>
            <button type="submit">Add</button>
          </p>
        </Action>
      </>
    ),
  };
}

async function showOne(visit: DirectoryVisit, name: string): Promise<View> {
  const result = await performOnDirectory("directory.show", { name }, visit);
  return result.ok ? accountView(result.value.account, visit.origin) : refusedChange(result, "");
}

function accountView(account: DirectoryAccount, origin: string): View {
  const { name, id, was, revision, addedAt, changedAt, findings, sources, secrets, tokens } = account;
  return {
    title: `Account ${name}`,
    body: (
      <>
        {account.ok ? null : <Notice>It cannot be used: webhooks are answered with 503.</Notice>}
        <Findings of={findings} />
        <Facts
          of={[
            ["Its pages", <a href={`/console/${name}/events`}>events, dead letters, people, sources</a>],
            ["Its object", id],
            ["Added", <Time at={addedAt} />],
            ["Changed", <Time at={changedAt} />],
          ]}
        />
        <Table
          caption="Sources"
          head={["Source", "Adapter", "Works", "Webhooks go to"]}
          rows={sources.map((source) => [
            source.name,
            source.adapter,
            source.ok ? "yes" : "no",
            <code>{new URL(source.path, origin).href}</code>,
          ])}
        />
        <Table
          caption="Secrets and tokens"
          head={["Number", "What", "Fingerprint", "Added", "Last used", "Retire"]}
          rows={[
            ...secrets.map(({ number, kind, source, fingerprint, addedAt: at, lastUsedAt }) => [
              number,
              `${source ?? "account"}: ${kind.replaceAll("_", " ")}`,
              <code>{fingerprint}</code>,
              <Time at={at} />,
              <Time at={lastUsedAt} />,
              <Retire name={name} number={number} />,
            ]),
            ...tokens.map(({ number, scope, addedAt: at, expiresAt }) => [
              number,
              `token: ${scope}`,
              expiresAt === null ? (
                "–"
              ) : (
                <>
                  until <Time at={expiresAt} />
                </>
              ),
              <Time at={at} />,
              "–",
              <Retire name={name} number={number} />,
            ]),
          ]}
        />
        <h2>Add a secret</h2>
        <Action to={PAGE} fields={{ action: "secret", name }}>
          <Choice name="kind" label="What it is for" of={SECRET_KINDS} value="secret" />
          <Field name="source" label="Source; empty for one of the account's own" />
          <Field name="value" label="The secret" type="password" />
          <p>
            <button type="submit">Add</button>
          </p>
        </Action>
        <h2>Options and sources</h2>
        <Action to={PAGE} fields={{ action: "set", name, revision: String(revision) }}>
          <p class="field">
            <label for="field-account">As they would stand under ACCOUNTS, as JSON</label>
            <textarea id="field-account" name="account" rows={16} cols={80}>
              {JSON.stringify(account.account, null, 2)}
            </textarea>
          </p>
          <p>
            <button type="submit">Save</button>
          </p>
        </Action>
        <h2>Rename</h2>
        <Action to={PAGE} fields={{ action: "rename", name }}>
          <Field name="to" label="New name" />
          <p>
            <button type="submit">Rename</button>
          </p>
        </Action>
        {was.map((former) => (
          <Action to={PAGE} fields={{ action: "drop", name, was: former }}>
            <p>
              URLs of {former} still lead here. <button type="submit">Drop the name {former}</button>
            </p>
          </Action>
        ))}
        <h2>Remove</h2>
        <Action to={PAGE} fields={{ action: "remove", name }}>
          <Field name="again" label={`Everything that it has stored is deleted. Type ${name}`} />
          <p>
            <label>
              <input type="checkbox" name="force" /> also with events that are not delivered yet
            </label>
          </p>
          <p>
            <button type="submit">Remove</button>
          </p>
        </Action>
      </>
    ),
  };
}

function Retire({ name, number }: { readonly name: string; readonly number: number }) {
  return (
    <Action to={PAGE} fields={{ action: "retire", name, number: String(number) }}>
      <button type="submit">Retire</button>
    </Action>
  );
}

function Findings({ of }: { readonly of: DirectoryAccount["findings"] }) {
  if (of.length === 0) return null;
  return (
    <ul>
      {of.map(({ level, place, text, choices }) => (
        <li>
          {level} <Text>{place}</Text>: <Text>{text}</Text>
          {choices.length === 0 || choices.length > 12 ? null : <Text>{` (${choices.join(", ")})`}</Text>}
        </li>
      ))}
    </ul>
  );
}

function refusedChange({ answer, findings = [] }: DirectoryRefusal, name: string): View {
  return refused(answer, name, findings);
}

function refused(
  { status, message }: { readonly status: NonNullable<View["status"]>; readonly message: string },
  name: string,
  findings: DirectoryAccount["findings"] = [],
): View {
  return {
    title: "Refused",
    status,
    body: (
      <>
        <p class="notice" role="alert">
          {findings.length === 0 ? message : "Nothing was changed:"}
        </p>
        <Findings of={findings} />
        <p>
          <a href={name === "" ? PAGE : linkTo(name)}>Back</a>
        </p>
      </>
    ),
  };
}

/** `undefined` where the text is not JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
