/**
 * GitLab: issues, merge requests, comments and members of projects and groups.
 *
 * The person is the author of an issue or a merge request, whoever changes it. The body says its own type, so no header is read.
 *
 * @see https://docs.gitlab.com/user/project/integrations/webhook_events/
 */
import * as z from "zod";
import { decisive, defineAdapter, ignore, ignoring, off, text } from "../src/contract/adapter.ts";
import { standardWebhooks, token } from "../src/contract/verify.ts";
import {
  collaboratorAdded,
  collaboratorRemoved,
  issueClosed,
  issueOpened,
  issueReopened,
  organizationJoined,
  organizationLeft,
  pullRequestClosed,
  pullRequestMerged,
  pullRequestOpened,
} from "../src/vocabulary/adapter.ts";
import { onApproved, onCollaborator, onMember, onNote, onPushed, onTopic, time } from "./gitlab/project.ts";

// @see https://gitlab.com/gitlab-org/gitlab/-/merge_requests/230944
const VERIFIERS = { signature: standardWebhooks({ prefix: "webhook-" }), token: token({ header: "x-gitlab-token" }) };

const body = z.looseObject({
  object_kind: decisive(text),
  event_name: decisive(text),
  created_at: time,
  object_attributes: decisive(z.looseObject({ action: decisive(text), created_at: time, updated_at: time })),
});

export default defineAdapter({
  id: "gitlab",
  name: "GitLab",
  secret: {
    format: /^[\x21-\x7e]{16,}$/,
    hint: "Signing token of the webhook (whsec_…); with the option authentication, its secret token",
    demo: "whsec_dHJpYnV0YXJ5X2RlbW9fZ2l0bGFiX3NlY3JldF8wMTIz",
  },
  options: z.strictObject({
    authentication: z
      .enum(["signature", "token"])
      .default("signature")
      .describe("`signature`: the webhook has a signing token; `token`: it has a secret token alone, sent as X-Gitlab-Token"),
  }),
  verify: ({ authentication }) => VERIFIERS[authentication],
  people: "known",
  webhook: z.object({ body }),
  events: ({ body: { object_kind, event_name, created_at, object_attributes: of, ...rest } }, { bodyHash, receivedAt }) => {
    const kind = object_kind ?? event_name ?? "unknown";
    const action = of?.action ?? (kind === "note" ? "create" : null);
    const type = action ? `${kind}.${action}` : kind;
    const isRemoval = kind.startsWith("user_remove");
    const occurredAt = of?.updated_at ?? of?.created_at ?? (isRemoval ? null : created_at) ?? receivedAt;
    return [{ id: `${type}:${bodyHash}`, type, occurredAt, test: false, data: { ...rest, object_attributes: of } }];
  },
  givesUp: { failures: 4 },
  handlers: {
    "issue.open": onTopic(issueOpened),
    "issue.close": onTopic(issueClosed),
    "issue.reopen": onTopic(issueReopened),
    "merge_request.open": onTopic(pullRequestOpened),
    "merge_request.merge": onTopic(pullRequestMerged),
    "merge_request.close": onTopic(pullRequestClosed),
    "merge_request.approved": onApproved,
    "merge_request.approval": onApproved,
    "note.create": onNote,
    push: off("one for every push to every branch", onPushed),
    user_add_to_group: onMember(organizationJoined),
    user_remove_from_group: onMember(organizationLeft),
    // System hooks of a GitLab of one's own.
    user_add_to_team: onCollaborator(collaboratorAdded),
    user_remove_from_team: onCollaborator(collaboratorRemoved),
    ...ignoring("says nothing new of the person", "issue.update merge_request.update merge_request.reopen note.update"),
    ...ignoring("an approval that was taken back", "merge_request.unapproved merge_request.unapproval"),
  },
  otherwise: ignore("about the project, not a person"),
});
