/**
 * Ends other processes once this one is gone, however it went: also where it was killed and could do nothing more.
 */
import { type ChildProcess, spawn } from "node:child_process";

/** Reads lists of process ids, one a line; when its input ends, kills what the last one names. */
const GUARD = `
let pids = [];
require("node:readline").createInterface({ input: process.stdin })
  .on("line", (line) => { pids = JSON.parse(line); })
  .on("close", () => { for (const pid of pids) try { process.kill(pid, "SIGKILL"); } catch {} });
`;

const guarded = new Set<number>();
let tell: ((line: string) => void) | undefined;

/** Makes a process end with this one. */
export function endWithUs(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  tell ??= startGuard();
  guarded.add(pid);
  tell(JSON.stringify([...guarded]));
  child.on("exit", () => {
    guarded.delete(pid);
    tell?.(JSON.stringify([...guarded]));
  });
}

function startGuard(): (line: string) => void {
  // Detached: what is sent to our process group must not end the guard before us.
  const guard = spawn(process.execPath, ["-e", GUARD], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  guard.unref();
  const { stdin } = guard;
  if ("unref" in stdin && typeof stdin.unref === "function") stdin.unref();
  return (line) => stdin.write(`${line}\n`);
}
