/**
 * Fields that all bodies share: the time and the owner of the project.
 */
import * as z from "zod";
import { anyObject, each, isoTime, type Maybe, maybe, optional, unixSeconds } from "../../src/contract/adapter.ts";
import { account } from "./accounts.ts";

const { isoTime: time } = maybe;

const moment = optional(z.object(each(time, "created_at", "updated_at")));

/** Fields read from every body. Malformed ones are left to the handler's schema. */
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

/** The shared fields of a body; empty if it is not an object. */
export function envelopeOf(body: unknown): Envelope {
  return envelope.parse(anyObject.safeParse(body).data ?? {});
}

type Envelope = z.output<typeof envelope>;

/**
 * The time of the event, ISO 8601 UTC, if the body has one. A deleted installation has the time of its last change.
 * @see https://github.com/octokit/webhooks/blob/main/payload-examples/api.github.com/installation/deleted.payload.json
 */
export function momentOf(body: Envelope): Maybe<string> {
  const { comment, issue, pull_request, discussion, forkee } = body;
  const latest = comment ?? issue ?? pull_request ?? discussion ?? forkee;
  const installed = body.action === "deleted" ? null : body.installation?.updated_at;
  return body.starred_at ?? body.review?.submitted_at ?? latest?.updated_at ?? latest?.created_at ?? installed;
}

/** Login of the project's owner, lower case, if the body has it. */
export function ownerOf(body: Envelope): Maybe<string> {
  const owner = body.organization ?? body.repository?.owner ?? body.sponsorship?.sponsorable;
  return owner?.login.toLowerCase();
}
