/**
 * What people do in a repository: stars, forks, issues, pull requests, discussions, pushes.
 */
import * as z from "zod";
import type { MapResult, Maybe } from "../../src/contract/adapter.ts";
import {
  claimed,
  decisive,
  flag,
  id,
  ignore,
  integer,
  isoTime,
  maybe,
  on,
  optional,
  person,
  pick,
  text,
} from "../../src/contract/adapter.ts";
import {
  codePushed,
  type discussionAnswered,
  discussionCommented,
  type discussionStarted,
  issueClosed,
  issueCommented,
  type issueOpened,
  type issueReopened,
  type Maker,
  ownEvents,
  pullRequestClosed,
  pullRequestMerged,
  pullRequestOpened,
  pullRequestReviewed,
} from "../../src/vocabulary/adapter.ts";
import { absent, account, did, inside, repository } from "./accounts.ts";
import type { GITHUB } from "./plan.schema.ts";

const own = ownEvents<typeof GITHUB>();

const written = z.object({
  id,
  user: decisive(account),
  author_association: decisive(text),
  html_url: maybe.text,
});
const topic = written.extend({ number: integer, title: maybe.text, state: maybe.text });

/** A star was added or removed. */
const star = z.object({ starred_at: isoTime.nullable(), repository, sender: account });

const fork = z.object({ forkee: z.object({ id, full_name: text, owner: account }), repository });

const issue = z.object({ issue: topic.extend({ state_reason: maybe.text }), comment: absent, repository });
const issueComment = z.object({ comment: written, issue: topic, repository });

const pullRequest = z.object({
  pull_request: topic.extend({ merged: decisive(flag) }),
  review: absent,
  comment: absent,
  repository,
});
const review = z.object({ review: written.extend({ state: text }), pull_request: topic, repository });

const discussion = z.object({ discussion: topic, comment: absent, repository });
const discussionComment = z.object({ comment: written, discussion: topic, repository });

const push = z.object({
  ref: text,
  after: text,
  deleted: decisive(flag),
  commits: z.array(z.unknown()),
  pusher: optional(z.object({ email: maybe.text })),
  repository,
  // Missing in a push with a deploy key, which has no account.
  sender: decisive(account),
});

/** @see https://docs.github.com/en/graphql/reference/enums#commentauthorassociation */
function wrote<Known extends object>(
  what: z.output<typeof written>,
  make: Maker<Known & { readonly url?: Maybe<string> }>,
  properties: Known,
): MapResult {
  const isMember = ["OWNER", "MEMBER", "COLLABORATOR"].includes(what.author_association ?? "");
  return isMember ? ignore("by a member of the project") : did(what.user, make, { ...properties, url: what.html_url });
}

function about(event: { readonly repository: z.output<typeof repository> }, subject: z.output<typeof topic>) {
  return { ...inside(event), ...pick(subject, "number", "title", "state") };
}

/** An added star. */
export const onStarred = on(star, (s) =>
  s.starred_at ? did(s.sender, own("Repository Starred"), inside(s)) : ignore("not starred"),
);

/** A removed star. */
export const onUnstarred = on(star, (s) =>
  s.starred_at ? ignore("still starred") : did(s.sender, own("Repository Unstarred"), inside(s)),
);

/** A fork; the person is its owner. */
export const onForked = on(fork, (f) =>
  did(f.forkee.owner, own("Repository Forked"), { ...inside(f), fork: f.forkee.full_name }),
);

/** An issue event; the person is the issue's author. */
export function onIssue(make: typeof issueOpened | typeof issueReopened) {
  return on(issue, (i) => wrote(i.issue, make, about(i, i.issue)));
}

/** A closed issue, completed or not planned. */
export const onIssueClosed = on(issue, (i) =>
  wrote(i.issue, issueClosed, { ...about(i, i.issue), reason: i.issue.state_reason }),
);

/** A comment on an issue or a pull request. */
export const onIssueCommented = on(issueComment, (c) => wrote(c.comment, issueCommented, about(c, c.issue)));

/** An opened pull request. */
export const onPullRequestOpened = on(pullRequest, (p) => wrote(p.pull_request, pullRequestOpened, about(p, p.pull_request)));

/** A merged or closed pull request. */
export const onPullRequestClosed = on(pullRequest, (p) =>
  wrote(p.pull_request, p.pull_request.merged ? pullRequestMerged : pullRequestClosed, about(p, p.pull_request)),
);

/** A review of a pull request. */
export const onReviewed = on(review, (r) =>
  wrote(r.review, pullRequestReviewed, { ...about(r, r.pull_request), review_state: r.review.state }),
);

/** A discussion event; the person is the discussion's author. */
export function onDiscussion(make: typeof discussionAnswered | typeof discussionStarted) {
  return on(discussion, (d) => wrote(d.discussion, make, about(d, d.discussion)));
}

/** A comment in a discussion. */
export const onDiscussionCommented = on(discussionComment, (c) => wrote(c.comment, discussionCommented, about(c, c.discussion)));

/** Pushed commits, with the address configured in Git. */
export const onPushed = on(push, (p) => {
  if (p.deleted) return ignore("a deleted branch or tag");
  const properties = { ...inside(p), ref: p.ref, commit: p.after, commits_count: p.commits.length };
  const email = claimed(p.pusher?.email);
  return p.sender ? did(p.sender, codePushed, properties, email) : codePushed(person({ email }), properties);
});
