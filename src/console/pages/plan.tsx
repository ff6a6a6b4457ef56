/**
 * The tracking plan as this account sees it: each event, the sources that can tell it, and how often it was told lately.
 */
import { counted } from "../../contract/counted.ts";
import { SHARED, TOLD_BY } from "../plan-events.ts";
import { refusalView, Table, Text, Time } from "./parts.tsx";
import { linkTo, type Room } from "./view.ts";

/** The events that the account's sources can tell, beside those that they told. */
export const planRoom: Room = async ({ account, ask }) => {
  const [sources, told] = await Promise.all([ask("sources", {}), ask("told", {})]);
  if (!sources.ok) return refusalView(sources.answer);
  if (!told.ok) return refusalView(told.answer);
  const tellers = new Map<string, string[]>();
  for (const { name, adapter } of sources.value.sources)
    for (const event of TOLD_BY.get(adapter ?? "")?.split("|") ?? []) tellers.set(event, [...(tellers.get(event) ?? []), name]);
  const { events, since } = told.value;
  const counts = new Map<string, number>();
  for (const { event, count } of events) counts.set(event, (counts.get(event) ?? 0) + count);

  const shared = SHARED.map(([family, names]) => [family, names.split("|")] as const);
  const known = new Set(shared.flatMap(([, names]) => names));
  const own = [...tellers.keys()].filter((event) => !known.has(event)).sort();
  const others = [...counts.keys()].filter((event) => !known.has(event) && !tellers.has(event)).sort();
  const rowOf = (event: string) => [
    <Text>{event}</Text>,
    (tellers.get(event) ?? []).map((source, index) => (
      <>
        {index === 0 ? "" : ", "}
        <a href={linkTo(account, "events", { source })}>{source}</a>
      </>
    )),
    counts.get(event) ?? 0,
  ];
  const head = ["Event", "Sources of this account that can tell it", "Told lately"];
  return {
    title: "Tracking plan",
    body: (
      <>
        <p>
          <code>docs/tracking-plan.md</code> of the project says what each event means, and which properties it has. Told lately:
          in the newest batches, since <Time at={since} />.
        </p>
        {[
          ...shared,
          ["Events of one vendor", own] as const,
          ["Names of your own: rules, and senders that are passed on", others] as const,
        ].map(([title, names]) => {
          const shown = names.filter((event) => tellers.has(event) || counts.has(event));
          const missing = names.length - shown.length;
          return shown.length === 0 ? null : (
            <>
              <h2>{title}</h2>
              <Table caption={`${title}: ${counted(shown.length, "event")}`} head={head} rows={shown.map(rowOf)} />
              {missing === 0 ? null : <p>{`No source of this account tells the other ${missing}.`}</p>}
            </>
          );
        })}
      </>
    ),
  };
};
