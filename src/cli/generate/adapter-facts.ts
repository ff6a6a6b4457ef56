/**
 * What the pages say of an adapter itself: signature, secret, limits, options.
 */
import * as z from "zod";
import type { AdapterFormat, BodyFormat } from "../../contract/formats.ts";
import type { Adapter } from "../../contract/interface.ts";
import type { Covers } from "../../contract/verify/verifier.ts";
import { secretName } from "../../secret-names.ts";
import type { Vendor } from "../vendors.ts";
import { configureForDemo } from "./demo.ts";
import { code, table } from "./markdown.ts";
import { describe } from "./types.ts";

const COVERS: Readonly<Record<Covers, string>> = {
  body: "covers the whole body",
  nonce: "covers an id of the delivery, not the body",
  nothing: "proves only that the sender knows the secret",
};

/** The facts of an adapter: what, and its value. */
export function factsOf({ adapter, entry, ownFields }: Vendor): readonly (readonly [string, string])[] {
  const { id, secret, people, userIdFrom, tenant } = adapter;
  const paths = userIdFrom.map(code).join(", then ");
  return [
    ["secret", `${code(`<ACCOUNT>${secretName("", id)}`)}: ${secret.hint}`],
    ["signature", signatureOf(adapter)],
    ["body", `${formatOf(adapter.format)}, at most ${sizeOf(configureForDemo(adapter).configured.bodyLimit)}`],
    ["people", people === "create" ? "become people in Customer.io" : "only people that another source made known"],
    ["user id", paths ? `${paths}, unless \`user_id_from\` says otherwise` : "none, unless `user_id_from` names a path"],
    ...(tenant ? [["tenant", `${code(tenant.option)}${tenant.required ? ", required" : ""}`] as const] : []),
    [
      "your own fields",
      ownFields.length === 0 ? "none" : `${ownFields.map(code).join(", ")}, where \`custom_fields\` names them`,
    ],
    ["waits for an answer", entry.timeoutSeconds === null ? "not stated" : `${entry.timeoutSeconds} s`],
    ["retries", entry.retries],
    ["disables the endpoint", entry.disables],
  ];
}

/** The options of a source: name, meaning, values and default. */
export function optionsOf({ options, tenant }: Adapter): string {
  const rows = Object.entries(options.shape).map(([name, schema]) => {
    const isRequired = tenant?.required === true && tenant.option === name;
    const { type, meaning } = describe(schema);
    return [code(name), meaning, type, isRequired ? "required" : defaultOf(schema)];
  });
  return table(["option", "meaning", "values", "default"], rows);
}

/** The default as a value of TOML; a dash for an option that may be left out. */
function defaultOf(schema: unknown): string {
  const parsed = schema instanceof z.ZodType ? schema.safeParse(undefined) : null;
  if (!parsed?.success) return "required";
  if (parsed.data === undefined) return "–";
  return code(JSON.stringify(parsed.data));
}

function sizeOf(bytes: number): string {
  const mebibytes = bytes / 1024 / 1024;
  return mebibytes < 1 ? `${bytes / 1024} KiB` : `${mebibytes} MiB`;
}

/** What the signature proves. */
export function signatureOf(adapter: Adapter): string {
  return COVERS[configureForDemo(adapter).configured.verifier.covers];
}

function formatOf(format: AdapterFormat): string {
  if (isChoice(format)) return format.map(formatOf).join(" or ");
  if (typeof format === "object") return `form with JSON in ${code(format.form)}`;
  return {
    json: "JSON",
    form: "form",
    multipart: "form with parts",
    jwt: "signed token (JWT)",
    text: "text",
    "json-lines": "JSON Lines",
  }[format];
}

function isChoice(format: AdapterFormat): format is readonly BodyFormat[] {
  return Array.isArray(format);
}
