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
  return readdirSync(`/proc/${pid}/task`).reduce((sum, task) => sum + timeOfTask(pid, task), 0);
}

/** The same of its first thread alone, which runs the JavaScript of workerd. */
export function mainTime(pid: number): number {
  return timeOfTask(pid, String(pid));
}

function timeOfTask(pid: number, task: string): number {
  return Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]) / 1_000_000;
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
