/**
 * The lines that the sandbox writes about what left for Customer.io, told to a person: a line for each event, with its person and its calls.
 */
import * as z from "zod";
import { counted } from "../../contract/counted.ts";
import { jsonOf } from "../json.ts";
import { callName } from "./calls.ts";
import type { Line } from "./line.ts";
import { sourceLabel } from "./line.ts";

const text = z.string().nullable();

const requestLine = z.object({
  outcome: z.literal("sent"),
  status: z.number(),
  region: z.enum(["us", "eu"]),
  key: z.string(),
  count: z.number(),
  calls: z.array(z.object({ type: z.string(), who: z.string(), what: text, source: text, event: text })),
});

type RequestLine = z.output<typeof requestLine>;
type NamedCall = RequestLine["calls"][number];

/** Regions, as a reader knows them. */
const REGIONS = { us: "US", eu: "EU" } as const;

/**
 * Reads a line of the sandbox.
 * @param accountOf the account that has an API key; `undefined` where it is not known
 * @returns `null` where it is no such line
 */
export function linesOfSandbox(line: string, at: number, accountOf: (key: string) => string | undefined): readonly Line[] | null {
  const read = requestLine.safeParse(jsonOf(line));
  if (!read.success) return null;
  const { status, region, key, count, calls } = read.data;
  const account = accountOf(key);
  if (status < 200 || status >= 300) {
    const answer = status === 0 ? "nothing" : status;
    const what = `${counted(count, "call")} to Customer.io (${REGIONS[region]}) answered with ${answer}`;
    return [{ at, status: "fail", tone: "bad", source: account ?? "", type: "", text: what }];
  }
  const groups = groupsOf(calls).map((group): Line => {
    const [first] = group;
    const told = group.find(({ source }) => source !== null);
    const source = told?.source ?? undefined;
    return {
      at,
      status: "sent",
      tone: "good",
      source: source === undefined ? (account ?? "") : sourceLabel(account, source),
      type: told?.event ?? "",
      text: `${first?.who || "nobody"} → ${callsIn(group)}`,
    };
  });
  const more = count - calls.length;
  if (more === 0) return groups;
  return [
    ...groups,
    { at, status: "sent", tone: "good", source: account ?? "", type: "", text: `and ${counted(more, "more call")}` },
  ];
}

/** Calls of one event: neighbours about the same person, of which at most one source and event are named. */
function groupsOf(calls: readonly NamedCall[]): readonly (readonly NamedCall[])[] {
  const groups: NamedCall[][] = [];
  for (const call of calls) {
    const group = groups.at(-1);
    if (group?.every((one) => belongTogether(one, call))) group.push(call);
    else groups.push([call]);
  }
  return groups;
}

function belongTogether(one: NamedCall, other: NamedCall): boolean {
  if (one.who !== other.who) return false;
  // What is not about a source comes before what is.
  if (one.source !== null && other.source === null) return false;
  return one.source === null || (one.source === other.source && one.event === other.event);
}

function callsIn(group: readonly NamedCall[]): string {
  return group.map(({ type, what }) => callName(type, what)).join(", ");
}
