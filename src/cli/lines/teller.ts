/**
 * Tells a person what the Worker and the sandbox of a local run write to their logs.
 */
import { accountKeyName } from "../../secret-names.ts";
import { demoAccounts, type LocalAccounts } from "../accounts.ts";
import type { Role } from "../local.ts";
import { print, printParts, terminalColumns } from "../printer.ts";
import { localSecrets } from "../secrets.ts";
import { createLayout, type Line } from "./line.ts";
import { linesOfSandbox } from "./sandbox-log.ts";
import { createLogReader } from "./worker-log.ts";

/** Makes one. @param accounts those that are served now */
export function createTeller(accounts: () => LocalAccounts): (role: Role, text: string) => void {
  const log = createLogReader(new Set(Object.keys(demoAccounts())));
  const layout = createLayout(terminalColumns);
  const tell = (line: Line): void => {
    for (const row of layout(line)) printParts(row);
  };
  const accountOf = (key: string): string | undefined => {
    const read = accounts();
    const secrets = localSecrets();
    return Object.keys(read.ok ? read.accounts : {}).find((name) => key !== "" && secrets[accountKeyName(name)] === key);
  };
  return (role, text) => {
    const at = Date.now();
    if (role === "sandbox") {
      const lines = linesOfSandbox(text, at, accountOf);
      if (lines === null) print(`sandbox: ${text}`);
      else lines.forEach(tell);
      return;
    }
    const line = log.read(text, at);
    if (typeof line === "string") print(line);
    else if (line !== null) tell(line);
  };
}
