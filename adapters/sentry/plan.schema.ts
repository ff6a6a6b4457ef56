/**
 * Sentry and the tracking plan.
 */
import { adapterPlan, event, family, text } from "../../src/vocabulary/adapter-plan.schema.ts";

/** Events that Sentry alone has. */
export const SENTRY = family("Sentry", "Errors that users of the company's own application met.", {
  "Application Error Met": event({
    when: "A user of the application met an error.",
    optional: {
      title: text("the error"),
      culprit: text("where it happened"),
      level: text("`error`, `fatal`, `warning` …"),
      environment: text("`production` …"),
      platform: text("language or platform"),
      release: text("release of the application"),
      issue_id: text("id of the issue"),
      url: text("page of the event at Sentry"),
      rule: text("name of the alert rule"),
    },
    example: { title: "TypeError: x is undefined", level: "error", environment: "production" },
  }),
});

export default adapterPlan({ families: [], own: SENTRY });
