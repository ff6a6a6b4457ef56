/**
 * How Intercom's API is asked for its past.
 *
 * @see https://developers.intercom.com/docs/build-an-integration/learn-more/rest-apis/pagination
 */
import type { Credentials, HistoryRequest, Span } from "../../src/contract/history.ts";

/** By region. */
export const HOSTS = { us: "api.intercom.io", eu: "api.eu.intercom.io", au: "api.au.intercom.io" } as const;

/** Intercom's maximum. */
export const AT_ONCE = 150;

/** Seconds. */
const DAY = 86_400;

/** The host of the region. */
export function hostOf({ INTERCOM_REGION }: Credentials): string {
  return INTERCOM_REGION === "eu" || INTERCOM_REGION === "au" ? HOSTS[INTERCOM_REGION] : HOSTS.us;
}

/** What every request has. */
export function headersOf({ INTERCOM_ACCESS_TOKEN }: Credentials) {
  return { authorization: `Bearer ${INTERCOM_ACCESS_TOKEN}`, accept: "application/json", "intercom-version": "2.11" };
}

/** The searches know days, not hours: more is asked for, and what is outside of the span is left out. */
export function search(
  path: string,
  field: string,
  { from, until }: Span,
  after: string | null,
  given: Credentials,
): HistoryRequest {
  return {
    host: hostOf(given),
    path,
    headers: headersOf(given),
    body: {
      query: {
        operator: "AND",
        value: [
          { field, operator: ">", value: Math.floor(Date.parse(from) / 1000) - DAY },
          { field, operator: "<", value: Math.ceil(Date.parse(until) / 1000) + DAY },
        ],
      },
      pagination: { per_page: AT_ONCE, ...(after === null ? {} : { starting_after: after }) },
    },
  };
}
