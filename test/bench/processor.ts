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

/** What a process holds in memory, megabytes, where the system tells it. @see https://man7.org/linux/man-pages/man5/proc_pid_status.5.html */
export function memoryOf(pid: number): number {
  try {
    const [, kibibytes = ""] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return (Number(kibibytes) * 1_024) / 1_000_000;
  } catch {
    return Number.NaN;
  }
}
