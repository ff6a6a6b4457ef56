/**
 * Amazon SES: deliveries, bounces, opens and clicks of e-mail, complaints and subscriptions, as Amazon SNS brings them.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
 */
import * as z from "zod";
import {
  answerText,
  decisive,
  defineAdapter,
  handshake,
  id,
  ignore,
  isoTime,
  maybe,
  off,
  on,
  optional,
  text,
} from "../src/contract/adapter.ts";
import {
  clickedEmail,
  complainedEmail,
  deferredEmail,
  deliveredEmail,
  droppedEmail,
  openedEmail,
} from "../src/vocabulary/adapter.ts";
import { bounced, forEach, mail, onSubscription, toOne } from "./amazon-ses/emails.ts";
import { CONFIRMATION_URL, notificationOf, verifierOf } from "./amazon-ses/sns.ts";

const demo = "arn:aws:sns:us-east-1:000000000000:tributary_demo_ses";

const options = z.strictObject({
  signature_version: z
    .enum(["2", "1"])
    .default("2")
    .describe(
      "SignatureVersion of the topic: `2` signs with SHA-256 and must be set at the topic; `1` is Amazon's default and signs with SHA-1",
    ),
});

/** Recipients of Amazon's mailbox simulator. */
const SIMULATOR = /@simulator\.amazonses\.com$/i;

export default defineAdapter({
  id: "amazon-ses",
  name: "Amazon SES",
  secret: {
    format: /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/,
    hint: "ARN of the SNS topic; every signature covers it",
    demo,
  },
  verify: ({ signature_version }) => verifierOf(signature_version, demo),
  options,
  handshakes: [
    handshake({
      proof: "signed",
      method: "POST",
      request: z.object({
        body: z.object({ Type: z.literal("SubscriptionConfirmation"), SubscribeURL: z.string().regex(CONFIRMATION_URL) }),
      }),
      answer: async ({ body }, { visit }) =>
        (await visit(body.SubscribeURL)) ? answerText("confirmed") : answerText("could not be confirmed now", 503),
    }),
  ],
  people: "known",
  states: ["email"],
  webhook: z.object({
    body: z.object({ Type: decisive(text), MessageId: id, Timestamp: optional(isoTime), Message: maybe.text }),
  }),
  events: ({ body }, { receivedAt }) => {
    const data = body.Type === "Notification" ? notificationOf(body.Message) : null;
    return [
      {
        id: body.MessageId,
        type: data?.type ?? `SNS ${body.Type}`,
        occurredAt: data?.at ?? body.Timestamp ?? receivedAt,
        test: data?.mail?.destination?.some((to) => SIMULATOR.test(to)) === true,
        data,
      },
    ];
  },
  handlers: {
    Delivery: off(
      "one for every sent message",
      on(mail, (m, context) => forEach(m, m.delivery?.recipients, context, deliveredEmail)),
    ),
    DeliveryDelay: on(mail, (m, context) =>
      forEach(m, m.deliveryDelay?.delayedRecipients, context, (email, { diagnosticCode, status }) =>
        deferredEmail(email, {
          bounce_reason: diagnosticCode,
          bounce_code: status,
          bounce_kind_raw: m.deliveryDelay?.delayType,
        }),
      ),
    ),
    Bounce: on(mail, (m, context) =>
      forEach(m, m.bounce?.bouncedRecipients, context, (email, recipient) => bounced(email, m, recipient)),
    ),
    // Amazon lists everyone at the provider who may have complained.
    Complaint: on(mail, (m, context) =>
      m.complaint?.complainedRecipients.length === 1
        ? forEach(m, m.complaint.complainedRecipients, context, complainedEmail)
        : ignore("a complaint of one of several people: does not say of which"),
    ),
    Open: on(mail, (m, context) =>
      toOne(m, context, (email) => openedEmail(email, { ip: m.open?.ipAddress, user_agent: m.open?.userAgent })),
    ),
    Click: on(mail, (m, context) =>
      toOne(m, context, (email) =>
        clickedEmail(email, { ip: m.click?.ipAddress, user_agent: m.click?.userAgent, link_url: m.click?.link }),
      ),
    ),
    Reject: on(mail, (m, context) =>
      toOne(m, context, (email) => droppedEmail(email, { bounce_reason: m.reject?.reason, bounce_kind_raw: "Reject" })),
    ),
    "Rendering Failure": on(mail, (m, context) =>
      toOne(m, context, (email) =>
        droppedEmail(email, { bounce_reason: m.failure?.errorMessage, bounce_kind_raw: "Rendering Failure" }),
      ),
    ),
    Subscription: onSubscription,
    Send: ignore("an intermediate step of sending"),
    Received: ignore("an incoming message"),
  },
  otherwise: ignore("a message of SNS itself"),
});
