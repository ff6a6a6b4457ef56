/**
 * Fills the identity book from rows of a file, or from a vendor's list of customers. Nothing is sent.
 */
import * as z from "zod";
import type { Account, Source } from "../../config/model.ts";
import { type PersonFacts, person, personId, reference } from "../../contract/facts.ts";
import { type BookRows, openBook } from "../../identity/book.ts";
import { type Lesson, learn } from "../../identity/learn.ts";
import { type Link, targetOf } from "../../identity/links.ts";
import { type Subject, subjectOf } from "../../identity/subject.ts";
import { policyOf } from "../../translate/policy.ts";
import type { Erased } from "../erasure/erased.ts";
import type { Store } from "../state/store.ts";
import type { BookTables } from "./book-tables.ts";
import { askVendor, type Fetch } from "./vendor-api.ts";

/** Maximum of rows in one request, and in one page of an export. */
export const MOST_ROWS = 1_000;

/** Limits of a vendor's page of customers. */
const PAGE_LIMITS = { largest: 4 * 1024 * 1024, timeout: 15_000 };

const text = z.string().trim().min(1).max(500);

/** A fact about a person. */
const rowSchema = z.strictObject({
  /** The source that issued the id, or the vendor if the account has one source of that vendor. */
  source: text.optional(),
  vendor: text.optional(),
  /** The adapter's name of the kind: `customer`, `contact`. */
  kind: text.optional(),
  id: text.optional(),
  role: z.enum(["person", "reference"]).default("person"),
  email: text.optional(),
  user_id: text.optional(),
  trust: z.enum(["verified", "claimed"]).default("verified"),
  /** Since when the fact holds; now by default. */
  at: z.union([z.iso.datetime({ offset: true }), z.iso.date()]).optional(),
});

/** A row of a file. */
export type SeedRow = z.input<typeof rowSchema>;

/** The result of seeding, as the API answers it. */
export const seedAnswerSchema = () =>
  z.object({
    /** Rows of the book that changed: 0 if everything was known. */
    written: z.number(),
    /** `index` counts from 0; a problem contains no value of the row. */
    refused: z.array(z.object({ index: z.number(), problem: z.string() })),
  });

/** The result of seeding. */
export type SeedAnswer = Readonly<z.output<ReturnType<typeof seedAnswerSchema>>>;

/** The result of pulling a page. */
export type PullAnswer =
  /** `next` is `null` after the last page. */
  | { readonly ok: true; readonly people: number; readonly written: number; readonly next: string | null }
  | { readonly ok: false; readonly problem: string };

/** A page of the book, as rows that can be imported again. */
export interface ExportPage {
  readonly rows: readonly SeedRow[];
  /** The next page; `null` after the last. */
  readonly next: string | null;
}

/** What seeding needs of the account. */
export interface SeedTools {
  readonly store: Store;
  readonly book: BookTables;
  readonly erased: Erased;
  readonly alone: <Result>(work: () => Promise<Result>) => Promise<Result>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly fetch: Fetch;
}

type Reading =
  | { readonly ok: true; readonly subject: Subject; readonly source: string; readonly at: number }
  | { readonly ok: false; readonly problem: string };

/** Facts, and where they come from. */
type Taught = readonly [Subject, Lesson];

/** Adds rows to the book, in one transaction. An invalid row does not affect the others. */
export async function seed(tools: SeedTools, account: Account, rows: readonly unknown[]): Promise<SeedAnswer> {
  const refused: { readonly index: number; readonly problem: string }[] = [];
  const parts: Taught[] = [];
  for (const [index, row] of rows.entries()) {
    const reading = readRow(row, account, tools.now());
    if (!reading.ok) refused.push({ index, problem: reading.problem });
    else if (await tools.erased.includes(reading.subject)) refused.push({ index, problem: "is about a person who was erased" });
    else parts.push([reading.subject, { source: reading.source, at: reading.at, by: "import" }]);
  }
  return { written: await write(tools, parts), refused };
}

/** Adds one page of the vendor's customers to the book. @param page `next` of the page before; `null` for the first */
export async function pull(tools: SeedTools, source: Source, page: string | null): Promise<PullAnswer> {
  const { api, adapter } = source;
  if (adapter.pull === null) return { ok: false, problem: `The adapter of ${source.name} has no list of customers to pull.` };
  if (api === null) {
    return {
      ok: false,
      problem: `Set the API key of ${source.name} first (<ACCOUNT>_<SOURCE>_API_KEY, in capitals), and its host.`,
    };
  }
  const answer = await askVendor(adapter.pull.request(page, api.key), api, PAGE_LIMITS, tools.fetch);
  if (answer.kind === "refused") return { ok: false, problem: `The vendor refused the API key: ${answer.status}.` };
  const read = answer.kind === "answer" ? adapter.pull.read(answer.body) : null;
  if (read === null) {
    const status = answer.kind === "failed" && answer.status !== null ? ` (${answer.status})` : "";
    return { ok: false, problem: `The vendor gave no page of customers${status}: try again later, from the same page.` };
  }
  const { people } = source.options;
  const parts: Taught[] = [];
  for (const draft of read.drafts) {
    const subject = subjectOf(draft.person, policyOf(source));
    if (!(await tools.erased.includes(subject)))
      parts.push([subject, { source: source.name, people, at: tools.now(), by: "pull" }]);
  }
  return { ok: true, people: read.drafts.length, written: await write(tools, parts), next: read.next };
}

/** Writes the book, not during a translation. */
function write({ store, book: tables, now, alone }: SeedTools, parts: readonly Taught[]): Promise<number> {
  return alone(async () => {
    const book = openBook((keys) => tables.read(keys, now()));
    book.load(parts.map(([subject]) => subject));
    for (const [subject, lesson] of parts) learn(book, subject, lesson);
    return store.transaction(() => tables.write(book.changes(), now()));
  });
}

function readRow(given: unknown, account: Account, now: number): Reading {
  const parsed = rowSchema.safeParse(given);
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => [...path.map(String), message].join(": "));
    return { ok: false, problem: issues.join("; ") };
  }
  const row = parsed.data;
  const source = sourceOf(row, account);
  if (source === null) return { ok: false, problem: "source: the account has none of this name, or several of this vendor" };
  const at = row.at === undefined ? now : Date.parse(row.at);
  if (at > now) return { ok: false, problem: "at: is in the future" };

  const subject = subjectOf(factsOf(row), { source, userIdFrom: ["user_id"] });
  if (row.user_id !== undefined && subject.userId === null) return { ok: false, problem: "user_id: cannot identify a person" };
  if (row.email !== undefined && subject.email === null) return { ok: false, problem: "email: is no e-mail address" };
  const ids = subject.people.length + subject.references.length;
  if ((row.kind !== undefined || row.id !== undefined) && ids === 0) {
    return { ok: false, problem: "kind and id: needed together, 150 bytes at most with the source's name" };
  }
  const named = ids + (subject.userId === null ? 0 : 1) + (subject.email === null ? 0 : 1);
  if (named < 2) return { ok: false, problem: "names one thing alone: at least two of id, email and user_id are needed" };
  return { ok: true, subject, source, at };
}

/** The name of the row's source; empty if it needs none, `null` if the account has none. */
function sourceOf({ source, vendor, id }: z.output<typeof rowSchema>, account: Account): string | null {
  if (source !== undefined) return account.sources.has(source) ? source : null;
  if (vendor === undefined) return id === undefined ? "" : null;
  const found = [...account.sources].filter(([, state]) => state.ok && state.source.adapter.id === vendor);
  return found.length === 1 ? (found[0]?.[0] ?? null) : null;
}

function factsOf({ kind = "", id = "", role, email, user_id, trust }: z.output<typeof rowSchema>): PersonFacts {
  const fact = kind === "" ? null : role === "person" ? personId(kind, id) : reference(kind, id);
  return person({ record: { user_id }, ...(email === undefined ? {} : { email: { value: email, trust } }), ids: [fact] });
}

/**
 * A page of the book's people and addresses, one row per link. References (orders, subscriptions) are left out: they expire and are learned
 * again. @param after `next` of the page before; empty for the first
 */
export function exportPage(book: BookTables, after: string, limit: number = MOST_ROWS): ExportPage {
  const isAddress = after.startsWith("addresses/");
  const part = isAddress ? "addresses" : "people";
  const knowledge = book.page(part, after.slice(part.length + 1), limit);
  const keys = [...knowledge[part].keys()];
  const last = keys.sort().at(-1);
  const next = keys.length === limit ? `${part}/${last}` : isAddress ? null : "addresses/";
  return { rows: isAddress ? addressRows(knowledge) : personRows(knowledge), next };
}

function personRows({ people }: BookRows): readonly SeedRow[] {
  return [...people].flatMap(([key, { user, email }]): readonly SeedRow[] => {
    const [source = "", kind = "", ...rest] = key.split(":");
    const id = rest.join(":");
    // A user id belongs to no source.
    const name = source === "" ? { user_id: kind === "user" ? id : "" } : { source, kind, id };
    return [...sightings(user, "user_id", name), ...sightings(email, "email", name)];
  });
}

/** The current value of a link, as a row. */
function sightings(link: Link | null, column: "user_id" | "email", name: SeedRow): readonly SeedRow[] {
  const target = targetOf(link);
  const at = link?.seen[0]?.[1];
  if (target === null || at === undefined) return [];
  return [{ ...name, [column]: target.value, trust: target.trust, at: new Date(at).toISOString() }];
}

function addressRows({ addresses }: BookRows): readonly SeedRow[] {
  return [...addresses].flatMap(([email, { users }]): readonly SeedRow[] =>
    users.map(([user_id, at]) => ({ email, user_id, trust: "verified", at: new Date(at).toISOString() })),
  );
}
