/**
 * Broken setups, one after another, and what the doctor says of each: its kind, its line, and the right word.
 */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { parse } from "smol-toml";
import { describe, expect, test } from "vitest";
import { type Diagnosis, renderDiagnosis, summary } from "../../src/cli/doctor/diagnosis.ts";
import { examine, strayFiles } from "../../src/cli/doctor/examine.ts";
import { OBJECTS } from "../../src/cli/doctor/objects.ts";
import { readSecrets } from "../../src/cli/doctor/secret-file.ts";
import { linesOfToml } from "../../src/cli/doctor/toml-lines.ts";
import { inProject, readWranglerConfig, WORKER_CONFIG } from "../../src/cli/project.ts";
import { ADAPTERS } from "../support/registry.ts";

const [stripe, slack, hubspot, github] = ["stripe", "slack", "hubspot", "github"].map((id) => ADAPTERS.get(id));

const DELIVERED = readFileSync(inProject(WORKER_CONFIG), "utf8");

/** The delivered configuration, without the examples in its comments, with an account in each region. */
const CONFIG = `${DELIVERED.replace(/^#.*\n/gm, "")}
[env.us.vars.ACCOUNTS.acme]
region = "us"
identifiers = "email_and_id"
[env.us.vars.ACCOUNTS.acme.sources]
stripe = { user_id_from = ["metadata.user_id"] }
code = { adapter = "github" }

[env.eu.vars.ACCOUNTS.acme-eu]
region = "eu"
[env.eu.vars.ACCOUNTS.acme-eu.sources.hubspot]
portal_id = "4711"
public_url = "https://hooks.acme.example/hooks/acme-eu/hubspot"
[env.eu.vars.ACCOUNTS.acme-eu.sources.stripe]
events_off = [
  "invoice.paid",
  "customer.created",
]
`;

const SECRETS = `# Secrets of a local run.
ACME_CDP_API_KEY=0123456789abcdef0001
ACME_STRIPE_SECRET="whsec_acmeacmeacmeacmeacme"
ACME_CODE_SECRET=a-secret-of-github-0001
ACME_EU_CDP_API_KEY=0123456789abcdef0002
ACME_EU_STRIPE_SECRET=whsec_acmeeuacmeeuacmeeuacmeeu
ACME_EU_HUBSPOT_SECRET=0123456789abcdef-hubspot-0123456789
ADMIN_TOKEN=0123456789abcdef0123456789abcdef
`;

/** A text with one part replaced, which must be there. */
function replaced(text: string, part: string, by: string): string {
  if (!text.includes(part)) throw new TypeError(`there is no ${part}`);
  return text.replace(part, () => by);
}

interface Setup {
  readonly config?: string | null;
  readonly secrets?: string | null;
  readonly isDeployed?: boolean;
  readonly environment?: string;
}

function diagnosesOf({ config = CONFIG, secrets = SECRETS, isDeployed = false, environment }: Setup): readonly Diagnosis[] {
  return examine({
    config,
    file: "wrangler.toml",
    secrets: secrets === null ? null : readSecrets(".dev.vars", secrets),
    isDeployed,
    isComplete: isDeployed,
    environment: environment ?? null,
  }).diagnoses;
}

/** What the doctor says, with the text of the line that it points to. */
function said(setup: Setup) {
  const texts: Readonly<Record<string, string>> = {
    "wrangler.toml": setup.config ?? CONFIG,
    ".dev.vars": setup.secrets ?? SECRETS,
  };
  return diagnosesOf(setup).map(({ code, level, file, line, suggestion }) => {
    const row = line === null ? null : (texts[file ?? ""]?.split("\n")[line - 1] ?? null);
    return { code, level, row, suggestion };
  });
}

test("the delivered configuration has no errors, and a right setup no problems at all", () => {
  expect(diagnosesOf({ config: DELIVERED, secrets: null })).toMatchObject([
    { code: "no_accounts", level: "warning", place: "[env.us]" },
    { code: "no_accounts", level: "warning", place: "[env.eu]" },
  ]);
  expect(diagnosesOf({})).toEqual([]);
  expect(diagnosesOf({ isDeployed: true })).toEqual([]);
  // A shard has the key and the secret of its account.
  const config = replaced(CONFIG, SOURCE, "stripe = { shard = true }");
  expect(diagnosesOf({ config })).toEqual([]);
  expect(diagnosesOf({ config, isDeployed: true })).toEqual([]);
  expect(summary([])).toBe("No problems.");
});

test("a shard gains nothing where there is no other source, and on a machine of one's own", () => {
  const config = `[ACCOUNTS.acme]\nregion = "us"\n[ACCOUNTS.acme.sources.stripe]\nshard = true\n`;
  const found = diagnosesOf({ config, secrets: null }).filter(({ code }) => code === "shard");
  expect(found).toMatchObject([
    { level: "warning", line: 4, text: expect.stringContaining("plain workerd") },
    { level: "warning", line: 4, text: expect.stringContaining("no other source") },
  ]);
  expect(diagnosesOf({ config: config.replace("true", `"ended"`), secrets: null })).toEqual([]);
});

/** Whether a schedule is accepted: those of Cloudflare's documentation, and others. */
test.each([
  ["* * * * *", true],
  ["*/30 * * * *", true],
  ["45 0,12 * * *", true],
  ["0 17 * * sun", true],
  ["10 7 * * mon-FRI", true],
  ["0 15 1-7/2 JAN,aug *", true],
  ["0 18 * * 6L", true],
  ["0 18 * * friL", true],
  ["59 23 LW * *", true],
  ["0 9 15W * 2#5", true],
  ["*/0 * * * *", false],
  ["60 * * * *", false],
  ["0 24 * * *", false],
  ["0 0 0 * *", false],
  ["0 0 * 13 *", false],
  ["0 0 * * 0", false],
  ["0 0 * * 8", false],
  ["0 0 * * 2#6", false],
  ["0 0 * * monday", false],
  ["0 0 * *", false],
  ["@daily", false],
  ["10 minutes", false],
  ["1- * * * *", false],
  ["", false],
])("the schedule %j is accepted: %j", (cron, isAccepted) => {
  const config = CONFIG.replace(
    `[env.us.triggers]\ncrons = ["*/10 * * * *"]`,
    `[env.us.triggers]\ncrons = [${JSON.stringify(cron)}]`,
  );
  expect(diagnosesOf({ config }).map(({ code }) => code)).toEqual(isAccepted ? [] : ["bad_schedule"]);
});

/** A broken configuration: what is replaced, and what must be said. */
interface Broken {
  readonly title: string;
  readonly part: string;
  readonly by: string;
  readonly code: Diagnosis["code"];
  readonly level?: "error" | "warning";
  /** Part of the line that must be pointed to. */
  readonly row: string | null;
  readonly suggestion?: string;
  readonly text?: RegExp;
}

const SOURCE = `stripe = { user_id_from = ["metadata.user_id"] }`;

const BROKEN: readonly Broken[] = [
  {
    title: "a shard that is neither",
    part: SOURCE,
    by: "stripe = { shard = 1 }",
    code: "wrong_value",
    row: "stripe = ",
    text: /true, false or "ended"/,
  },
  {
    title: "a shard that delivers only events of known people",
    part: SOURCE,
    by: `stripe = { shard = true, people = "known" }`,
    code: "shard",
    level: "warning",
    row: "stripe = ",
    text: /leaves out events of all people/,
  },
  {
    title: "a shard of a source that knows the company's users",
    part: SOURCE,
    by: "clerk = { shard = true }",
    code: "shard",
    level: "warning",
    row: "clerk = ",
    text: /from all other sources/,
  },
  {
    title: "a shard among the sources that own the profile",
    part: `identifiers = "email_and_id"\n[env.us.vars.ACCOUNTS.acme.sources]\n${SOURCE}`,
    by: `profile_from = ["code", "stripe"]\n[env.us.vars.ACCOUNTS.acme.sources]\nstripe = { shard = true }`,
    code: "shard",
    level: "warning",
    row: "stripe = ",
    text: /out of the order of profile_from/,
  },
  {
    title: "an account elsewhere that no other environment has",
    part: `REGION = "us"`,
    by: `REGION = "us"\n[env.us.vars.ELSEWHERE]\nacme-ue = "https://hooks-eu.example.com"`,
    code: "unknown_account",
    level: "warning",
    row: "acme-ue = ",
    suggestion: "acme-eu",
  },
  {
    title: "an account elsewhere that is served here",
    part: `REGION = "us"`,
    by: `REGION = "us"\n[env.us.vars.ELSEWHERE]\nacme = "https://hooks-eu.example.com"`,
    code: "unknown_account",
    level: "warning",
    row: "acme = ",
    text: /remove one of the two/,
  },
  {
    title: "an account elsewhere without the address of its Worker",
    part: `REGION = "us"`,
    by: `REGION = "us"\n[env.us.vars.ELSEWHERE]\nacme-eu = "eu"`,
    code: "wrong_value",
    level: "warning",
    row: "acme-eu = ",
  },
  { title: "a syntax error", part: `region = "us"\nid`, by: `region = us\nid`, code: "syntax", row: "region = us" },
  {
    title: "an unknown adapter",
    part: `adapter = "github"`,
    by: `adapter = "githup"`,
    code: "unknown_adapter",
    row: "code = ",
    suggestion: "github",
  },
  {
    title: "a source named like no adapter",
    part: SOURCE,
    by: "strip = {}",
    code: "unknown_adapter",
    row: "strip = {}",
    suggestion: "stripe",
  },
  {
    title: "an unknown option of an account",
    part: "identifiers",
    by: "identifers",
    code: "unknown_option",
    row: "identifers",
    suggestion: "identifiers",
  },
  {
    title: "an unknown option of a source",
    part: "user_id_from =",
    by: "user_id_form =",
    code: "unknown_option",
    row: "user_id_form",
    suggestion: "user_id_from",
  },
  {
    title: "an option of another adapter",
    part: `adapter = "github"`,
    by: `adapter = "github", portal_id = "1"`,
    code: "unknown_option",
    row: "portal_id",
  },
  {
    title: "a wrong value",
    part: `"email_and_id"\n[`,
    by: `"emails"\n[`,
    code: "wrong_value",
    row: "emails",
    suggestion: "email",
  },
  { title: "a missing region", part: `region = "us"\nid`, by: "id", code: "missing_option", row: "[env.us.vars.ACCOUNTS.acme]" },
  {
    title: "a region that is none",
    part: `region = "us"\nid`,
    by: `region = "usa"\nid`,
    code: "wrong_value",
    row: `region = "usa"`,
    suggestion: "us",
  },
  {
    title: "a missing required option",
    part: `portal_id = "4711"\n`,
    by: "",
    code: "missing_option",
    row: "sources.hubspot]",
    text: /portal_id|same secret/,
  },
  {
    title: "a missing URL that is signed",
    part: `public_url = "https://hooks.acme.example/hooks/acme-eu/hubspot"\n`,
    by: "",
    code: "missing_option",
    row: "sources.hubspot]",
    text: /signature covers it/,
  },
  { title: "a public URL without TLS", part: "https://hooks", by: "http://hooks", code: "bad_url", row: "public_url" },
  {
    title: "an EU account in the US environment",
    part: `region = "us"\nid`,
    by: `region = "eu"\nid`,
    code: "other_region",
    row: `region = "eu"`,
  },
  {
    title: "an environment without REGION",
    part: `[env.us.vars]\nREGION = "us"`,
    by: "[env.us.vars]",
    code: "missing_variable",
    row: "[env.us.vars]",
  },
  {
    title: "an environment of the other REGION",
    part: `[env.eu.vars]\nREGION = "eu"\n\n[env.us.vars.ACCOUNTS.acme]`,
    by: `[env.eu.vars]\nREGION = "us"\n\n[env.us.vars.ACCOUNTS.acme]`,
    code: "environment_region",
    row: `REGION = "us"`,
  },
  {
    title: "names that make one variable",
    part: SOURCE,
    by: `${SOURCE}\nshop-code = { adapter = "github" }\n[env.us.vars.ACCOUNTS.acme-shop]\nregion = "us"\nsources = { code = { adapter = "github" } }\n[env.us.vars.ACCOUNTS.more]\nregion = "us"\n[env.us.vars.ACCOUNTS.more.sources]`,
    code: "same_variable",
    row: "sources = { code",
    text: /ACME_SHOP_CODE_SECRET|is the secret of acme\/shop-code and of acme-shop\/code/,
  },
  { title: "a name that no URL has", part: "code = {", by: "Code = {", code: "bad_name", row: "Code = {", suggestion: "code" },
  {
    title: "a profile from a source that is not there",
    part: `identifiers =`,
    by: `profile_from = ["strype"]\nidentifiers =`,
    code: "unknown_source",
    row: "strype",
    suggestion: "stripe",
  },
  {
    title: "an event that the vendor does not send, in a list of several lines",
    part: `"customer.created"`,
    by: `"customer.creatd"`,
    code: "unknown_event",
    row: "customer.creatd",
    suggestion: "customer.created",
  },
  {
    title: "a missing binding",
    part: `  { name = "DIRECTORY", class_name = "AccountDirectory" },\n]\n\n[env.eu.vars]`,
    by: "]\n\n[env.eu.vars]",
    code: "missing_binding",
    row: "[env.eu.durable_objects]",
  },
  {
    title: "a binding of another class",
    part: `[env.us.durable_objects]\nbindings = [\n  { name = "ACCOUNT", class_name = "AccountObject" }`,
    by: `[env.us.durable_objects]\nbindings = [\n  { name = "ACCOUNT", class_name = "Account" }`,
    code: "missing_binding",
    row: "[env.us.durable_objects]",
    text: /"Account" is not the class/,
  },
  {
    title: "a missing migration",
    part: `[[migrations]]\ntag = "v2"\nnew_sqlite_classes = ["AccountCopy"]\n`,
    by: "",
    code: "missing_migration",
    row: "[[migrations]]",
  },
  {
    title: "a migration that deletes what is stored",
    part: `tag = "v2"`,
    by: `tag = "v2"\ndeleted_classes = ["AccountObject"]`,
    code: "missing_migration",
    row: "[[migrations]]",
    text: /everything that accounts have stored/,
  },
  {
    title: "accounts at the top level",
    part: "[env.us.vars.ACCOUNTS.acme]",
    by: `[vars.ACCOUNTS.top]\nregion = "us"\n[env.us.vars.ACCOUNTS.acme]`,
    code: "misplaced_accounts",
    row: "[vars.ACCOUNTS.top]",
  },
  {
    title: "accounts that are no vars",
    part: "[env.us.vars.ACCOUNTS.acme]",
    by: `[env.us.ACCOUNTS.more]\nregion = "us"\n[env.us.vars.ACCOUNTS.acme]`,
    code: "misplaced_accounts",
    row: "[env.us.ACCOUNTS.more]",
  },
  {
    title: "an account outside of ACCOUNTS",
    part: "[env.us.vars.ACCOUNTS.acme]",
    by: `[env.us.vars.shop]\nregion = "us"\n[env.us.vars.ACCOUNTS.acme]`,
    code: "unknown_variable",
    row: "[env.us.vars.shop]",
  },
  {
    title: "a mistyped variable",
    part: `[env.us.vars]\n`,
    by: `[env.us.vars]\nREGOIN = "us"\n`,
    code: "unknown_variable",
    row: "REGOIN",
    suggestion: "REGION",
  },
  {
    title: "an application of Access that is not named by its tag",
    part: `[env.us.vars]\n`,
    by: `[env.us.vars]\nACCESS_AUD = "console"\n`,
    code: "wrong_value",
    level: "warning",
    row: "ACCESS_AUD",
  },
  {
    title: "a secret in the file",
    part: `[env.us.vars]\n`,
    by: `[env.us.vars]\nACME_STRIPE_SECRET = "whsec_acmeacmeacmeacmeacme"\n`,
    code: "secret_in_file",
    row: "ACME_STRIPE_SECRET",
  },
  {
    title: "a switch of local runs",
    part: `[env.us.vars]\n`,
    by: `[env.us.vars]\nTIME_SCALE = 600\n`,
    code: "local_switch",
    row: "TIME_SCALE",
  },
  {
    title: "a runtime that is claimed",
    part: `[env.us.vars]\n`,
    by: `[env.us.vars]\nRUNTIME = "local"\n`,
    code: "forged_runtime",
    row: "RUNTIME",
  },
  {
    title: "more than a variable may hold",
    part: SOURCE,
    by: `stripe = { user_id_from = ["${"metadata.user_id".padEnd(190, "x")}"], rename_events = { ${Array.from({ length: 90 }, (_, index) => `"Event ${index}" = "${"Renamed ".repeat(8)}${index}"`).join(", ")} } }`,
    code: "too_large",
    row: "[env.us.vars.ACCOUNTS.acme]",
  },
  {
    title: "more secrets than a Worker may have",
    part: SOURCE,
    by: Array.from({ length: 130 }, (_, index) => `s${index} = { adapter = "stripe" }`).join("\n"),
    code: "too_many",
    row: "[env.us.vars.ACCOUNTS.acme]",
  },
  {
    title: "URLs in the logs",
    part: `[env.us.observability.logs]\nenabled = true\ninvocation_logs = false`,
    by: "[env.us.observability.logs]\nenabled = true",
    code: "url_in_logs",
    level: "warning",
    row: "[env.us.observability]",
  },
  {
    title: "no schedule",
    part: `[env.us.triggers]\ncrons = ["*/10 * * * *"]`,
    by: "[env.us.triggers]\ncrons = []",
    code: "no_sweep",
    level: "warning",
    row: "[env.us.triggers]",
  },
  {
    title: "a schedule with a day of the week that Cloudflare does not have",
    part: `[env.us.triggers]\ncrons = ["*/10 * * * *"]`,
    by: `[env.us.triggers]\ncrons = [\n  "*/10 * * * *",\n  "0 3 * * 0",\n]`,
    code: "bad_schedule",
    row: "0 3 * * 0",
    text: /"0" is no day of the week \(1 to 7, from Sunday, 1, to Saturday, 7, or SUN to SAT\)/,
  },
  {
    title: "a schedule of six fields",
    part: `[env.us.triggers]\ncrons = ["*/10 * * * *"]`,
    by: `[env.us.triggers]\ncrons = ["0 */10 * * * *"]`,
    code: "bad_schedule",
    row: "0 */10 * * * *",
    text: /five fields/,
  },
  {
    title: "one name in both regions",
    part: "ACCOUNTS.acme-eu]",
    by: `ACCOUNTS.acme]\nregion = "eu"\n[env.eu.vars.ACCOUNTS.acme-eu]`,
    code: "same_account_name",
    level: "warning",
    row: "[env.eu.vars.ACCOUNTS.acme]",
  },
  {
    title: "alerts over plain http",
    part: `[env.us.vars.ACCOUNTS.acme.sources]`,
    by: `[env.us.vars.ACCOUNTS.acme.alerts]\nurl = "http://ops.example.com"\n[env.us.vars.ACCOUNTS.acme.sources]`,
    code: "bad_url",
    level: "warning",
    row: `url = "http://ops.example.com"`,
    text: /no alert is sent/,
  },
  {
    title: "a kind of alert that does not exist",
    part: `[env.us.vars.ACCOUNTS.acme.sources]`,
    by: `[env.us.vars.ACCOUNTS.acme.alerts]\nurl = "https://ops.example.com"\nkinds = ["dead_leters"]\n[env.us.vars.ACCOUNTS.acme.sources]`,
    code: "wrong_value",
    row: `kinds = ["dead_leters"]`,
    suggestion: "dead_letters",
  },
  {
    title: "a name of the demo",
    part: "[env.us.vars.ACCOUNTS.acme]",
    by: `[env.us.vars.ACCOUNTS.demo]\nregion = "us"\n[env.us.vars.ACCOUNTS.acme]`,
    code: "account_name_of_demo",
    level: "warning",
    row: "ACCOUNTS.demo]",
  },
];

/** What people who write such a file for the first time do. */
const BEGINNERS: readonly Broken[] = [
  {
    title: "a mistyped section",
    part: "[env.us.triggers]\n",
    by: `[env.us.triger]\nx = 1\n[env.us.triggers]\n`,
    code: "unknown_section",
    row: "[env.us.triger]",
    suggestion: "triggers",
  },
  {
    title: "a mistyped ACCOUNTS",
    part: "[env.us.vars.ACCOUNTS.acme]",
    by: `[env.us.vars.ACOUNTS.more]\nregion = "us"\n[env.us.vars.ACCOUNTS.acme]`,
    code: "unknown_variable",
    row: "[env.us.vars.ACOUNTS.more]",
    suggestion: "ACCOUNTS",
    text: /stand in \[env\.us\.vars\.ACCOUNTS\.<name>\]/,
  },
  {
    title: "a REGION in capitals",
    part: `REGION = "us"`,
    by: `REGION = "US"`,
    code: "wrong_value",
    row: `REGION = "US"`,
    suggestion: "us",
    text: /must be "us" or "eu"/,
  },
  {
    title: "a source that is a text",
    part: `code = { adapter = "github" }`,
    by: `code = "github"`,
    code: "wrong_value",
    row: `code = "github"`,
    text: /must be a table/,
  },
  {
    title: "a text in place of a list",
    part: `["metadata.user_id"]`,
    by: `"metadata.user_id"`,
    code: "wrong_value",
    row: "stripe = {",
    text: /must be a list/,
  },
  {
    title: "a text in place of a number",
    part: "identifiers =",
    by: `hold_unknown = "60"\nidentifiers =`,
    code: "wrong_value",
    row: "hold_unknown",
    text: /a number without quotation marks/,
  },
  {
    title: "a number that is too large",
    part: "identifiers =",
    by: "hold_unknown = 3600\nidentifiers =",
    code: "wrong_value",
    row: "hold_unknown",
    text: /at most 600/,
  },
  {
    title: "an account with capitals",
    part: "[env.us.vars.ACCOUNTS.acme]",
    by: `[env.us.vars.ACCOUNTS.My_Shop]\nregion = "us"\n[env.us.vars.ACCOUNTS.acme]`,
    code: "bad_name",
    row: "ACCOUNTS.My_Shop]",
    suggestion: "my-shop",
    text: /small letters, digits and hyphens/,
  },
  {
    title: "a source that stands twice",
    part: "code = {",
    by: "stripe = {}\ncode = {",
    code: "syntax",
    row: "stripe = {}",
    text: /sources\.stripe stands in line \d+ already/,
  },
  {
    title: "a table that stands twice",
    part: "[env.eu.vars.ACCOUNTS.acme-eu]",
    by: `[env.us.vars.ACCOUNTS.acme]\n[env.eu.vars.ACCOUNTS.acme-eu]`,
    code: "syntax",
    row: "[env.us.vars.ACCOUNTS.acme]",
    text: /ACCOUNTS\.acme stands in line \d+ already/,
  },
  {
    title: "typographic quotation marks",
    part: `region = "us"\nid`,
    by: "region = “us”\nid",
    code: "syntax",
    row: "“us”",
    text: /typographic quotation marks/,
  },
  {
    title: "a colon in place of =",
    part: `region = "us"\nid`,
    by: `region: "us"\nid`,
    code: "syntax",
    row: "region:",
    text: /write = between/,
  },
  {
    title: "an option of another adapter",
    part: `adapter = "github"`,
    by: `adapter = "github", portal_id = "1"`,
    code: "unknown_option",
    row: "portal_id",
    text: /is an option of hubspot/,
  },
  {
    title: "an option of an account in a source",
    part: `adapter = "github"`,
    by: `adapter = "github", identifiers = "id"`,
    code: "unknown_option",
    row: "identifiers = ",
    text: /write it into \[env\.us\.vars\.ACCOUNTS\.acme\]/,
  },
  {
    title: "an option of a source in an account",
    part: "identifiers =",
    by: `test_events = "deliver"\nidentifiers =`,
    code: "unknown_option",
    row: "test_events",
    text: /is an option of a source/,
  },
  {
    title: "a source outside of sources",
    part: "identifiers =",
    by: "clerk = {}\nidentifiers =",
    code: "unknown_option",
    row: "clerk = {}",
    text: /sources stand in \[env\.us\.vars\.ACCOUNTS\.acme\.sources\]/,
  },
  {
    title: "an account of the US in the EU",
    part: `[env.eu.vars.ACCOUNTS.acme-eu]\nregion = "eu"`,
    by: `[env.eu.vars.ACCOUNTS.acme-eu]\nregion = "us"`,
    code: "other_region",
    row: `region = "us"`,
  },
  {
    title: "a DIRECTORY_KEY in the file",
    part: `REGION = "us"`,
    by: `REGION = "us"\nDIRECTORY_KEY = "AAAA"`,
    code: "secret_in_file",
    row: "DIRECTORY_KEY",
    text: /make another/,
  },
  {
    title: "a required secret that nothing reads",
    part: "[env.eu.vars.ACCOUNTS.acme-eu]",
    by: `[env.us.secrets]\nrequired = ["ACME_CDP_API_KYE"]\n[env.eu.vars.ACCOUNTS.acme-eu]`,
    code: "unknown_secret",
    level: "warning",
    row: "ACME_CDP_API_KYE",
    suggestion: "ACME_CDP_API_KEY",
  },
  {
    title: "required secrets that are no list",
    part: "[env.eu.vars.ACCOUNTS.acme-eu]",
    by: `[env.us.secrets]\nrequired = "ACME_CDP_API_KEY"\n[env.eu.vars.ACCOUNTS.acme-eu]`,
    code: "wrong_value",
    row: "required =",
    text: /a list of names/,
  },
  {
    title: "both regions under one name",
    part: "[env.eu.vars.ACCOUNTS.acme-eu]",
    by: `[env.eu]\nname = "tributary-us"\n[env.eu.vars.ACCOUNTS.acme-eu]`,
    code: "wrong_upload",
    row: `name = "tributary-us"`,
    text: /each deployment would replace the other/,
  },
  { title: "another main", part: "dist/worker/index.js", by: "src/index.ts", code: "wrong_upload", row: "main =" },
  { title: "no build", part: `[build]\ncommand = "npm run --silent build"`, by: "", code: "wrong_upload", row: null },
  { title: "an old date", part: `"2026-10-01"`, by: `"2024-01-01"`, code: "wrong_upload", row: "compatibility_date" },
  {
    title: "a tag of migrations twice",
    part: `tag = "v3"`,
    by: `tag = "v2"`,
    code: "missing_migration",
    row: "[[migrations]]",
    text: /"v2" twice/,
  },
  {
    title: "the URL of another source",
    part: "/hooks/acme-eu/hubspot",
    by: "/hooks/acme/hubspot",
    code: "wrong_value",
    level: "warning",
    row: "public_url",
    text: /arrive at \/hooks\/acme-eu\/hubspot/,
  },
  {
    title: "a path as JSONPath writes it",
    part: `["metadata.user_id"]`,
    by: `["$.metadata.user_id"]`,
    code: "wrong_value",
    level: "warning",
    row: "stripe = {",
    text: /names and dots alone/,
  },
];

describe("a broken configuration", () => {
  test.each([...BROKEN, ...BEGINNERS])(
    "$title is $code",
    ({ part, by, code, level = "error", row, suggestion = null, text = /./ }) => {
      const config = replaced(CONFIG, part, by);
      const found = said({ config, secrets: null });
      expect(found.filter((diagnosis) => diagnosis.code === code)).toEqual([
        { code, level, row: row === null ? null : expect.stringContaining(row), suggestion },
      ]);
      const [diagnosis] = diagnosesOf({ config, secrets: null }).filter((each) => each.code === code);
      expect(diagnosis?.text).toMatch(text);
      // Nothing else is wrong: neither may one problem hide behind ten that follow from it.
      expect(found.filter((each) => each.code !== code)).toEqual([]);
    },
  );

  test("names all problems of all environments at once", () => {
    const config = BROKEN.filter(({ code }) =>
      ["unknown_adapter", "bad_url", "unknown_event", "missing_binding"].includes(code),
    ).reduce((text, { part, by }) => (text.includes(part) ? text.replace(part, () => by) : text), CONFIG);
    const codes = said({ config, secrets: null }).map(({ code }) => code);
    for (const code of ["unknown_adapter", "bad_url", "unknown_event", "missing_binding"]) expect(codes).toContain(code);
  });

  test("of an environment that deploy does not know", () => {
    const config = replaced(CONFIG, "[env.us.vars.ACCOUNTS.acme]", "[env.usa.vars]\n[env.us.vars.ACCOUNTS.acme]");
    expect(said({ config, secrets: null }).find(({ code }) => code === "unknown_environment")).toEqual({
      code: "unknown_environment",
      level: "warning",
      row: "[env.usa.vars]",
      suggestion: "us",
    });
  });

  test("of one environment does not concern the other", () => {
    const config = replaced(CONFIG, `adapter = "github"`, `adapter = "githup"`);
    expect(said({ config, secrets: null, environment: "eu" })).toEqual([]);
    expect(said({ config, secrets: null, environment: "us" })).toMatchObject([{ code: "unknown_adapter" }]);
  });

  test("is said where there is none", () => {
    expect(diagnosesOf({ config: null })).toMatchObject([{ code: "missing_file", place: "wrangler.toml" }]);
    expect(said({ config: `name = "tributary"` }).filter(({ code }) => code === "unknown_environment")).toHaveLength(2);
  });
});

describe("broken secrets", () => {
  test.each([
    { title: "a missing one", part: "ACME_STRIPE_SECRET=", by: "#", code: "missing_secret", level: "warning", row: "stripe = {" },
    {
      title: "a missing key",
      part: "ACME_EU_CDP_API_KEY=",
      by: "#",
      code: "missing_secret",
      level: "warning",
      row: "ACCOUNTS.acme-eu]",
    },
    {
      title: "one of another format",
      part: `"whsec_acmeacmeacmeacmeacme"`,
      by: "sk_live_0123456789",
      code: "secret_format",
      level: "error",
      row: "ACME_STRIPE",
    },
    {
      title: "a key with a scheme",
      part: "0123456789abcdef0001",
      by: "Basic MDEyMzQ1Njc4OWFiY2RlZg==",
      code: "secret_format",
      level: "error",
      row: "ACME_CDP_API_KEY",
    },
    {
      title: "a short operator's token",
      part: "ADMIN_TOKEN=0123456789abcdef0123456789abcdef",
      by: "ADMIN_TOKEN=1234",
      code: "secret_format",
      level: "error",
      row: "ADMIN_TOKEN",
    },
    {
      title: "a short token of an account",
      part: "ADMIN_TOKEN=",
      by: "ACME_OPERATE_TOKEN=123456789\nADMIN_TOKEN=",
      code: "secret_format",
      level: "error",
      row: "ACME_OPERATE_TOKEN",
    },
    {
      title: "a token of an account that is the operator's",
      part: "ADMIN_TOKEN=",
      by: "ACME_READ_TOKEN=0123456789abcdef0123456789abcdef\nADMIN_TOKEN=",
      code: "shared_token",
      level: "error",
      row: "ACME_READ_TOKEN",
    },
    {
      title: "one of the demo",
      part: `"whsec_acmeacmeacmeacmeacme"`,
      by: stripe?.secret.demo ?? "",
      code: "demo_secret",
      level: "warning",
      row: "ACME_STRIPE",
    },
    {
      title: "one of two accounts",
      part: "whsec_acmeeuacmeeuacmeeuacmeeu",
      by: "whsec_acmeacmeacmeacmeacme",
      code: "shared_secret",
      level: "error",
      row: "ACME_EU_STRIPE_SECRET",
    },
    {
      title: "a key of two accounts",
      part: "0123456789abcdef0002",
      by: "0123456789abcdef0001",
      code: "shared_key",
      level: "error",
      row: "ACME_EU_CDP_API_KEY",
    },
    {
      title: "an unknown name",
      part: "ADMIN_TOKEN=",
      by: "OTHER_THING_SECRET=1\nADMIN_TOKEN=",
      code: "unknown_secret",
      level: "warning",
      row: "OTHER_THING",
    },
  ])("$title is $code", ({ part, by, code, level, row }) => {
    const secrets = replaced(SECRETS, part, by);
    // Operators' tokens are of each Worker, and both are examined.
    const expected = { code, level, row: expect.stringContaining(row), suggestion: null };
    expect(new Set(said({ secrets }).map((each) => JSON.stringify(each))).size).toBe(1);
    expect(said({ secrets })[0]).toEqual(expected);
    expect(JSON.stringify(diagnosesOf({ secrets }))).not.toContain(by.length > 5 && code !== "unknown_secret" ? by : "\u0000");
  });

  const key = (byte: number) => Buffer.alloc(32, byte).toString("base64");

  test.each([
    ["ACME_CODE_SECRET=a-secret-of-github-0001", `ACME_CODE_SECRET="'a-secret-of-github-0001'"`, /quotation mark/],
    [`"whsec_acmeacmeacmeacmeacme"`, `"whsec_acmeacmeacmeacmeacme`, /quotation mark/],
    [`"whsec_acmeacmeacmeacmeacme"`, "“whsec_acmeacmeacmeacmeacme”", /quotation mark/],
    ["a-secret-of-github-0001", "a-secret-of-github-#0001", /counts as a comment/],
    ["ACME_CODE_SECRET=", "ACME_CODE_SECRET=an-older-secret-of-github\nACME_CODE_SECRET=", /2 times, in lines 4 and 5/],
    ["ACME_CODE_SECRET=", "ACME_CODE_SECRET: ", /colon/],
    ["ACME_CODE_SECRET=a-secret-of-github-0001", "ACME_CODE_SECRET", /no value/],
  ])("a line %j that became %j is told by its name", (part, by, text) => {
    const secrets = replaced(SECRETS, part, by);
    const found = diagnosesOf({ secrets }).filter(({ level }) => level === "error");
    expect(found).toMatchObject([{ code: "malformed_secret", level: "error", place: expect.stringMatching(/^ACME_/) }]);
    expect(found[0]?.text).toMatch(text);
    expect(JSON.stringify(found)).not.toMatch(/whsec_acme|secret-of-github/);
  });

  test("a secret in two parts is said to be one with a space in it", () => {
    const secrets = replaced(SECRETS, "whsec_acmeacmeacmeacmeacme", "whsec_acme acmeacmeacmeacme");
    expect(diagnosesOf({ secrets })[0]).toMatchObject({ code: "secret_format", text: expect.stringContaining("line break") });
  });

  test("a key that is also the secret of a source of its account stands in a wrong place", () => {
    const secrets = replaced(SECRETS, "0123456789abcdef0001", "whsec_acmeacmeacmeacmeacme");
    expect(diagnosesOf({ secrets })).toMatchObject([{ code: "shared_secret", place: "ACME_STRIPE_SECRET" }]);
  });

  test.each([
    ["a byte order mark", `\uFEFF${SECRETS}`],
    ["the line ends of Windows", SECRETS.replaceAll("\n", "\r\n")],
    ["those of an old Mac", SECRETS.replaceAll("\n", "\r")],
    ["spaces around =", SECRETS.replaceAll("=", " = ")],
  ])("a file with %s is read", (_, secrets) => {
    expect(diagnosesOf({ secrets })).toEqual([]);
  });

  test.each([
    ["short", /at least 32 random bytes/],
    [`${key(1)} short`, /value 2 of 2 is no key/],
    [`"${key(1)} ${key(2)} ${key(3)}"`, /more than two values/],
    ["", /is empty/],
    ["tributary_demo_directory_key_0000000000000000", /at least 32|demo/],
  ])("a DIRECTORY_KEY %j is an error, once, with its line", (value, text) => {
    for (const config of [CONFIG, DELIVERED]) {
      const found = diagnosesOf({ config, secrets: `ADMIN_TOKEN=${"a".repeat(32)}\nDIRECTORY_KEY=${value}\n` });
      const about = found.filter(({ place }) => place === "DIRECTORY_KEY");
      expect(about).toMatchObject([{ level: "error", file: ".dev.vars", line: 2 }]);
      expect(about[0]?.text).toMatch(text);
    }
  });

  test.each([key(1), `${key(1)} ${key(2)}`, Buffer.alloc(32, 7).toString("hex")])("a DIRECTORY_KEY %j is right", (value) => {
    expect(diagnosesOf({ secrets: `${SECRETS}DIRECTORY_KEY="${value}"\n` })).toEqual([]);
  });

  test("no account needs to be declared where there is a directory", () => {
    const secrets = `ADMIN_TOKEN=${"a".repeat(32)}\nDIRECTORY_KEY=${key(1)}\n`;
    expect(diagnosesOf({ config: DELIVERED, secrets })).toEqual([]);
    const config = `${DELIVERED}\n[env.us.secrets]\nrequired = ["DIRECTORY_KEY"]\n`;
    expect(diagnosesOf({ config, secrets: null })).toMatchObject([{ code: "no_accounts", place: "[env.eu]" }]);
  });

  test("an account may have tokens of its own", () => {
    const tokens = ["ACME_READ_TOKEN", "ACME_OPERATE_TOKEN", "ACME_EU_READ_TOKEN"].map(
      (name) => `${name}=${name.padEnd(40, "0")}\n`,
    );
    expect(said({ secrets: SECRETS + tokens.join("") })).toEqual([]);
  });

  test("a mistyped name is told by the one that is missing", () => {
    const secrets = replaced(SECRETS, "ACME_STRIPE_SECRET", "ACME_STRIPE_SECERT");
    expect(said({ secrets })).toMatchObject([
      { code: "missing_secret", level: "warning" },
      { code: "unknown_secret", row: expect.stringContaining("SECERT"), suggestion: "ACME_STRIPE_SECRET" },
    ]);
  });

  test("are errors where a Worker gets them", () => {
    const missing = replaced(SECRETS, "ACME_CODE_SECRET=", "#");
    expect(said({ secrets: missing, isDeployed: true })).toMatchObject([{ code: "missing_secret", level: "error" }]);
    const demo = replaced(SECRETS, "a-secret-of-github-0001", github?.secret.demo ?? "");
    expect(said({ secrets: demo, isDeployed: true })).toMatchObject([{ code: "demo_secret", level: "error" }]);
  });

  test("are found in JSON too, and in a vendor's that covers several customers sharing is right", () => {
    expect(readSecrets("us.json", `{\n  "ACME_CDP_API_KEY": "a",\n  "N": 1\n}`)).toEqual(
      new Map([["ACME_CDP_API_KEY", { value: "a", file: "us.json", line: 2 }]]),
    );
    expect(readSecrets("us.json", "{")).toBeNull();
    expect([hubspot?.tenant, slack?.tenant].every((tenant) => tenant)).toBe(true);
    const config = replaced(
      CONFIG,
      SOURCE,
      `hubspot = { portal_id = "1", public_url = "https://hooks.acme.example/hooks/acme/hubspot" }\n${SOURCE}`,
    );
    const secrets = `${SECRETS}ACME_HUBSPOT_SECRET=0123456789abcdef-hubspot-0123456789\n`;
    expect(said({ config, secrets })).toEqual([]);
  });
});

test("files that are read in place of the configuration, or only look so, are named", () => {
  const names = ["wrangler.toml", ".dev.vars", ".dev.vars.example", ".dev.vars.us", "wrangler.jsonc", "package.json"];
  expect(strayFiles(names)).toMatchObject([
    { code: "stray_file", level: "warning", file: ".dev.vars.us" },
    { code: "stray_file", level: "error", file: "wrangler.jsonc" },
  ]);
  expect(strayFiles(["wrangler.toml", ".dev.vars"])).toEqual([]);
});

describe("the file of a self-hosted Worker", () => {
  const OWN = `[ACCOUNTS.acme]
region = "eu"
[ACCOUNTS.acme.sources]
code = { adapter = "github" }
`;
  const OWN_SECRETS = `ACME_CDP_API_KEY=0123456789abcdef0001
ACME_CODE_SECRET=a-secret-of-github-0001
ADMIN_TOKEN=${"a".repeat(32)}
`;
  const of = (config: string, secrets = OWN_SECRETS) => diagnosesOf({ config, secrets, isDeployed: true });

  test("is read as what it is", () => {
    expect(of(OWN)).toEqual([]);
    expect(of(`REGION = "eu"\n${OWN}`)).toEqual([]);
  });

  test.each([
    [`region = "eu"`, `region = "EU"`, { code: "wrong_value", line: 2, suggestion: "eu", text: /must be/ }],
    [`adapter = "github"`, `adapter = "githup"`, { code: "unknown_adapter", line: 4, suggestion: "github", text: /no adapter/ }],
    [
      `adapter = "github"`,
      `adapter = "github", identifiers = "id"`,
      { code: "unknown_option", line: 4, text: /\[ACCOUNTS\.acme\]/ },
    ],
    [
      `[ACCOUNTS.acme]`,
      `ACME_CODE_SECRET = "x"\n[ACCOUNTS.acme]`,
      { code: "secret_in_file", line: 1, text: /environment of the service/ },
    ],
    [
      `[ACCOUNTS.acme]`,
      `REGOIN = "eu"\n[ACCOUNTS.acme]`,
      { code: "unknown_variable", line: 1, suggestion: "REGION", text: /not read/ },
    ],
  ])("with %j as %j is told by its line", (part, by, { text, ...expected }) => {
    const found = of(replaced(OWN, part, by)).filter(({ file }) => file === "wrangler.toml");
    expect(found).toMatchObject([expected]);
    expect(found[0]?.text).toMatch(text);
  });

  test("lacks a secret, which belongs into the environment of the service", () => {
    const secrets = replaced(OWN_SECRETS, "ACME_CODE_SECRET=", "#");
    expect(of(OWN, secrets)).toMatchObject([{ code: "missing_secret", level: "error", line: 4 }]);
    expect(diagnosesOf({ config: OWN, secrets })[0]?.text).toContain("in the environment of the service");
  });
});

test("a diagnosis is one line with file, line, place, problem and the right word", () => {
  const [diagnosis] = diagnosesOf({ config: replaced(CONFIG, "identifiers", "identifers"), secrets: null });
  const line = CONFIG.split("\n").findIndex((row) => row.startsWith("identifiers")) + 1;
  expect(diagnosis && renderDiagnosis(diagnosis)).toBe(
    `error     wrangler.toml:${line}  [env.us] acme.identifers: is not an option; remove it or correct its name. Did you mean identifiers?`,
  );
});

test("the objects that are looked for are those of the configuration and of the Worker", async () => {
  const { durable_objects } = readWranglerConfig(WORKER_CONFIG);
  expect(Object.fromEntries(durable_objects.bindings.map(({ name, class_name }) => [name, class_name]))).toEqual(OBJECTS);
  const entry = readFileSync(inProject("src/index.ts"), "utf8");
  for (const name of Object.values(OBJECTS)) expect(entry).toContain(`export { ${name} }`);
});

describe("lines of a TOML file", () => {
  test("of tables, arrays of tables, and statements of several lines", () => {
    const text = `a = 1 # one\n\n[b]\n"c d" = { e = [\n  1,\n], f = 2 }\n[[g]]\nh = '''\n[no table]\n'''\n[[g]]\nh = 2\n[g.i]\nj = 3\n`;
    expect(() => parse(text)).not.toThrow();
    const at = linesOfToml(text);
    expect(at(["a"])).toEqual({ first: 1, last: 1 });
    expect(at(["b", "c d", "f"])).toEqual({ first: 4, last: 6 });
    expect(at(["b", "missing", "deeper"])).toEqual({ first: 3, last: 3 });
    expect(at(["g", "0", "h"])).toEqual({ first: 8, last: 10 });
    expect(at(["g", "1", "h"])).toEqual({ first: 12, last: 12 });
    expect(at(["g", "1", "i", "j"])).toEqual({ first: 14, last: 14 });
    expect(at(["z"])).toBeNull();
  });

  test("are found for each key of any file", () => {
    const key = fc.stringMatching(/^[a-z]{1,8}$/);
    const tables = fc.dictionary(key, fc.dictionary(key, fc.oneof(fc.integer(), fc.boolean(), fc.string()), { minKeys: 1 }), {
      minKeys: 1,
    });
    fc.assert(
      fc.property(tables, fc.integer({ min: 0, max: 3 }), (value, blank) => {
        const rows = Object.entries(value).flatMap(([table, entries]) => [
          ...Array.from({ length: blank }, () => "# a comment = 1"),
          `[${table}]`,
          ...Object.entries(entries).map(([name, entry]) => `${name} = ${JSON.stringify(entry)}`),
        ]);
        const at = linesOfToml(rows.join("\n"));
        for (const [table, entries] of Object.entries(value)) {
          for (const name of Object.keys(entries)) {
            const found = at([table, name]);
            expect(rows[(found?.first ?? 0) - 1]).toMatch(new RegExp(`^${name} = `));
          }
        }
      }),
    );
  });
});
