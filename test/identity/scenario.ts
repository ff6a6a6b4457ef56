/**
 * Scenarios: webhooks of one customer in several orders, with every setting that decides who an event is about, and what Customer.io
 * makes of the calls.
 */
import { expect } from "vitest";
import type { Identifiers } from "../../src/config/model.ts";
import { type PersonView, type PipelinesCall, type WorkspaceSettings, workspaceAfter } from "../model/customer-io.ts";
import {
  type AccountSettings,
  type Conflict,
  type Ending,
  type MemoryAccount,
  openMemoryAccount,
  START,
} from "../support/memory-account.ts";
import { IS_WHOLE } from "../support/share.ts";
import type { Moment, Webhook } from "../support/vendors.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** When the first event of a scenario happens: all of them before the first webhook arrives. */
const BEGINNING = START - 24 * HOUR;

/** The moment of an event. @param second after the first event @param key the same for the same event */
export function moment(second: number, key = `event-${second}`): Moment {
  return { at: BEGINNING + second * 1000, key };
}

/** A profile, and which vendor events reached it: each as `<source>@<second>`. */
export interface Profile extends PersonView {
  readonly reached: readonly string[];
}

/** What became of a scenario. */
export interface Outcome {
  /** The profiles, without deleted ones. */
  readonly people: readonly Profile[];
  readonly deleted: readonly Profile[];
  /** Events that reached no profile: each as `<anonymous id> <source>@<second>`. */
  readonly stray: readonly string[];
  /** Calls that Customer.io did not carry out. */
  readonly failures: readonly string[];
  readonly conflicts: readonly Conflict[];
  readonly endings: readonly Ending[];
  /** Events that still wait. */
  readonly waiting: number;
}

/** How a scenario runs. */
export interface Setting {
  readonly identifiers: Identifiers;
  /** Seconds. */
  readonly holdUnknown: number;
  readonly merge: "ask" | "auto";
}

/** A step: a webhook arrives, or the operator changes the configuration. */
export type Step = Webhook | { readonly configure: AccountSettings };

/** A scenario. */
export interface Scenario {
  readonly sources: AccountSettings["sources"];
  readonly profileFrom?: readonly string[];
  /** In the order in which they happened. */
  readonly webhooks: readonly Webhook[];
  /** Only these identifiers; by default all. */
  readonly modes?: readonly Identifiers[];
  /** Whether they arrive only as they happened; by default in many orders. */
  readonly isInOrder?: boolean;
  /** Further settings of the workspace; an address may change by default. */
  readonly workspace?: Partial<WorkspaceSettings>;
  readonly account?: Partial<AccountSettings>;
  /** What must be, in every order and with every setting. */
  readonly check: (outcome: Outcome, setting: Setting) => void;
}

const MODES: readonly Identifiers[] = ["email_and_id", "id", "email"];
const HOLDS = [0, 60];
const MERGES = ["ask", "auto"] as const;

/** The most webhooks of which every order is tried. */
const MOST_PERMUTED = IS_WHOLE ? 5 : 3;

/** How many orders are tried of more. */
const RANDOM_ORDERS = IS_WHOLE ? 30 : 7;

/**
 * A function that declares one test for each setting of a scenario.
 * @param declare vitest's `test`
 */
export function declaring(declare: (title: string, run: () => Promise<void>) => unknown) {
  return (title: string, given: Scenario): void => {
    for (const identifiers of given.modes ?? MODES)
      for (const holdUnknown of HOLDS)
        for (const merge of MERGES)
          declare(`${title} (${identifiers}, hold ${holdUnknown}, ${merge})`, () =>
            run(given, { identifiers, holdUnknown, merge }),
          );
  };
}

async function run(given: Scenario, setting: Setting): Promise<void> {
  const orders = given.isInOrder ? [given.webhooks.map((_, index) => index)] : ordersOf(given.webhooks.length);
  const profiles = new Map<string, readonly number[]>();
  for (const order of orders) {
    const webhooks = order.flatMap((index) => given.webhooks[index] ?? []);
    await explained(`arrived as ${order.join(", ")}`, async () => {
      const outcome = await outcomeOf(webhooks, given, setting);
      given.check(outcome, setting);
      if (outcome.conflicts.length === 0) expect(outcome.failures).toEqual([]);
      expect(outcome.waiting).toBe(0);
      // An open conflict leaves two profiles, and which of them has what depends on what left first.
      if (outcome.conflicts.length === 0) profiles.set(essenceOf(outcome), order);
    });
  }
  const [first, second] = [...profiles];
  if (first !== undefined && second !== undefined)
    expect(JSON.parse(second[0]), `arrived as ${second[1].join(", ")}, and not as ${first[1].join(", ")}`).toEqual(
      JSON.parse(first[0]),
    );
}

/** Runs steps through an account, seconds apart, until nothing waits, and shows what Customer.io has. */
export async function outcomeOf(
  steps: readonly Step[],
  { sources, profileFrom, workspace, account }: Pick<Scenario, "sources" | "profileFrom" | "workspace" | "account">,
  setting: Setting,
): Promise<Outcome> {
  const memory = openMemoryAccount({ ...setting, ...account, sources, ...(profileFrom === undefined ? {} : { profileFrom }) });
  for (const step of steps) {
    if ("configure" in step) memory.configure({ ...setting, ...account, ...step.configure });
    else await memory.receive(step);
    await memory.advance(7_000);
  }
  await memory.advance(80 * HOUR);
  return observe(memory, { identifiers: setting.identifiers, ...workspace });
}

/**
 * What Customer.io has of an account's calls.
 * @param beginning the second 0 of the names of events, milliseconds since 1970
 */
export function observe(
  memory: Pick<MemoryAccount, "calls" | "conflicts" | "endings" | "waiting">,
  workspace: Partial<WorkspaceSettings>,
  beginning: number = BEGINNING,
): Outcome {
  const settings = { mayChangeEmail: true, followsIdentify: false, ...workspace };
  const view = workspaceAfter(memory.calls(), settings);
  // Whether Customer.io orders updates by time or not must make no difference.
  const arrived = workspaceAfter(memory.calls(), { ...settings, ordersByTime: false });
  expect(
    arrived.people.map(({ attributes }) => attributes),
    "no value follows a newer one",
  ).toEqual(view.people.map(({ attributes }) => attributes));
  const named = new Map(memory.calls().map(({ call }) => [call.messageId, nameOf(call, beginning)]));
  const reachedBy = ({ events }: { readonly events: PersonView["events"] }): readonly string[] =>
    [...new Set(events.map(({ messageId }) => named.get(messageId) ?? "?"))].toSorted();
  const people = view.people.map((person): Profile => ({ ...person, reached: reachedBy(person) }));
  return {
    people: people.filter((person) => person.deleted !== true),
    deleted: people.filter((person) => person.deleted === true),
    stray: view.anonymous.flatMap((anonymous) => reachedBy(anonymous).map((name) => `${anonymous.anonymousId} ${name}`)),
    failures: view.failures.map(({ reason }) => reason),
    // Where addresses may change, the hint that they might not is none.
    conflicts: memory.conflicts().filter(({ reason }) => reason !== "address_change" || settings.mayChangeEmail === false),
    endings: memory.endings(),
    waiting: memory.waiting(),
  };
}

/** A call as `<source>@<second>`: an event's name may change, and its source and time do not. */
function nameOf({ properties, timestamp }: PipelinesCall, beginning: number): string {
  const source = isRecord(properties) ? properties.source : undefined;
  return `${source}@${(Date.parse(String(timestamp)) - beginning) / 1000}`;
}

/** The one profile of the only customer; with an open conflict the one that has the user id. */
export function theProfile({ people, conflicts, stray }: Outcome, { merge }: Pick<Setting, "merge">): Profile {
  expect(stray).toEqual([]);
  if (merge === "auto") expect(conflicts).toEqual([]);
  expect(conflicts.length).toBeLessThanOrEqual(1);
  expect(people).toHaveLength(1 + conflicts.length);
  const [person] = people.toSorted((one, other) => Number(other.id !== null) - Number(one.id !== null));
  if (person === undefined) throw new Error("there is no profile");
  return person;
}

/** Whether the person opted out of e-mail, as Customer.io sees it: `true` for an opt-in, `false` for an opt-out. */
export function emailChannel({ attributes }: PersonView): unknown {
  const preferences = attributes.cio_subscription_preferences;
  const channels = isRecord(preferences) ? preferences.channels : undefined;
  return isRecord(channels) ? channels.email : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/**
 * Everything about the profiles that must not depend on the order of arrival. Whether an event of SendGrid reaches somebody does: of people
 * whom nobody has named yet it tells nothing, since `people` is `known`.
 */
export function essenceOf({ people, stray }: Outcome): string {
  const profiles = people.map(({ id, email, attributes, reached }) => ({
    id,
    email,
    attributes: sorted(attributes),
    reached: reached.filter((name) => !name.startsWith("sendgrid@")),
  }));
  const inOrder = profiles.toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
  return JSON.stringify({ people: inOrder, stray: stray.toSorted() });
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  );
}

/** All orders of a few webhooks; of more, some that are always the same. */
export function ordersOf(count: number): readonly (readonly number[])[] {
  const first = Array.from({ length: count }, (_, index) => index);
  if (count <= MOST_PERMUTED) return permutationsOf(first);
  let state = 20261123 + count;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const shuffled = Array.from({ length: RANDOM_ORDERS - 2 }, () => {
    const order = [...first];
    for (let last = order.length - 1; last > 0; last -= 1) {
      const place = random(last + 1);
      [order[last], order[place]] = [order[place] ?? 0, order[last] ?? 0];
    }
    return order;
  });
  return [first, first.toReversed(), ...shuffled];
}

function permutationsOf(items: readonly number[]): readonly (readonly number[])[] {
  if (items.length <= 1) return [items];
  return items.flatMap((item) => permutationsOf(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}

/** Runs a check; a failure says where it was. */
async function explained(where: string, check: () => Promise<void>): Promise<void> {
  try {
    await check();
  } catch (error) {
    if (error instanceof Error) error.message = `${where}: ${error.message}`;
    throw error;
  }
}
