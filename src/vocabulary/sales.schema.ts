/**
 * The tracking plan: deals and opportunities of a sales team.
 */
import { event, family } from "./definition.schema.ts";
import { amount, CURRENCY, text } from "./shapes.schema.ts";

const required = { deal_id: text("the vendor's id of the deal or opportunity") };

const optional = {
  deal_name: text("name of the deal"),
  pipeline: text("the vendor's id or name of the pipeline"),
  stage: text("the vendor's id or internal name of the stage; none where it was cleared"),
  stage_name: text("name of the stage, where the vendor tells it"),
  ...amount("value", "what the deal is worth"),
  ...CURRENCY,
};

const example = { deal_id: "1", stage: "qualified" };

/** Sales. */
export const SALES = family("Sales", "Deals and opportunities of a sales team with a person.", {
  "Deal Created": event({ when: "A deal was made.", required, optional, example }),
  "Deal Stage Changed": event({
    when: "A deal reached another stage of its pipeline.",
    required,
    optional: { ...optional, previous_stage: text("the stage before") },
    example,
  }),
  "Deal Won": event({ when: "A deal was won.", required, optional, example }),
  "Deal Lost": event({
    when: "A deal was lost.",
    required,
    optional: { ...optional, reason: text("why, in the words of the sales team") },
    example,
  }),
});
