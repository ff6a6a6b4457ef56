/**
 * Discord and the tracking plan. An entitlement says what a user may use, not what they pay: it is no subscription of the plan's.
 */
import { adapterPlan, event, family, flag, text, texts, time } from "../../src/vocabulary/adapter-plan.schema.ts";

const entitlement = {
  entitlement_id: text("id of the entitlement"),
  sku_id: text("id of what it is for"),
  kind: text("where it comes from: `purchase`, `application_subscription`, `user_gift` …"),
  server_id: text("id of the server that it is for"),
  starts_at: time("time from which it can be used"),
  ends_at: time("time until which it can be used"),
  consumed: flag("whether it was used up"),
};

const example = { entitlement_id: "1", sku_id: "2", kind: "purchase", consumed: false };

/** Events that Discord alone has. */
export const DISCORD = family("Discord", "Events that Discord alone has.", {
  "App Authorized": event({
    when: "A user authorized the app, for themselves or a server.",
    optional: {
      installed_to: text("`server` or `user`"),
      scopes: texts("scopes that they granted"),
      server_id: text("id of the server"),
      server_name: text("name of the server"),
    },
    example: { installed_to: "user", scopes: ["identify"] },
  }),
  "App Deauthorized": event({ when: "A user revoked the app's authorization.", example: {} }),
  "Entitlement Granted": event({ when: "A user got an entitlement, bought or given.", optional: entitlement, example }),
  "Entitlement Updated": event({ when: "An entitlement changed: a subscription will end, say.", optional: entitlement, example }),
  "Entitlement Removed": event({
    when: "An entitlement was removed: refunded, or by Discord. That one has ended is told by no webhook.",
    optional: entitlement,
    example,
  }),
});

export default adapterPlan({ families: [], own: DISCORD });
