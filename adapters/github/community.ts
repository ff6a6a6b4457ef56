/**
 * What people do in a repository: stars, forks, issues, pull requests, discussions, pushes.
 */
import * as z from "zod";
import type { MapResult, Properties } from "../../src/contract/adapter.ts";
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
  track,
} from "../../src/contract/adapter.ts";
import { absent, account, did, inside, repository } from "./accounts.ts";

const written = z.object({
  id,
  user: decisive(account),
  author_association: decisive(text),
  html_url: maybe.text,
});
const topic = written.extend({ number: integer, title: maybe.text, state: maybe.text });

/** A star was given, or taken back. */
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
  // Not in all of them: a push with a deploy key, say, has no account behind it.
  sender: decisive(account),
});

/** @see https://docs.github.com/en/graphql/reference/enums#commentauthorassociation */
function wrote(what: z.output<typeof written>, event: string, properties: Properties): MapResult {
  const isMember = ["OWNER", "MEMBER", "COLLABORATOR"].includes(what.author_association ?? "");
  return isMember ? ignore("by a member of the project") : did(what.user, event, { ...properties, url: what.html_url });
}

function about(event: { readonly repository: z.output<typeof repository> }, subject: z.output<typeof topic>): Properties {
  return { ...inside(event), ...pick(subject, "number", "title", "state") };
}

/** A star that was given. */
export const onStarred = on(star, (s) => (s.starred_at ? did(s.sender, "Repository Starred", inside(s)) : ignore("not starred")));

/** A star that was taken back. */
export const onUnstarred = on(star, (s) =>
  s.starred_at ? ignore("still starred") : did(s.sender, "Repository Unstarred", inside(s)),
);

/** A copy of the repository: the person is its owner. */
export const onForked = on(fork, (f) => did(f.forkee.owner, "Repository Forked", { ...inside(f), fork: f.forkee.full_name }));

/** A step of an issue, whoever took it: the person is who opened it. */
export function onIssue(event: string) {
  return on(issue, (i) => wrote(i.issue, event, about(i, i.issue)));
}

/** An issue that was closed, and as what: done, or not planned. */
export const onIssueClosed = on(issue, (i) =>
  wrote(i.issue, "Issue Closed", { ...about(i, i.issue), reason: i.issue.state_reason }),
);

/** A comment on an issue, and on a pull request too, which has an issue of its own. */
export const onIssueCommented = on(issueComment, (c) => wrote(c.comment, "Issue Commented", about(c, c.issue)));

/** A pull request that was opened. */
export const onPullRequestOpened = on(pullRequest, (p) => wrote(p.pull_request, "Pull Request Opened", about(p, p.pull_request)));

/** A pull request that was merged, or closed without. */
export const onPullRequestClosed = on(pullRequest, (p) =>
  wrote(p.pull_request, p.pull_request.merged ? "Pull Request Merged" : "Pull Request Closed", about(p, p.pull_request)),
);

/** A review of a pull request. */
export const onReviewed = on(review, (r) =>
  wrote(r.review, "Pull Request Reviewed", { ...about(r, r.pull_request), review_state: r.review.state }),
);

/** A step of a discussion, whoever took it: the person is who started it. */
export function onDiscussion(event: string) {
  return on(discussion, (d) => wrote(d.discussion, event, about(d, d.discussion)));
}

/** A comment in a discussion. */
export const onDiscussionCommented = on(discussionComment, (c) =>
  wrote(c.comment, "Discussion Commented", about(c, c.discussion)),
);

/** Commits that somebody pushed, with the address that Git was given. */
export const onPushed = on(push, (p) => {
  if (p.deleted) return ignore("a deleted branch or tag");
  const properties = { ...inside(p), ref: p.ref, commit: p.after, commits_count: p.commits.length };
  const email = claimed(p.pusher?.email);
  return p.sender ? did(p.sender, "Code Pushed", properties, email) : track(person({ email }), "Code Pushed", properties);
});
