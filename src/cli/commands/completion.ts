/**
 * `npx tributary completion bash|zsh|fish`: lets a shell complete commands, options, sources, events and profiles.
 */

import { defineCommand } from "../command.ts";
import { completionScript, FILES } from "../completion/scripts.ts";
import { SHELLS, suggest } from "../completion/suggest.ts";
import { didYouMean } from "../nearest.ts";
import { print } from "../printer.ts";
import { inProject } from "../project.ts";

/** What a line asks of the directory of the Worker that it names, with the answers that are known. */
function directoryOf(answers: ReadonlyMap<string | null, readonly string[]>, asked: Set<string | null>) {
  const answerTo = (account: string | null): readonly string[] => {
    asked.add(account);
    return answers.get(account) ?? [];
  };
  return { directoryAccounts: () => answerTo(null), directorySources: answerTo };
}

export const command = defineCommand({
  name: "completion",
  group: "Operate it",
  summary: "Let your shell complete commands, options, sources and events",
  usage: {
    "bash|zsh|fish": "Prints what the shell is to read when it starts.",
    "suggest -- <words>…": "What may stand at the end of a line: the shell asks for it.",
  },
  notes: ["What it prints also makes a command tributary, where there is none: the same as npx tributary, from any folder."],
  options: {},
  examples: {
    bash: "In ~/.bashrc: source <(npx --prefix <project> tributary completion bash)",
    zsh: "In ~/.zshrc, after compinit: source <(npx --prefix <project> tributary completion zsh)",
    fish: "In ~/.config/fish/config.fish: npx --prefix <project> tributary completion fish | source",
  },
  run: async ({ positionals, loadCommands, misuse }) => {
    const [action, ...words] = positionals;
    if (action === "suggest") {
      const { known } = await import("../completion/known.ts");
      const commands = await loadCommands();
      const asked = new Set<string | null>();
      let found = suggest(words, commands, { ...known, ...directoryOf(new Map(), asked) });
      // A Worker is only asked where its accounts, or their sources, may stand.
      if (asked.size > 0) {
        const { directoryAccounts, directorySources } = await import("../completion/directory-accounts.ts");
        const answers = new Map<string | null, readonly string[]>();
        for (const account of asked)
          answers.set(account, await (account === null ? directoryAccounts(words) : directorySources(words, account)));
        found = suggest(words, commands, { ...known, ...directoryOf(answers, asked) });
      }
      if (found === "files") print(FILES);
      else if (found.length > 0) print(found.map(({ value, text }) => (text === "" ? value : `${value}\t${text}`)).join("\n"));
      return "ok";
    }
    const shell = SHELLS.find((one) => one === action);
    if (shell === undefined || words.length > 0)
      return misuse(
        action === undefined ? "Which shell?" : `There is no script for ${positionals.join(" ")}.${didYouMean(action, SHELLS)}`,
      );
    print(completionScript(shell, { node: process.execPath, main: inProject("src/cli/main.mjs") }));
    return "ok";
  },
});
