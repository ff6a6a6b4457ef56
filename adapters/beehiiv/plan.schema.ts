/**
 * beehiiv and the tracking plan.
 */
import { adapterPlan, because, event, family, SENDS_EMAIL_ONLY, text, texts } from "../../src/vocabulary/adapter-plan.schema.ts";

const optional = {
  newsletter_tier: text("`free` or `premium`"),
  premium_tiers: texts("names of the paid tiers"),
};

const example = { newsletter_tier: "premium", premium_tiers: ["Pro"] };

/** Events that beehiiv alone has. */
export const BEEHIIV = family("beehiiv", "Events that beehiiv alone has. What was paid is told by the vendor that took it.", {
  "Newsletter Upgraded": event({ when: "A reader's subscription became a paid one, or a better one.", optional, example }),
  "Newsletter Downgraded": event({
    when: "A reader's subscription became a lesser one, or a free one.",
    optional,
    example: { newsletter_tier: "free" },
  }),
  "Newsletter Paused": event({ when: "A reader paused the newsletter.", optional, example }),
  "Newsletter Resumed": event({ when: "A reader's pause ended.", optional, example }),
});

export default adapterPlan({
  families: ["engagement"],
  lacks: {
    ...SENDS_EMAIL_ONLY,
    ...because(
      "webhooks are about subscriptions, not about single e-mails",
      "Email Delivered",
      "Email Opened",
      "Email Link Clicked",
      "Email Bounced",
      "Email Marked as Spam",
      "Email Dropped",
      "Email Deferred",
    ),
  },
  own: BEEHIIV,
});
