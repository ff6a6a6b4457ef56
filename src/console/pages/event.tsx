/**
 * The page of one event: its way from the vendor to Customer.io, the person and why, the calls as they were sent, and its replay.
 */
import type { OperationOutput } from "../../account/operations.ts";
import { counted } from "../../contract/counted.ts";
import { decode } from "../../contract/verify/encoding.ts";
import { EventTable } from "./events.tsx";
import { Action, Badge, Code, Facts, Notice, refusalView, Table, Text, Time } from "./parts.tsx";
import { filtersOf, linkTo, type Room, type Visit } from "./view.ts";

type Shown = OperationOutput<"events.show">;

/** Which rule found the person. */
const WHY: Readonly<Record<Shown["event"]["people"][number]["step"], string>> = {
  user_in_facts: "the event names the user id",
  user_of_id: "an id of the event leads to the user id",
  user_of_address: "the address belongs to the user id",
  address_of_id: "an id of the event leads to the address",
  address_in_facts: "the event names the address",
  anonymous: "nothing in the event leads to a known person: it goes to an anonymous id",
};

const KEYS = ["source", "id", "webhook"];

/** One event whole. */
export const eventRoom: Room = async ({ account, query, ask }) => {
  const asked = await ask("events.show", filtersOf(query, KEYS));
  if (!asked.ok) return refusalView(asked.answer);
  const { event, history, timeline, webhook, mapped, calls, batch } = asked.value;
  const name = { source: event.source, id: event.id };
  return {
    title: `Event ${event.id}`,
    live: [account],
    body: (
      <>
        {query.get("done") === "replayed" ? <Notice>It went back to the end of the inbox.</Notice> : null}
        <Facts
          about="event"
          tiles
          of={[
            ["State", <Badge of={event.state} />],
            ["Reason", <Text>{[event.reason, event.detail].filter(Boolean).join(": ") || null}</Text>],
            ["Source", event.source],
            ["Type", <Text>{event.type}</Text>],
            ["Happened", <Time at={event.occurredAt === null ? null : Date.parse(event.occurredAt)} />],
            ["Webhook", event.webhook],
          ]}
        />
        <h2>Timeline</h2>
        <Timeline lines={timeline} />
        <h2>The person, and why</h2>
        {event.people.length === 0 ? <p>Nobody, so far.</p> : <PeopleTable account={account} people={event.people} />}
        <h2>Calls as they were sent</h2>
        {calls.length === 0 ? <p>None.</p> : null}
        {calls.map(({ text, bytes }, index) => (
          <details open={index === 0}>
            <summary>{`Call ${index + 1} of ${calls.length}, ${bytes} bytes`}</summary>
            <Code>{text}</Code>
          </details>
        ))}
        <h2>What the adapter makes of it today</h2>
        {mapped.kind === "drafts" ? (
          <Code>{JSON.stringify(mapped.drafts, null, 2)}</Code>
        ) : (
          <p>
            {`${mapped.kind}: `}
            <Text>{mapped.reason}</Text>
          </p>
        )}
        <h2>Webhook</h2>
        {webhook === null ? <p>Only a line of it is kept.</p> : <WebhookPart account={account} name={name} webhook={webhook} />}
        {batch === null ? null : <BatchPart account={account} batch={batch} />}
        <h2>Replay</h2>
        <p>
          It goes back to the end of the inbox, is translated by today's adapter, and is sent again with the same ids and times.
          An event younger than 72 hours may start automations in Customer.io once more: you are asked before that happens.
        </p>
        <Action to={linkTo(account, "replay")} fields={name}>
          <button type="submit">Replay</button>
        </Action>
        <h2>History</h2>
        <EventTable account={account} caption="Everything with this id, newest first" events={history} />
      </>
    ),
  };
};

/** Each step with its time, and how long after the one before. */
function Timeline({ lines }: { readonly lines: Shown["timeline"] }) {
  let before: number | null = null;
  return (
    <ol class="timeline" data-key="timeline">
      {lines.map(({ step, at, text }) => {
        const since = before === null || at === null ? "" : `+${durationOf(at - before)}`;
        before = at ?? before;
        return (
          <li class={step}>
            <strong>{step}</strong> <Time at={at} precise /> <span class="dim">{since}</span> <Text>{text}</Text>
          </li>
        );
      })}
    </ol>
  );
}

/** Milliseconds, as people say them. */
function durationOf(milliseconds: number): string {
  if (milliseconds < 1_000) return `${milliseconds} ms`;
  return milliseconds < 60_000 ? `${(milliseconds / 1_000).toFixed(1)} s` : `${Math.round(milliseconds / 60_000)} min`;
}

function PeopleTable({ account, people }: { readonly account: string; readonly people: Shown["event"]["people"] }) {
  return (
    <Table
      caption="The person"
      head={["Known to Customer.io as", "Why", "Trust"]}
      rows={people.map(({ name, step, trust }) => [
        <a href={linkTo(account, "people", { name })}>
          <Text>{name}</Text>
        </a>,
        WHY[step],
        trust,
      ])}
    />
  );
}

function WebhookPart({
  account,
  name,
  webhook,
}: {
  readonly account: string;
  readonly name: { readonly source: string; readonly id: string };
  readonly webhook: NonNullable<Shown["webhook"]>;
}) {
  const { number, verified, headers, query, bytes, events } = webhook;
  const kept = [...Object.entries(headers), ...Object.entries(query).map(([key, value]) => [`?${key}`, value] as const)];
  return (
    <>
      <Facts
        of={[
          ["Verified", verified === null ? "not recorded" : `by secret ${verified.secret} of ${verified.of}`],
          ["Events kept of it", events.length],
          [
            "Body",
            <a href={linkTo(account, "body", { ...name, webhook: number })} download>
              {`Download, ${bytes} bytes`}
            </a>,
          ],
        ]}
      />
      {kept.length === 0 ? null : (
        <Table
          caption="Headers and query fields that are kept"
          head={["Name", "Value"]}
          rows={kept.map(([key, value]) => [<Text>{key}</Text>, <Text>{value}</Text>])}
        />
      )}
    </>
  );
}

function BatchPart({ account, batch }: { readonly account: string; readonly batch: NonNullable<Shown["batch"]> }) {
  const { number, events, calls, bytes, neighbours } = batch;
  return (
    <>
      <h2>{`Batch ${number}`}</h2>
      <p>{`${counted(events, "event")}, ${counted(calls, "call")}, ${counted(bytes, "byte")}.`}</p>
      {neighbours.length === 0 ? null : (
        <Table
          caption="Others in it"
          head={["Source", "Type", "Event"]}
          rows={neighbours.map(({ source, type, id }) => [
            source,
            <Text>{type}</Text>,
            <a href={linkTo(account, "event", { source, id })}>
              <Text>{id}</Text>
            </a>,
          ])}
        />
      )}
    </>
  );
}

/** The body of a webhook as it came: never shown by the browser, whatever it says it is. */
export const bodyRoom: Room = async ({ query, ask }) => {
  const asked = await ask("events.show", filtersOf(query, KEYS));
  if (!asked.ok) return refusalView(asked.answer);
  const { webhook } = asked.value;
  const body = webhook === null ? null : decode(webhook.body, "base64");
  if (webhook === null || body === null) return refusalView({ status: 404, message: "Only a line of this webhook is kept." });
  return new Response(body, {
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "content-disposition": `attachment; filename="webhook-${webhook.number}.txt"`,
    },
  });
};

/** Replays one event. Where that may start automations once more, it asks first. */
export const replayRoom: Room = async ({ account, form, ask }: Visit) => {
  const name = { source: form.get("source") ?? "", id: form.get("id") ?? "" };
  const asked = await ask("events.replay", { events: [name], may_trigger: form.get("may_trigger") === "yes" });
  if (!asked.ok && asked.answer.status === 409) {
    return {
      title: "Replay it once more?",
      status: 409,
      body: (
        <>
          <p class="notice" role="alert">
            This event happened within the last 72 hours: sent again, it may start automations in Customer.io once more.
          </p>
          <Action to={linkTo(account, "replay")} fields={{ ...name, may_trigger: "yes" }}>
            <p class="row">
              <button type="submit">Replay all the same</button>
              <a href={linkTo(account, "event", name)}>Back to the event</a>
            </p>
          </Action>
        </>
      ),
    };
  }
  if (!asked.ok) return refusalView(asked.answer);
  const { replayed, refused } = asked.value;
  if (replayed > 0) return { location: linkTo(account, "event", { ...name, done: "replayed" }) };
  return refusalView({ status: 409, message: OBSTACLES[refused[0]?.reason ?? "absent"] });
};

const OBSTACLES: Readonly<Record<OperationOutput<"events.replay">["refused"][number]["reason"], string>> = {
  absent: "The log has no such event.",
  not_kept: "Only a line of this event is kept: it cannot be replayed.",
  not_finished: "This event is still on its way: it cannot be replayed yet.",
};
