/**
 * `npx tributary alert --test`: whether alerts arrive.
 */
import { defineCommand } from "../command.ts";
import { fail } from "../exit-codes.ts";
import { askOperator, OPERATOR_ENVIRONMENT, OPERATOR_OPTIONS } from "../operator.ts";
import { print, printJson } from "../printer.ts";

export const command = defineCommand({
  name: "alert",
  group: "Operate it",
  summary: "Show which alerts are open, or try whether they arrive",
  usage: {
    "": "The alerts that are open, and how many messages wait.",
    "--test": "Sends a test message to the webhook that the account's alerts go to.",
  },
  notes: ["docs/alerts.md says what there are alerts about, and how a receiver checks their signature."],
  options: {
    test: { type: "boolean", default: false, description: "Send a test message, and print what was answered." },
    ...OPERATOR_OPTIONS,
  },
  environment: OPERATOR_ENVIRONMENT,
  examples: { "--test": "Does it arrive?", "--profile us": "What is wrong with a deployed account?" },
  run: async ({ values, positionals, misuse }) => {
    if (positionals.length > 0) return misuse("It takes no arguments.");
    if (values.test) {
      const answer = await askOperator(values, "alerts.test", {});
      if (!answer.ok) return fail(answer.exit, answer.problem);
      if (values.json) printJson(answer.value);
      else print(answer.value.taken ? `It arrived: ${answer.value.answer}.` : `It did not arrive: ${answer.value.answer}.`);
      return answer.value.taken ? "ok" : "failed";
    }
    const answer = await askOperator(values, "health", {});
    if (!answer.ok) return fail(answer.exit, answer.problem);
    const { alerts } = answer.value;
    if (values.json) printJson(alerts);
    else {
      if (!alerts.on) print("The account sends no alerts: it has no usable option alerts. See docs/alerts.md.");
      for (const { kind, source, since } of alerts.open)
        print(`${new Date(since).toISOString()}  ${kind}${source === null ? "" : `  ${source}`}`);
      if (alerts.on && alerts.open.length === 0) print("No alert is open.");
      if (alerts.unsent > 0) print(`Messages that wait: ${alerts.unsent}.`);
    }
    return "ok";
  },
});
