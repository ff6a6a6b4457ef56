/**
 * The deliveries of a GitHub webhook: for three days GitHub keeps what it sent, and how it was answered.
 *
 * @see https://docs.github.com/en/rest/repos/webhooks#list-deliveries-for-a-repository-webhook
 */
import * as z from "zod";
import { id, isoTime, text } from "../../src/contract/adapter.ts";
import { type Credentials, type History, type HistoryPage, nextLink } from "../../src/contract/history.ts";

const HOST = "api.github.com";

const deliveries = z.array(z.object({ id, delivered_at: isoTime, status_code: z.int() }));

const delivery = z.object({
  guid: text,
  event: text,
  delivered_at: isoTime,
  request: z.object({ payload: z.looseObject({}) }),
});

function headersOf({ GITHUB_TOKEN }: Credentials) {
  return {
    authorization: `Bearer ${GITHUB_TOKEN}`,
    accept: "application/vnd.github+json",
    "user-agent": "tributary",
    "x-github-api-version": "2022-11-28",
  };
}

export default {
  hosts: [HOST],
  credentials: {
    GITHUB_TOKEN: {
      hint: "a token that may read webhooks (repository hooks: read)",
      format: /^[\x21-\x7e]{16,}$/,
      isSecret: true,
    },
    GITHUB_HOOK: {
      hint: "the webhook: repos/<owner>/<repository>/hooks/<number>, or orgs/<organization>/hooks/<number>",
      format: /^(repos\/[\w.-]+\/[\w.-]+|orgs\/[\w.-]+)\/hooks\/\d+$/,
      isSecret: false,
    },
  },
  // 5,000 an hour. @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
  pace: { requests: 1, seconds: 1 },
  people: [],
  past: [],
  events: {
    name: "deliveries",
    days: 3,
    request: (_span, cursor, given) => ({
      host: HOST,
      path: `/${given.GITHUB_HOOK}/deliveries?per_page=100${cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
      headers: headersOf(given),
    }),
    // Newest first. What was answered with success was kept.
    read: ({ body, headers }, { from, until }): HistoryPage | null => {
      const found = deliveries.safeParse(body).data;
      if (!found) return null;
      const missed = found.filter(
        ({ delivered_at: at, status_code: status }) => at >= from && at < until && (status < 200 || status > 299),
      );
      const isOver = found.some(({ delivered_at: at }) => at < from);
      return {
        webhooks: [],
        records: missed.map((one) => one.id),
        next: isOver ? null : (nextLink(headers.get("link"))?.searchParams.get("cursor") ?? null),
      };
    },
    record: {
      request: (name, given) => ({
        host: HOST,
        path: `/${given.GITHUB_HOOK}/deliveries/${encodeURIComponent(name)}`,
        headers: headersOf(given),
      }),
      read: ({ body }) => {
        const found = delivery.safeParse(body).data;
        if (!found) return null;
        const headers = { "x-github-event": found.event, "x-github-delivery": found.guid };
        return [{ at: found.delivered_at, headers, body: found.request.payload }];
      },
    },
  },
  notes: {
    ids: "Made of the body, as those of GitHub's webhooks. Only deliveries that were not answered with success are read; one that was kept although GitHub did not get the answer has the same id, as long as GitHub writes its body as it sent it.",
    lacks: "There is no `backfill`. Deliveries are kept for three days.",
  },
} satisfies History;
