/**
 * GitHub: stars, forks, issues, pull requests, discussions, sponsorships, Marketplace plans, installations of an app.
 *
 * A person is whom an event is about: who opened the issue, who sponsors, whose account installed the app. What members of the project do
 * is left out. The event's name stands in an unsigned header, so each shape demands what only its own events have.
 *
 * @see https://docs.github.com/en/webhooks/webhook-events-and-payloads
 */
import * as z from "zod";
import { defineAdapter, type MapResult, off, on } from "../src/contract/define.ts";
import { group, identify, ignore, type Properties, track } from "../src/contract/drafts.ts";
import { claimed, type Maybe, type PersonInput, person, personId } from "../src/contract/facts.ts";
import { flag, id, integer, isoTime, text, unixSeconds } from "../src/contract/fields.ts";
import { money } from "../src/contract/money.ts";
import { hmac } from "../src/contract/verify/hmac.ts";
import { prefixed } from "../src/contract/verify/layouts.ts";

/** A field that only other events have. */
const absent = z.undefined().optional();

const account = z.object({ id, login: text, type: text.nullish(), html_url: text.nullish() });

const repository = z.object({ id, full_name: text, private: flag.nullish() });

const authored = { id, user: account.nullish(), author_association: text.nullish(), html_url: text.nullish() };
const titled = { ...authored, number: integer, title: text.nullish(), state: text.nullish() };
const comment = z.object(authored);

const star = z.object({ starred_at: isoTime.nullable(), repository, sender: account });

const fork = z.object({ forkee: z.object({ id, full_name: text, owner: account }), repository });

const issue = z.object({
  issue: z.object({ ...titled, state_reason: text.nullish(), labels: z.array(z.object({ name: text.nullish() })).nullish() }),
  comment: absent,
  repository,
});

const issueComment = z.object({ comment, issue: z.object(titled), repository });

const pullRequest = z.object({
  pull_request: z.object({ ...titled, merged: flag.nullish() }),
  review: absent,
  comment: absent,
  repository,
});

const review = z.object({
  review: z.object({ ...authored, state: text }),
  pull_request: z.object(titled),
  repository,
});

const discussion = z.object({ discussion: z.object(titled), comment: absent, repository });

const discussionComment = z.object({ comment, discussion: z.object(titled), repository });

const push = z.object({
  ref: text,
  after: text,
  deleted: flag.nullish(),
  commits: z.array(z.unknown()),
  pusher: z.object({ email: text.nullish() }),
  repository,
  sender: account,
});

const member = z.object({ member: account, repository });

const membership = z.object({ membership: z.object({ user: account.nullish(), role: text.nullish() }), organization: account });

const tier = z.object({ name: text.nullish(), monthly_price_in_cents: integer.nullish(), is_one_time: flag.nullish() });

const sponsorship = z.object({
  sponsorship: z.object({ sponsor: account.nullish(), sponsorable: account.nullish(), privacy_level: text.nullish(), tier }),
  changes: z.object({ tier: z.object({ from: tier }).nullish() }).nullish(),
  effective_date: isoTime.nullish(),
});

const purchase = z.object({
  marketplace_purchase: z.object({
    account: account.extend({ organization_billing_email: text.nullish() }),
    billing_cycle: text.nullish(),
    unit_count: integer.nullish(),
    on_free_trial: flag.nullish(),
    free_trial_ends_on: isoTime.nullish(),
    next_billing_date: isoTime.nullish(),
    plan: z.object({ id, name: text, monthly_price_in_cents: integer.nullish(), yearly_price_in_cents: integer.nullish() }),
  }),
  previous_marketplace_purchase: z.object({ plan: z.object({ name: text }).nullish() }).nullish(),
  effective_date: isoTime.nullish(),
});

const installation = z.object({
  installation: z.object({ id, account, repository_selection: text.nullish() }),
  repositories_added: absent,
  sender: account,
});

const authorization = z.object({ sender: account, installation: absent, repository: absent, organization: absent });

const moment = z.object({ created_at: isoTime.nullish(), updated_at: isoTime.nullish() }).nullish().catch(null);

/** What is read of every body. What cannot be read is left to the handler's own schema. */
const envelope = z
  .object({
    action: text.nullish().catch(null),
    starred_at: isoTime.nullish().catch(null),
    comment: moment,
    review: z.object({ submitted_at: isoTime.nullish() }).nullish().catch(null),
    issue: moment,
    pull_request: moment,
    discussion: moment,
    forkee: moment,
    installation: z
      .object({ updated_at: z.union([unixSeconds, isoTime]).nullish() })
      .nullish()
      .catch(null),
    organization: account.nullish().catch(null),
    repository: z.object({ owner: account.nullish() }).nullish().catch(null),
    sponsorship: z.object({ sponsorable: account.nullish() }).nullish().catch(null),
  })
  .catch({ comment: null, issue: null, pull_request: null, discussion: null, forkee: null });

export default defineAdapter({
  id: "github",
  name: "GitHub",
  docs: "https://docs.github.com/en/webhooks",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Secret of the webhook, or webhook secret of the GitHub App: at least 16 random characters of your own",
    demo: "tributary_demo_github_secret",
  },
  // @see https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
  verify: hmac({
    hash: "SHA-256",
    header: "x-hub-signature-256",
    encoding: "hex",
    covers: "body",
    layout: prefixed("sha256="),
    message: ({ body }) => [body],
  }),
  bodyLimit: 5 * 1024 * 1024,
  people: "known",
  options: z.strictObject({
    /** The user or organization whose repositories, sponsors or members these are, where one secret serves several. */
    owner: z
      .string()
      .regex(/^[A-Za-z0-9-]{1,39}$/)
      .toLowerCase()
      .optional(),
  }),
  tenant: { option: "owner", required: false },
  webhook: z.object({
    // The delivery's id is not signed, and unused: kept for the person who looks into a dead letter.
    headers: z.object({ "x-github-event": text.pipe(z.string().min(1)), "x-github-delivery": text.nullish() }),
    body: z.unknown(),
  }),
  events: ({ headers, body }, { bodyHash, receivedAt }) => {
    const facts = envelope.parse(body);
    const type = facts.action ? `${headers["x-github-event"]}.${facts.action}` : headers["x-github-event"];
    const owner = facts.organization ?? facts.repository?.owner ?? facts.sponsorship?.sponsorable;
    return [
      {
        id: `${type}:${bodyHash}`,
        type,
        occurredAt: occurredAt(facts) ?? receivedAt,
        test: false,
        data: body,
        ...(owner ? { tenant: owner.login.toLowerCase() } : {}),
      },
    ];
  },
  handlers: {
    ping: ignore("asks whether somebody is there"),

    "star.created": on(star, (s) => (s.starred_at ? did(s.sender, "Repository Starred", inside(s)) : ignore("not starred"))),
    "star.deleted": on(star, (s) => (s.starred_at ? ignore("still starred") : did(s.sender, "Repository Unstarred", inside(s)))),
    "watch.started": ignore("star.created says it"),
    fork: on(fork, (f) => did(f.forkee.owner, "Repository Forked", { ...inside(f), fork: f.forkee.full_name })),

    "issues.opened": on(issue, (i) => wrote(i.issue, "Issue Opened", about(i, i.issue))),
    "issues.closed": on(issue, (i) => wrote(i.issue, "Issue Closed", { ...about(i, i.issue), reason: i.issue.state_reason })),
    "issues.reopened": on(issue, (i) => wrote(i.issue, "Issue Reopened", about(i, i.issue))),
    "issue_comment.created": on(issueComment, (c) => wrote(c.comment, "Issue Commented", about(c, c.issue))),
    "pull_request.opened": on(pullRequest, (p) => wrote(p.pull_request, "Pull Request Opened", about(p, p.pull_request))),
    "pull_request.closed": on(pullRequest, (p) =>
      wrote(p.pull_request, p.pull_request.merged ? "Pull Request Merged" : "Pull Request Closed", about(p, p.pull_request)),
    ),
    "pull_request_review.submitted": off(
      "mostly the work of the project's members",
      on(review, (r) => wrote(r.review, "Pull Request Reviewed", { ...about(r, r.pull_request), review_state: r.review.state })),
    ),
    "discussion.created": on(discussion, (d) => wrote(d.discussion, "Discussion Started", about(d, d.discussion))),
    "discussion.answered": on(discussion, (d) => wrote(d.discussion, "Discussion Answered", about(d, d.discussion))),
    "discussion_comment.created": on(discussionComment, (c) => wrote(c.comment, "Discussion Commented", about(c, c.discussion))),
    push: off(
      "every push to every branch",
      on(push, (p) => {
        if (p.deleted) return ignore("a branch or tag is gone");
        const properties = { ...inside(p), ref: p.ref, commit: p.after, commits_count: p.commits.length };
        return did(p.sender, "Code Pushed", properties, claimed(p.pusher.email));
      }),
    ),

    "member.added": on(member, (m) => did(m.member, "Collaborator Added", inside(m))),
    "member.removed": on(member, (m) => did(m.member, "Collaborator Removed", inside(m))),
    "organization.member_added": on(membership, (m) => joined(m, "Organization Joined")),
    "organization.member_removed": on(membership, (m) => joined(m, "Organization Left")),

    "sponsorship.created": on(sponsorship, (s) => sponsored(s, "Sponsorship Started")),
    "sponsorship.tier_changed": on(sponsorship, (s) => sponsored(s, "Sponsorship Changed")),
    "sponsorship.pending_tier_change": on(sponsorship, (s) => sponsored(s, "Sponsorship Change Scheduled")),
    "sponsorship.pending_cancellation": on(sponsorship, (s) => sponsored(s, "Sponsorship Cancellation Scheduled")),
    "sponsorship.cancelled": on(sponsorship, (s) => sponsored(s, "Sponsorship Cancelled")),
    "sponsorship.edited": ignore("nothing but its privacy changed"),

    "marketplace_purchase.purchased": on(purchase, (p) => purchased(p, "Subscription Started")),
    "marketplace_purchase.changed": on(purchase, (p) => purchased(p, "Plan Changed")),
    "marketplace_purchase.cancelled": on(purchase, (p) => purchased(p, "Subscription Cancelled")),
    "marketplace_purchase.pending_change": on(purchase, (p) => purchased(p, "Plan Change Scheduled")),
    "marketplace_purchase.pending_change_cancelled": on(purchase, (p) => purchased(p, "Plan Change Withdrawn")),

    "installation.created": on(installation, (i) => installed(i, "App Installed")),
    "installation.deleted": on(installation, (i) => installed(i, "App Uninstalled")),
    "installation.suspend": on(installation, (i) => installed(i, "App Suspended")),
    "installation.unsuspend": on(installation, (i) => installed(i, "App Unsuspended")),
    "installation.new_permissions_accepted": on(installation, (i) => installed(i, "App Permissions Accepted")),
    "github_app_authorization.revoked": on(authorization, (a) => did(a.sender, "App Authorization Revoked")),
  },
  otherwise: ignore("about the project, not a person"),
  habits: {
    timeoutSeconds: 10,
    // @see https://docs.github.com/en/webhooks/using-webhooks/handling-failed-webhook-deliveries
    retries: "none: Recent Deliveries of the webhook can send one again, for three days",
    givesUp: "never",
    setup: [
      "In the repository, organization or GitHub App open Settings > Webhooks and choose Add webhook; for sponsors it is Webhooks of the Sponsors dashboard.",
      "Give it the URL of this source, with the content type application/json, and a secret of your own: random, at least 16 characters.",
      "Choose Let me select individual events: Stars, Forks, Issues, Issue comments, Pull requests, Discussions, Discussion comments.",
      "Where one GitHub App or secret serves several owners, set owner to yours.",
      "Strangers do not become people: to know who somebody is, another source must have named the GitHub account.",
    ],
  },
});

/** When it happened, by the body alone. */
function occurredAt(facts: z.output<typeof envelope>): Maybe<string> {
  const { comment, issue, pull_request, discussion, forkee } = facts;
  const latest = comment ?? issue ?? pull_request ?? discussion ?? forkee;
  return (
    facts.starred_at ?? facts.review?.submitted_at ?? latest?.updated_at ?? latest?.created_at ?? facts.installation?.updated_at
  );
}

function did(
  who: Maybe<z.output<typeof account>>,
  event: string,
  properties: Properties = {},
  email?: PersonInput["email"],
): MapResult {
  if (!who) return ignore("its author is gone");
  if (who.type === "Bot") return ignore("done by a bot");
  const facts = person({ record: who, email, ids: [personId(who.type === "Organization" ? "organization" : "user", who.id)] });
  return [identify(facts, { login: who.login, profile_url: who.html_url }), track(facts, event, properties)];
}

/** @see https://docs.github.com/en/graphql/reference/enums#commentauthorassociation */
function wrote(what: z.output<typeof comment>, event: string, properties: Properties): MapResult {
  const isMember = ["OWNER", "MEMBER", "COLLABORATOR"].includes(what.author_association ?? "");
  return isMember ? ignore("by a member of the project") : did(what.user, event, { ...properties, url: what.html_url });
}

function inside({
  repository: { full_name, private: isPrivate },
}: {
  readonly repository: z.output<typeof repository>;
}): Properties {
  return { repository: full_name, private: isPrivate };
}

function about(
  event: { readonly repository: z.output<typeof repository> },
  { number, title, state }: { readonly number: number; readonly title?: Maybe<string>; readonly state?: Maybe<string> },
): Properties {
  return { ...inside(event), number, title, state };
}

function joined({ membership: { user, role }, organization }: z.output<typeof membership>, event: string): MapResult {
  return did(user, event, { organization: organization.login, role });
}

function sponsored({ sponsorship: s, changes, effective_date }: z.output<typeof sponsorship>, event: string): MapResult {
  const { tier: now } = s;
  return did(s.sponsor, event, {
    tier: now.name,
    previous_tier: changes?.tier?.from.name,
    one_time: now.is_one_time,
    sponsored: s.sponsorable?.login,
    effective_at: effective_date,
    ...money("price", now.monthly_price_in_cents, "USD"),
  });
}

/** Prices are those of a unit and in US dollars. @see https://docs.github.com/en/rest/apps/marketplace */
function purchased(body: z.output<typeof purchase>, event: string): MapResult {
  const { account: customer, plan, ...p } = body.marketplace_purchase;
  const cents = p.billing_cycle === "yearly" ? plan.yearly_price_in_cents : plan.monthly_price_in_cents;
  return did(
    customer,
    event,
    {
      plan_id: plan.id,
      plan: plan.name,
      previous_plan: body.previous_marketplace_purchase?.plan?.name,
      billing_cycle: p.billing_cycle,
      quantity: p.unit_count,
      on_free_trial: p.on_free_trial,
      trial_ends_at: p.free_trial_ends_on,
      next_billing_at: p.next_billing_date,
      effective_at: body.effective_date,
      ...money("price", cents, "USD"),
    },
    claimed(customer.organization_billing_email),
  );
}

/** An organization is no person: there it is whoever acted for it, and the organization is an object. */
function installed({ installation: i, sender }: z.output<typeof installation>, event: string): MapResult {
  const properties = { installation_id: i.id, account: i.account.login, repository_selection: i.repository_selection };
  if (i.account.type !== "Organization") return did(i.account, event, properties);
  const drafts = did(sender, event, properties);
  const facts = person({ ids: [personId("user", sender.id)] });
  const organization = group(facts, { kind: "organization", id: i.account.id }, { name: i.account.login });
  return "kind" in drafts ? drafts : [...drafts, organization];
}
