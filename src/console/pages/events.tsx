/**
 * The page of the event log: what arrived, newest first, and what became of it.
 */
import { EVENT_STATES } from "../../account/events/outcomes.ts";
import type { OperationOutput } from "../../account/operations.ts";
import { Badge, Choice, Field, refusalView, Table, Text, Time } from "./parts.tsx";
import { filtersOf, linkTo, type Room } from "./view.ts";

/** An event in a list. */
export type EventLine = OperationOutput<"events.list">["events"][number];

const FILTERS = ["id", "source", "type", "state", "person", "from", "to", "text"];

/** Vendor events that match the filters of the address. */
export const eventsRoom: Room = async ({ account, query, ask }) => {
  const filters = filtersOf(query, FILTERS);
  const { from, to, ...others } = filters;
  const times = Object.fromEntries(
    Object.entries({ from, to }).flatMap(([name, value]) => (value === undefined ? [] : [[name, withZone(value)]])),
  );
  const asked = await ask("events.list", { ...others, ...times, ...filtersOf(query, ["cursor", "limit"]) });
  if (!asked.ok) return refusalView(asked.answer);
  const { events, next, searchedTo } = asked.value;
  return {
    title: "Events",
    // Older pages stay as they are.
    ...(query.has("cursor") ? {} : { live: [account], grows: true }),
    body: (
      <>
        <form class="filters" method="get" action={linkTo(account, "events")}>
          <Field name="id" label="Id" value={filters.id} />
          <Field name="source" label="Source" value={filters.source} />
          <Field name="type" label="Type" value={filters.type} />
          <Choice name="state" label="State" value={filters.state} of={EVENT_STATES} />
          <Field name="person" label="Person: user id, address, or source:kind:id" value={filters.person} />
          <Field name="from" label="From (UTC)" value={from} type="datetime-local" />
          <Field name="to" label="Before (UTC)" value={to} type="datetime-local" />
          <Field name="text" label="Text in id, type or body" value={filters.text} />
          <p class="row">
            <button type="submit">Search</button>
            <a href={linkTo(account, "events")}>All events</a>
          </p>
        </form>
        {events.length === 0 ? (
          <p>{next === null ? "No event matches." : "None so far: older events are not searched yet."}</p>
        ) : (
          <EventTable account={account} caption="Vendor events, newest first" events={events} />
        )}
        {next === null ? null : (
          <p class="row">
            <a rel="next" href={linkTo(account, "events", { ...filters, cursor: next })}>
              {Object.keys(filters).length === 0 ? "Older events" : "Search older events"}
            </a>
            <span class="dim">
              Searched back to <Time at={searchedTo} />.
            </span>
          </p>
        )}
      </>
    ),
  };
};

/** What browsers send of a field of time has no zone. */
function withZone(time: string): string {
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(time)) return `${time}:00Z`;
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?$/.test(time) ? `${time}Z` : time;
}

/** Events, each with the way to its page. */
export function EventTable({
  account,
  caption,
  events,
}: {
  readonly account: string;
  readonly caption: string;
  readonly events: readonly EventLine[];
}) {
  return (
    <Table
      caption={caption}
      keys={events.map(({ source, id, webhook }) => `${webhook} ${source} ${id}`)}
      grows
      head={["Received", "Source", "Type", "Event", "State", "About", "Calls"]}
      rows={events.map((event) => [
        <Time at={event.replayedAt ?? event.receivedAt} />,
        event.source,
        <Text>{event.type}</Text>,
        <a href={linkTo(account, "event", { source: event.source, id: event.id, webhook: event.webhook })}>
          <Text>{event.id}</Text>
        </a>,
        <>
          <Badge of={event.state} /> {event.reason === null ? null : <Text>{event.reason}</Text>}
        </>,
        <People account={account} people={event.people} />,
        event.calls,
      ])}
    />
  );
}

/** The people that an event is about. */
function People({ account, people }: { readonly account: string; readonly people: EventLine["people"] }) {
  return (
    <>
      {people.map(({ name }, index) => (
        <>
          {index === 0 ? "" : ", "}
          <a href={linkTo(account, "people", { name })}>
            <Text>{name}</Text>
          </a>
        </>
      ))}
    </>
  );
}
