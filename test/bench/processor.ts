/**
 * What a process has used of the machine.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";

/** Whether this system tells it exactly: only Linux does. */
export const TELLS_TIME = existsSync("/proc/self/schedstat");

/**
 * The processor's time of a process so far, in all its threads, milliseconds.
 * @throws where the system does not tell it
 * @see https://docs.kernel.org/scheduler/sched-stats.html
 */
export function processorTime(pid: number): number {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const nanoseconds = tasks.map((task) => Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]));
  return nanoseconds.reduce((sum, time) => sum + time, 0) / 1_000_000;
}
