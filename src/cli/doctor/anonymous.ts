/**
 * How many of a source's events left without a known person, and what to do about it.
 */
import type { Adapter } from "../../contract/interface.ts";
import type { Diagnosis } from "./diagnosis.ts";

/** Fewer events say nothing. */
const ENOUGH = 20;

/** The share above which something is missing. */
const SHARE = 0.2;

/** A source of a deployed Worker, as its ledger has it. */
export interface CountedSource {
  readonly account: string;
  readonly name: string;
  /** `null` where the Worker has a source that is declared nowhere here. */
  readonly adapter: Adapter | null;
  /** Whether the declaration says where the company's own user ids are. */
  readonly hasUserIdPath: boolean;
  readonly delivered: number;
  readonly anonymous: number;
}

/** What is said of a source; `null` while it has too few events. */
export function adviceFor(source: CountedSource): Pick<Diagnosis, "code" | "level" | "text" | "account"> | null {
  const { account, name, delivered, anonymous } = source;
  if (delivered < ENOUGH) return null;
  const share = Math.min(1, anonymous / delivered);
  const text = `${account}/${name}: ${Math.round(share * 100)} % of its events (${anonymous} of ${delivered}) left without a known person.`;
  if (share < SHARE) return { code: "anonymous_events", level: "ok", account, text };
  return { code: "anonymous_events", level: "warning", account, text: `${text} ${remedy(source)}` };
}

function remedy({ adapter, hasUserIdPath }: CountedSource): string {
  const rest = "Customer.io ties them to a person when another event names the person within 30 days.";
  if (!hasUserIdPath && adapter?.userIdFrom.length === 0)
    return `If your own user ids are in the vendor's records, say where with user_id_from. ${rest}`;
  return `Add a source that knows these people, such as the one that signs them in, or let events wait longer for it with hold_unknown. ${rest}`;
}
