/**
 * What Amazon SNS wraps around an event: its signature, and the confirmation of a subscription.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
 */
import * as z from "zod";
import { decisive, jsonText, list, maybe, optional, text } from "../../src/contract/adapter.ts";
import { bare, type Verifier } from "../../src/contract/verify.ts";
import { asymmetric } from "../../src/contract/verify-public-key.ts";

/** Regions with SNS; those in China are under another domain. @see https://docs.aws.amazon.com/general/latest/gr/sns.html */
const REGIONS = `us-east-1 us-east-2 us-west-1 us-west-2 af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3
  ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7
  ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1
  me-central-1 me-south-1 mx-central-1 sa-east-1 us-gov-east-1 us-gov-west-1 cn-north-1 cn-northwest-1`;

const hosts = REGIONS.split(/\s+/).map((region) => `sns.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`);

/** The address that confirms a subscription. Only the schema of a signed message reads it. */
export const CONFIRMATION_URL =
  /^https:\/\/sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\/\?Action=ConfirmSubscription&[\w=&:.%~-]{1,1000}$/;

/** The verifier of a version of signatures. The topic's ARN is the secret: a message of any other topic does not fit its signature. */
export function verifierOf(version: "1" | "2", demo: string): Verifier {
  return asymmetric({
    algorithm: version === "1" ? "RS1" : "RS256",
    field: "Signature",
    encoding: "base64",
    covers: "body",
    layout: bare(),
    timestamp: { field: "Timestamp" },
    unit: "iso",
    // SNS tries again within hours and keeps the time of publication.
    tolerance: 25 * 60 * 60,
    // A field that is not there is not signed. What is not listed here is never read.
    message: ({ content, timestamp, secret }) => {
      const line = (name: string, value = content(name)) => (value === null ? "" : `${name}\n${value}\n`);
      const fields = content("Type") === "Notification" ? ["Subject"] : ["SubscribeURL"];
      const token = content("Type") === "Notification" ? "" : line("Token");
      return [
        ...["Message", "MessageId", ...fields].map((name) => line(name)),
        line("Timestamp", timestamp),
        token,
        line("TopicArn", secret),
        line("Type"),
      ];
    },
    certificate: {
      url: { field: "SigningCertURL" },
      hosts,
      path: /^\/SimpleNotificationService-[0-9a-f]{32}\.pem$/,
      commonName: /^sns(-signing)?\.([a-z0-9-]+\.)?amazonaws\.com(\.cn)?$/,
      demo,
    },
  });
}

const part = optional(z.looseObject({ timestamp: maybe.isoTime }));

/** An event of SES, as far as it is the same for all types. */
const notification = z
  .looseObject({
    // Event publishing and the older notifications of an identity name it differently.
    eventType: decisive(text),
    notificationType: decisive(text),
    mail: optional(z.looseObject({ destination: optional(list(text)) })),
    ...{ bounce: part, complaint: part, delivery: part, deliveryDelay: part, open: part, click: part, subscription: part },
  })
  .transform((event) => {
    const { bounce, complaint, delivery, deliveryDelay, open, click, subscription } = event;
    const details = bounce ?? complaint ?? delivery ?? deliveryDelay ?? open ?? click ?? subscription;
    return { ...event, type: event.eventType ?? event.notificationType, at: details?.timestamp };
  });

/** The event of SES in a message; `null` where SNS speaks for itself. */
export function notificationOf(message: string | null | undefined): z.output<typeof notification> | null {
  return jsonText.pipe(notification).safeParse(message).data ?? null;
}
