/**
 * What every body says beside its own matter: when it happened, and whose project it was.
 */
import * as z from "zod";
import { each, isoTime, type Maybe, maybe, optional, unixSeconds } from "../../src/contract/adapter.ts";
import { account } from "./accounts.ts";

const { isoTime: time } = maybe;

const moment = optional(z.object(each(time, "created_at", "updated_at")));

/** What is read of every body. What cannot be read is left to the handler's own schema. */
const envelope = z.object({
  action: maybe.text,
  starred_at: time,
  review: optional(z.object({ submitted_at: time })),
  ...each(moment, "comment", "issue", "pull_request", "discussion", "forkee"),
  installation: optional(z.object({ updated_at: optional(z.union([unixSeconds, isoTime])) })),
  organization: optional(account),
  repository: optional(z.object({ owner: optional(account) })),
  sponsorship: optional(z.object({ sponsorable: optional(account) })),
});

/** What a body says of itself; nothing where it is no object. */
export function envelopeOf(body: unknown): Envelope {
  return envelope.parse(anything.safeParse(body).data ?? {});
}

const anything = z.looseObject({});

type Envelope = z.output<typeof envelope>;

/**
 * When it happened, ISO 8601 UTC, where the body tells. An installation that is deleted still says when it was last changed.
 * @see https://github.com/octokit/webhooks/blob/main/payload-examples/api.github.com/installation/deleted.payload.json
 */
export function momentOf(body: Envelope): Maybe<string> {
  const { comment, issue, pull_request, discussion, forkee } = body;
  const latest = comment ?? issue ?? pull_request ?? discussion ?? forkee;
  const installed = body.action === "deleted" ? null : body.installation?.updated_at;
  return body.starred_at ?? body.review?.submitted_at ?? latest?.updated_at ?? latest?.created_at ?? installed;
}

/** The login, lower case, of the user or organization whose project it was, where the body tells. */
export function ownerOf(body: Envelope): Maybe<string> {
  const owner = body.organization ?? body.repository?.owner ?? body.sponsorship?.sponsorable;
  return owner?.login.toLowerCase();
}
