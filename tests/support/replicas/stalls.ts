/** Writes down when a process stood still, for want of a processor or because it was stopped: what it then sees late is no fault. */
import type { Journal } from "./journal.ts";
import { machineMs } from "./machine-time.ts";

const LOOK_MS = 20;
const STALL_MS = 60;

/** Returns what ends the watch; it keeps no process alive. */
export function watchStalls(process: string, journal: Journal): () => void {
  let lookedAt = machineMs();
  const timer = setInterval(() => {
    const now = machineMs();
    if (now - lookedAt > STALL_MS) journal.write(process, { what: "stalled", fromAt: lookedAt }, now);
    lookedAt = now;
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
