/**
 * GitHub: stars, forks, issues, pull requests, discussions, sponsorships, Marketplace plans, installations of an app.
 *
 * The person is the subject of an event: the author of an issue, a sponsor, the account that installed the app. What members of the project do
 * is ignored. The event's name is in an unsigned header, so each schema requires what only its own events have.
 *
 * @see https://docs.github.com/en/webhooks/webhook-events-and-payloads
 */
import * as z from "zod";
import { defineAdapter, ignore, off, optional, text } from "../src/contract/adapter.ts";
import { hmac, prefixed } from "../src/contract/verify.ts";
import {
  collaboratorAdded,
  collaboratorRemoved,
  discussionAnswered,
  discussionStarted,
  issueOpened,
  issueReopened,
  organizationJoined,
  organizationLeft,
} from "../src/vocabulary/adapter.ts";
import { onAuthorizationRevoked, onInstallation, onMember, onMembership } from "./github/accounts.ts";
import * as community from "./github/community.ts";
import { envelopeOf, momentOf, ownerOf } from "./github/envelope.ts";
import { onCancelled, onChanged, onPending, onPurchased } from "./github/purchases.ts";
import { onSponsorship } from "./github/sponsorships.ts";

export default defineAdapter({
  id: "github",
  name: "GitHub",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Secret of the webhook or of the GitHub App's webhook: at least 16 random characters, chosen by you",
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
  // A webhook sends forms unless its Content type is set to JSON.
  format: ["json", { form: "payload" }],
  // `installation` lists all repositories of an organization. @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#installation
  bodyLimit: 5 * 1024 * 1024,
  people: "known",
  states: ["subscription"],
  options: z.strictObject({
    owner: z
      .string()
      .regex(/^[A-Za-z0-9-]{1,39}$/)
      .toLowerCase()
      .optional()
      .describe(
        "user or organization whose events are accepted, if one secret serves several; app installations and Marketplace plans name no owner and are then ignored",
      ),
  }),
  tenant: { option: "owner", required: false },
  webhook: z.object({
    // The delivery id is unsigned and unused; it is kept for debugging a dead letter.
    headers: z.object({ "x-github-event": text.pipe(z.string().min(1)), "x-github-delivery": optional(text) }),
    body: z.unknown(),
  }),
  events: ({ headers, body }, { bodyHash, receivedAt }) => {
    const facts = envelopeOf(body);
    const name = headers["x-github-event"];
    const type = facts.action ? `${name}.${facts.action}` : name;
    const tenant = ownerOf(facts);
    const event = { id: `${type}:${bodyHash}`, type, occurredAt: momentOf(facts) ?? receivedAt, test: false, data: body };
    return [tenant ? { ...event, tenant } : event];
  },
  handlers: {
    ping: ignore("a connection test"),

    "star.created": community.onStarred,
    "star.deleted": community.onUnstarred,
    "watch.started": ignore("covered by star.created"),
    fork: community.onForked,
    "issues.opened": community.onIssue(issueOpened),
    "issues.closed": community.onIssueClosed,
    "issues.reopened": community.onIssue(issueReopened),
    "issue_comment.created": community.onIssueCommented,
    "pull_request.opened": community.onPullRequestOpened,
    "pull_request.closed": community.onPullRequestClosed,
    "pull_request_review.submitted": off("mostly done by members of the project", community.onReviewed),
    "discussion.created": community.onDiscussion(discussionStarted),
    "discussion.answered": community.onDiscussion(discussionAnswered),
    "discussion_comment.created": community.onDiscussionCommented,
    push: off("one for every push to every branch", community.onPushed),

    "member.added": onMember(collaboratorAdded),
    "member.removed": onMember(collaboratorRemoved),
    "organization.member_added": onMembership(organizationJoined),
    "organization.member_removed": onMembership(organizationLeft),

    "sponsorship.created": onSponsorship("Sponsorship Started"),
    "sponsorship.tier_changed": onSponsorship("Sponsorship Changed"),
    "sponsorship.pending_tier_change": onSponsorship("Sponsorship Change Scheduled"),
    "sponsorship.pending_cancellation": onSponsorship("Sponsorship Cancellation Scheduled"),
    "sponsorship.cancelled": onSponsorship("Sponsorship Cancelled"),
    "sponsorship.edited": ignore("only its privacy changed"),

    "marketplace_purchase.purchased": onPurchased,
    "marketplace_purchase.changed": onChanged,
    "marketplace_purchase.cancelled": onCancelled,
    "marketplace_purchase.pending_change": onPending("Subscription Change Scheduled"),
    "marketplace_purchase.pending_change_cancelled": onPending("Subscription Change Withdrawn"),

    "installation.created": onInstallation("App Installed"),
    "installation.deleted": onInstallation("App Uninstalled"),
    "installation.suspend": onInstallation("App Suspended"),
    "installation.unsuspend": onInstallation("App Unsuspended"),
    "installation.new_permissions_accepted": onInstallation("App Permissions Accepted"),
    "github_app_authorization.revoked": onAuthorizationRevoked,
  },
  otherwise: ignore("about the project, not a person"),
});
