/**
 * PagerDuty: incidents, and the people on call that they reach.
 *
 * An incident says nothing of the customers who notice it. A person is a user of PagerDuty, named by id alone: a look-up tells the address.
 *
 * @see https://developer.pagerduty.com/docs/webhooks/v3-overview/
 */
import * as z from "zod";
import type { Lookup, Maybe } from "../src/contract/adapter.ts";
import {
  decisive,
  defineAdapter,
  each,
  id,
  identify,
  ignore,
  isoTime,
  maybe,
  on,
  optional,
  person,
  personId,
  text,
  verified,
} from "../src/contract/adapter.ts";
import { hmac, listed } from "../src/contract/verify.ts";
import { ownEvents } from "../src/vocabulary/adapter.ts";
import type { PAGERDUTY } from "./pagerduty/plan.schema.ts";

const own = ownEvents<typeof PAGERDUTY>();

const named = optional(z.object({ summary: maybe.text }));

const user = z.object({ id, type: decisive(text) });

const incident = z.object({
  id,
  ...each(maybe.text, "title", "urgency", "html_url"),
  service: named,
  priority: named,
  assignees: decisive(z.array(user)),
  /** Who acted. */
  agent: decisive(user),
});

type Incident = z.output<typeof incident>;

const personOf = (userId: Maybe<string>) => person({ ids: [personId("user", userId)] });

const about = (i: Incident) => ({
  incident_id: i.id,
  incident_title: i.title,
  urgency: i.urgency,
  priority: i.priority?.summary,
  service_name: i.service?.summary,
  url: i.html_url,
});

/** For each who is assigned. */
const onAssigned = on(incident, (i) => (i.assignees ?? []).map((one) => own("Incident Assigned")(personOf(one.id), about(i))));

/** For who acted; services and rules resolve incidents as well. */
function onActed(event: keyof (typeof PAGERDUTY)["events"]) {
  return on(incident, (i) =>
    i.agent?.type?.startsWith("user") ? own(event)(personOf(i.agent.id), about(i)) : ignore("not done by a person"),
  );
}

const HOST = "api.pagerduty.com";

const found = z.object({ user: z.object({ id, ...each(maybe.text, "name", "email", "time_zone") }) });

/** @see https://developer.pagerduty.com/api-reference/2395ca1feb25e-get-a-user */
const lookup: Lookup = {
  hosts: [HOST],
  request: ({ kind, id: userId }, apiKey) =>
    kind === "user"
      ? { host: HOST, path: `/users/${encodeURIComponent(userId)}`, headers: { authorization: `Token token=${apiKey}` } }
      : null,
  read: (body) => {
    const u = found.safeParse(body).data?.user;
    // Users of PagerDuty are invited by their address.
    return u
      ? [identify(person({ email: verified(u.email), ids: [personId("user", u.id)] }), { name: u.name, timezone: u.time_zone })]
      : null;
  },
};

export default defineAdapter({
  id: "pagerduty",
  name: "PagerDuty",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Signing secret of the webhook subscription, shown once",
    demo: "tributary_demo_pagerduty_0123456789",
  },
  verify: hmac({
    hash: "SHA-256",
    header: "x-pagerduty-signature",
    encoding: "hex",
    covers: "body",
    layout: listed("v1=", ","),
    message: ({ body }) => [body],
  }),
  people: "known",
  webhook: z.object({
    body: z.object({
      event: z.object({ id, event_type: text, occurred_at: isoTime, agent: z.unknown().optional(), data: z.looseObject({}) }),
    }),
  }),
  events: ({ body: { event } }) => [
    {
      id: event.id,
      type: event.event_type,
      occurredAt: event.occurred_at,
      test: false,
      data: { ...event.data, agent: event.agent },
    },
  ],
  handlers: {
    "incident.triggered": onAssigned,
    "incident.reassigned": onAssigned,
    "incident.escalated": onAssigned,
    "incident.acknowledged": onActed("Incident Acknowledged"),
    "incident.resolved": onActed("Incident Resolved"),
  },
  otherwise: ignore("not about a person's part in an incident"),
  lookup,
});
