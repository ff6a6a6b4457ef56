/**
 * SendGrid and the tracking plan.
 */
import { adapterPlan, event, family, SENDS_EMAIL_ONLY, text, texts } from "../../src/vocabulary/adapter-plan.schema.ts";

/** Events that SendGrid alone has. */
export const SENDGRID = family("SendGrid", "Events that SendGrid alone has.", {
  "Email Resubscribed": event({
    when: "A person subscribed to an unsubscribe group again.",
    optional: {
      email_id: text("id of the e-mail that led there"),
      campaign_id: text("id of its campaign"),
      campaign_name: text("name of its campaign"),
      template_id: text("id of its template"),
      template_name: text("name of its template"),
      tags: texts("its categories"),
      topic: text("id of the unsubscribe group"),
    },
    example: { email_id: "e_1", topic: "12345" },
  }),
});

export default adapterPlan({
  families: ["engagement"],
  lacks: { ...SENDS_EMAIL_ONLY, "Email Subscribed": "tells only of unsubscribe groups: Email Resubscribed" },
  own: SENDGRID,
});
