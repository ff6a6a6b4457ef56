/**
 * `npx tributary event <id>`: what happened to one event, step by step.
 */
import { defineCommand } from "../command.ts";
import { detailsOf } from "../events/details.ts";
import { findByName } from "../events/name.ts";
import { fail } from "../exit-codes.ts";
import { askOperator, OPERATOR_ENVIRONMENT, OPERATOR_OPTIONS } from "../operator.ts";
import { print, printJson, terminalColumns } from "../printer.ts";

export const command = defineCommand({
  name: "event",
  group: "Operate it",
  summary: "Show what happened to one event, and what was sent for it",
  usage: { "<id> [--source S]": "The id is the vendor's own, as events and tail print it." },
  notes: [
    "It shows the state and its reason, who the event is about and by which rule, each step with its time, the webhook as it was kept, what the adapter makes of it, each call as it was sent, and the batch with its answers.",
  ],
  options: {
    source: { type: "string", value: "S", description: "Its source; needed only where several have this id." },
    webhook: { type: "string", value: "N", description: "Which one of its history: the number of its webhook." },
    ...OPERATOR_OPTIONS,
  },
  environment: OPERATOR_ENVIRONMENT,
  examples: {
    evt_1NG8Du2eZvKYlo2CUI79vXWy: "What happened to it?",
    "evt_1NG8Du2eZvKYlo2CUI79vXWy --json | jq .calls": "What Customer.io was told.",
  },
  run: async ({ values, positionals, misuse }) => {
    const [id, ...rest] = positionals;
    if (id === undefined || rest.length > 0) return misuse("Which event? It takes one id.");
    const found = await findByName(values, id, values.source ?? null);
    if (!found.ok) return fail(found.exit, found.problem);
    const webhook = values.webhook === undefined ? {} : { webhook: values.webhook };
    const answer = await askOperator(values, "events.show", { source: found.source, id, ...webhook });
    if (!answer.ok) return fail(answer.exit, answer.problem);
    if (values.json) printJson(answer.value);
    else for (const line of detailsOf(answer.value, terminalColumns())) print(line);
    return "ok";
  },
});
