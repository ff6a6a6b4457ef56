/**
 * How Twilio signs: a form by its values behind the URL, JSON by its hash at the end of the URL, which is then signed alone.
 */
import { bare, byFormat, either, hmac } from "../../src/contract/verify.ts";

/** The end of the text that Twilio signs for JSON. */
const SIGNED_JSON = /bodySHA256=[0-9a-f]{64}$/;

const scheme = {
  hash: "SHA-1",
  header: "x-twilio-signature",
  encoding: "base64",
  covers: "body",
  layout: bare(),
} as const;

/** The beginning of the URL: with its port, which may be empty, or without. */
type UrlOf = (scheme: string, host: string, port: string) => string;

function urlWith(urlOf: UrlOf, url: string | null): string | null {
  return url?.replace(/^(https?):\/\/([^/?#:]+)(:\d+)?/, (_, protocol, host, port) => urlOf(protocol, host, port ?? "")) ?? null;
}

/**
 * Nothing stands between the URL and the values, so that one text could be cut in several ways: what is signed of JSON ends with its hash, and
 * what ends so is no form, whatever it is cut into.
 */
function signedOver(urlOf: UrlOf) {
  return byFormat({
    form: hmac({
      ...scheme,
      format: "form",
      message: ({ url, sortedForm }) => {
        const fields = sortedForm();
        const text = `${urlWith(urlOf, url) ?? ""}${fields ?? ""}`;
        return [url === null || fields === null || SIGNED_JSON.test(text) ? null : text];
      },
    }),
    json: hmac({ ...scheme, bodyHash: { query: "bodySHA256" }, message: ({ url }) => [urlWith(urlOf, url)] }),
  });
}

/**
 * Some of Twilio's products sign the URL with its port and some without, whatever it was given: its own libraries try both.
 * @see https://www.twilio.com/docs/usage/webhooks/webhooks-security
 * @see https://github.com/twilio/twilio-node/blob/main/src/webhooks/webhooks.ts
 * @see https://github.com/twilio/twilio-node/issues/411
 */
export const signature = either(
  signedOver((protocol, host) => `${protocol}://${host}`),
  signedOver((protocol, host, port) => `${protocol}://${host}${port || (protocol === "https" ? ":443" : ":80")}`),
);
