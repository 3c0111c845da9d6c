/** What a process has taken of the machine, as Linux counts it: all its threads, in ticks of ten milliseconds. */
import { readFileSync } from "node:fs";

const TICK_US = 10_000;

/** User and system time since it began, microseconds. */
export function cpuUs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  // proc(5): the 14th and 15th of all, of which the name and the number before it are gone.
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}

/** What of it is in memory. */
export function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  if (kilobytes === undefined) throw new Error(`/proc/${pid}/status names no VmRSS`);
  return Number(kilobytes) * 1_024;
}
