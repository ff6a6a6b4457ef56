/**
 * Everything that an operator may ask of the directory of accounts: routes, commands and their description come from this table. What performs
 * them is loaded when one is asked for.
 */
import * as z from "zod";
import { SECRET_KINDS } from "../../config/directory/record.ts";
import { SCOPES } from "../../config/model.ts";
import { nameSchema } from "../../config/schema.ts";

/** Secrets and tokens are given once, and never answered. */
const value = z.string().min(1).max(20_000).regex(/^\S+$/);
const declaration = z.record(z.string().max(100), z.json());
const number = z.int().min(1);
const source = z.string().min(1).max(32);
const text = z.string().max(200);
const isDry = z.boolean().default(false);

const findingSchema = () =>
  z.object({
    code: z.string(),
    level: z.enum(["error", "warning"]),
    /** Where, inside the account: `sources.shop.user_id_from`. */
    place: z.string(),
    text: z.string(),
    /** The words that are allowed there, if only some are. */
    choices: z.array(z.string()),
  });

/** An account of the directory, as it is answered. */
export const accountSchema = () =>
  z.object({
    name: z.string(),
    /** Names its object and its calls: given once. */
    id: z.string(),
    /** Former names whose URLs still lead to it. */
    was: z.array(z.string()),
    /** Rises with each change. */
    revision: z.number(),
    addedAt: z.number(),
    changedAt: z.number(),
    /** As it would stand under ACCOUNTS. */
    account: z.record(z.string(), z.json()),
    /** Whether it takes webhooks. */
    ok: z.boolean(),
    /** What is wrong with it and its sources. */
    findings: z.array(findingSchema()),
    /** Its sources, and where their vendors send webhooks, below the Worker's address. */
    sources: z.array(z.object({ name: z.string(), ok: z.boolean(), adapter: z.string(), path: z.string() })),
    secrets: z.array(
      z.object({
        number: z.number(),
        kind: z.enum(SECRET_KINDS),
        source: z.string().nullable(),
        /** The same for the same secret, as long as DIRECTORY_KEY is the same. */
        fingerprint: z.string(),
        addedAt: z.number(),
        /** When the last webhook was kept that it verified, milliseconds since 1970; `null` if none is known, and for keys. */
        lastUsedAt: z.number().nullable(),
      }),
    ),
    tokens: z.array(
      z.object({ number: z.number(), scope: z.enum(SCOPES), addedAt: z.number(), expiresAt: z.number().nullable() }),
    ),
  });

/** An account of the directory, as it is answered. */
export type DirectoryAccount = z.output<ReturnType<typeof accountSchema>>;

const summarySchema = () =>
  z.object({
    name: z.string(),
    was: z.array(z.string()),
    region: z.enum(["us", "eu"]),
    sources: z.number(),
    secrets: z.number(),
    changedAt: z.number(),
    /** Whether an account of this name is declared: it goes first, and this one is not served. */
    declared: z.boolean(),
  });

const changed = () => z.object({ account: accountSchema(), dry_run: z.boolean() });

const secretSchema = z.strictObject({ kind: z.enum(SECRET_KINDS), source: source.optional(), value });

/** Why an operation may be refused, beside what every operation may be refused for. */
const COMMON = ["malformed", "unusable"] as const;
const OF_ONE = [...COMMON, "absent", "conflict"] as const;

/** Every operation, by name. */
export const DIRECTORY_OPERATIONS = {
  "directory.list": {
    method: "GET",
    path: "/directory",
    summary: "Lists the accounts of the directory by name, 100 at a time.",
    input: z.strictObject({ cursor: z.string().max(32).default("") }),
    output: () => z.object({ accounts: z.array(summarySchema()), total: z.number(), next: z.string().nullable() }),
    refusals: COMMON,
  },
  "directory.show": {
    method: "GET",
    path: "/directory/:name",
    summary: "An account of the directory: its options, what is wrong with it, and which of its secrets are in use.",
    input: z.strictObject({ name: z.string() }),
    output: () => z.object({ account: accountSchema() }),
    refusals: [...COMMON, "absent"],
  },
  "directory.add": {
    method: "POST",
    path: "/directory/add",
    summary: "Adds an account to the directory. It is refused, with all problems at once, where the account could not be used.",
    input: z.strictObject({
      name: nameSchema,
      account: declaration,
      secrets: z.array(secretSchema).max(100).default([]),
      /** Goes on with what a declared account of this name has stored. */
      adopt: z.boolean().default(false),
      dry_run: isDry,
    }),
    output: changed,
    refusals: [...COMMON, "conflict"],
  },
  "directory.set": {
    method: "POST",
    path: "/directory/set",
    summary: "Replaces the options and sources of an account. The secrets of sources that are gone are deleted.",
    input: z.strictObject({ name: text, account: declaration, revision: z.int().optional(), dry_run: isDry }),
    output: changed,
    refusals: OF_ONE,
  },
  "directory.secrets.add": {
    method: "POST",
    path: "/directory/secrets/add",
    summary:
      "Adds a secret to an account: its Pipelines API key, a signing secret of a source, or a source's key for its vendor's API.",
    input: secretSchema.extend({ name: text }),
    output: changed,
    refusals: OF_ONE,
  },
  "directory.secrets.retire": {
    method: "POST",
    path: "/directory/secrets/retire",
    summary: "Deletes a secret or a token of an account. The last secret of a source is kept, unless forced.",
    input: z.strictObject({ name: text, number, force: z.boolean().default(false) }),
    output: changed,
    refusals: OF_ONE,
  },
  "directory.tokens.add": {
    method: "POST",
    path: "/directory/tokens/add",
    summary:
      "Adds a token that opens the operator's API of one account, for so many days where that is said. Only its hash is kept.",
    input: z.strictObject({
      name: text,
      scope: z.enum(SCOPES),
      value: value.regex(/^[A-Za-z0-9._~+/-]{32,}=*$/),
      days: z.int().min(1).max(3_650).nullable().default(null),
    }),
    output: changed,
    refusals: OF_ONE,
  },
  "directory.rename": {
    method: "POST",
    path: "/directory/rename",
    summary:
      "Renames an account. What it has stored stays with it, and the URLs of the former name lead to it until that name is dropped.",
    input: z.strictObject({ name: text, to: nameSchema }),
    output: changed,
    refusals: OF_ONE,
  },
  "directory.drop_name": {
    method: "POST",
    path: "/directory/drop-name",
    summary: "Drops a former name of an account: webhooks to its URLs are answered with 404.",
    input: z.strictObject({ name: text, was: text }),
    output: changed,
    refusals: OF_ONE,
  },
  "directory.remove": {
    method: "POST",
    path: "/directory/remove",
    summary:
      "Removes an account, its secrets and everything that it has stored. Refused while events are pending, unless forced.",
    input: z.strictObject({ name: text, force: z.boolean().default(false) }),
    output: () => z.object({ removed: z.boolean(), pending: z.number() }),
    refusals: OF_ONE,
  },
  "directory.reseal": {
    method: "POST",
    path: "/directory/reseal",
    summary:
      "Seals the secrets of 20 accounts under the first DIRECTORY_KEY again; repeat it with the cursor until next is null.",
    input: z.strictObject({ cursor: z.string().max(32).default("") }),
    output: () =>
      z.object({
        resealed: z.number(),
        /** Secrets that neither key opens, as account and number. */
        closed: z.array(z.object({ account: z.string(), number: z.number() })),
        next: z.string().nullable(),
      }),
    refusals: COMMON,
  },
} as const;

/** The name of an operation on the directory. */
export type DirectoryOperationName = keyof typeof DIRECTORY_OPERATIONS;

/** What an operation is given: in the path and the query as texts, in a body as JSON. */
export type DirectoryInput<Name extends DirectoryOperationName> = z.input<(typeof DIRECTORY_OPERATIONS)[Name]["input"]>;

/** What an operation has parsed. */
export type DirectoryParsed<Name extends DirectoryOperationName> = z.output<(typeof DIRECTORY_OPERATIONS)[Name]["input"]>;

/** What an operation answers. */
export type DirectoryOutput<Name extends DirectoryOperationName> = z.output<
  ReturnType<(typeof DIRECTORY_OPERATIONS)[Name]["output"]>
>;

/** The names of all operations on the directory. */
export const DIRECTORY_OPERATION_NAMES: readonly DirectoryOperationName[] = Object.keys(DIRECTORY_OPERATIONS).filter(
  (name): name is DirectoryOperationName => Object.hasOwn(DIRECTORY_OPERATIONS, name),
);
