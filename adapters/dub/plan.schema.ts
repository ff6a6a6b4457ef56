/**
 * Dub and the tracking plan.
 */
import { ATTRIBUTION, adapterPlan, amount, CURRENCY, event, family, text } from "../../src/vocabulary/adapter-plan.schema.ts";

const about = {
  event_name: text("the company's name of the event"),
  link_id: text("Dub's id of the link"),
  short_link: text("the short link"),
  click_id_of_link: text("Dub's id of the click"),
  partner_id: text("Dub's id of the partner whose link it is"),
  partner_name: text("name of that partner"),
  ...ATTRIBUTION,
};

const example = { event_name: "Sign up", link_id: "link_1", short_link: "https://dub.sh/a", partner_name: "Example Partner" };

/** Events that Dub alone has. */
export const DUB = family("Dub", "Events that Dub alone has.", {
  "Link Lead Recorded": event({ when: "Who clicked a short link became a lead.", optional: about, example }),
  "Link Sale Recorded": event({
    when: "Who clicked a short link paid. The money itself is told by the vendor that took it.",
    optional: {
      ...about,
      ...amount("value", "what was paid"),
      ...CURRENCY,
      payment_processor: text("who took the money, in Dub's words"),
      invoice_id: text("id of the invoice or payment there"),
    },
    example: { ...example, value: 49, value_minor: 4900, currency: "USD", payment_processor: "stripe" },
  }),
});

export default adapterPlan({ families: [], lacks: {}, own: DUB });
