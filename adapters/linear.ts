/**
 * Linear: issues and comments, of colleagues and of customers who write through Slack, a help desk or a form.
 *
 * The person is who wrote an issue, whoever changes it. Requests of customers name a company alone.
 *
 * @see https://linear.app/developers/webhooks
 */
import * as z from "zod";
import type { Maybe } from "../src/contract/adapter.ts";
import {
  claimed,
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
  pick,
  text,
} from "../src/contract/adapter.ts";
import { bare, hmac } from "../src/contract/verify.ts";
import { issueClosed, issueCommented, issueOpened, issueReopened, type Maker } from "../src/vocabulary/adapter.ts";

const user = decisive(z.object({ id, ...each(maybe.text, "name", "email") }));

const team = optional(z.object({ name: maybe.text }));

const issue = z.object({
  ...each(user, "creator", "externalUserCreator"),
  creatorId: decisive(id),
  number: maybe.integer,
  ...each(maybe.text, "title", "url"),
  team,
  state: decisive(z.object({ name: maybe.text, type: decisive(text) })),
  /** What the changed fields were before. */
  updatedFrom: decisive(z.object(each(decisive(text), "stateId", "completedAt", "canceledAt"))),
});

type Issue = z.output<typeof issue>;

const comment = z.object({
  ...each(user, "user", "externalUser"),
  userId: decisive(id),
  url: maybe.text,
  issue: optional(z.object({ ...each(maybe.text, "title", "identifier"), team })),
});

/** States in which an issue is over. */
const OVER = new Set(["completed", "canceled", "duplicate"]);

/** The author, a customer before a colleague, and the event. */
function wrote<Known>(
  customer: z.output<typeof user>,
  colleague: z.output<typeof user>,
  colleagueId: Maybe<string>,
  make: Maker<Known>,
  properties: Known,
) {
  const author = customer ?? colleague;
  const ids = [customer ? personId("external_user", customer.id) : personId("user", colleague?.id ?? colleagueId)];
  const who = person({ email: claimed(author?.email), ids });
  return [...(author ? [identify(who, { name: author.name })] : []), make(who, properties)];
}

const about = (i: Issue) => ({ repository: i.team?.name, ...pick(i, "number", "title", "url"), state: i.state?.name });

const onIssue = <Known>(make: Maker<Known>, i: Issue, properties: Known) =>
  wrote(i.externalUserCreator, i.creator, i.creatorId, make, properties);

const onOpened = on(issue, (i) => onIssue(issueOpened, i, about(i)));

const onChanged = on(issue, (i) => {
  const { stateId, completedAt, canceledAt } = i.updatedFrom ?? {};
  const wasOver = Boolean(completedAt || canceledAt);
  const isOver = OVER.has(i.state?.type ?? "");
  if (!stateId || wasOver === isOver) return ignore("neither closed nor opened again");
  return isOver ? onIssue(issueClosed, i, { ...about(i), reason: i.state?.type }) : onIssue(issueReopened, i, about(i));
});

const onCommented = on(comment, (c) => {
  if (!c.issue) return ignore("a comment on something other than an issue");
  const { title, identifier, team: of } = c.issue;
  const number = Number(identifier?.split("-").at(-1)) || null;
  return wrote(c.externalUser, c.user, c.userId, issueCommented, { repository: of?.name, number, title, url: c.url });
});

export default defineAdapter({
  id: "linear",
  name: "Linear",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Signing secret of the webhook",
    demo: "tributary_demo_linear_0123456789",
  },
  verify: hmac({
    hash: "SHA-256",
    header: "linear-signature",
    encoding: "hex",
    covers: "body",
    layout: bare(),
    message: ({ body }) => [body],
  }),
  people: "known",
  options: z.strictObject({
    organization: id
      .optional()
      .describe("id of the workspace whose events are accepted; an OAuth application has one secret for all that install it"),
  }),
  tenant: { option: "organization", required: false },
  webhook: z.object({
    body: z.object({
      type: text,
      action: text,
      createdAt: isoTime,
      organizationId: maybe.id,
      data: optional(z.looseObject({ id: maybe.id })),
      updatedFrom: z.unknown().optional(),
      url: maybe.text,
    }),
  }),
  // Retries have a time of sending of their own, so the body's hash is not the same.
  events: ({ body: { action, createdAt: occurredAt, organizationId: tenant, data, updatedFrom, url, ...of } }, { bodyHash }) => {
    const type = `${of.type}.${action}`;
    const event = { id: `${type}:${data?.id ?? bodyHash}:${occurredAt}`, type, occurredAt, test: false };
    return [{ ...event, data: { ...data, url, updatedFrom }, ...(tenant ? { tenant } : {}) }];
  },
  givesUp: { hours: 7 },
  handlers: {
    "Issue.create": onOpened,
    "Issue.update": onChanged,
    "Issue.remove": ignore("moved to the trash"),
    "Comment.create": onCommented,
  },
  otherwise: ignore("about the workspace, not a person"),
});
