/**
 * Guesses which URL the sender may have signed.
 */
import type { SignedRequest } from "../contract/verify/verifier.ts";
import type { Finding } from "../ingest/diagnosis.ts";

const URL_PARTS = /^(https?):\/\/([^/?#:]+)(:\d+)?([^?#]*)(\?.*)?$/s;

/** A host in a header, with or without a port. */
const HOST = /^[\w.-]+(:\d+)?$/;

/** Other URLs that the sender may have signed, those with the fewest differences first. */
export function otherUrls({
  url,
  headers,
  pathToken,
}: SignedRequest): readonly { readonly finding: Finding; readonly url: string }[] {
  const [, scheme = "", host = "", port = "", path = "", query = ""] = URL_PARTS.exec(url) ?? [];
  if (host === "") return [];
  const named = [headers.get("x-forwarded-host"), headers.get("host")].filter((name) => name !== null && HOST.test(name));
  const authorities = new Set([host + port, host, `${host}:443`, `${host}:80`, ...named]);
  const paths = new Set([
    path,
    path.endsWith("/") ? path.slice(0, -1) : `${path}/`,
    ...(pathToken === null ? [] : [path.slice(0, path.lastIndexOf("/"))]),
  ]);
  const others = [...authorities].flatMap((authority) =>
    ["https", "http"].flatMap((otherScheme) =>
      [...paths].flatMap((otherPath) =>
        [...new Set([query, ""])].map((otherQuery) => ({
          url: `${otherScheme}://${authority}${otherPath}${otherQuery}`,
          differences: [
            otherScheme === scheme ? [] : ["scheme"],
            authority === host + port ? [] : ["host or port"],
            otherPath === path ? [] : ["path"],
            otherQuery === query ? [] : ["query"],
          ].flat(),
        })),
      ),
    ),
  );
  return others
    .filter(({ differences }) => differences.length > 0)
    .sort((one, other) => one.differences.length - other.differences.length)
    .map(({ url: otherUrl, differences }) => ({ url: otherUrl, finding: findingOf(differences) }));
}

function findingOf(differences: readonly string[]): Finding {
  return {
    cause: "url",
    advice: `The signed URL has another ${differences.join(" and ")}: set public_url to exactly the URL in the vendor's settings.`,
  };
}
