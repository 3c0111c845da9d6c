/** What people do to a record by hand. Each is one event of the record, told with who did it and why. */
import type { RecordUser } from "./announcer.ts";
import type { Machine } from "./machine.ts";
import type { OperatorWord } from "./shared-side.ts";
import type { Override } from "./state.ts";

/**
 * The same for all replicas, where the record is shared. False when the store did not take it: then only this process is
 * told, as if it were alone.
 */
export async function operateShared(machine: Machine, word: OperatorWord, nowMs: number): Promise<boolean> {
  if (machine.shared === null || !(await machine.shared.operate(word))) return false;
  if (word.type === "override") {
    const untilMs = word.forMs === null ? null : nowMs + word.forMs;
    machine.announce.override(word.mode, word.by, word.reason, untilMs, nowMs);
  } else machine.announce.override(word.type, word.by, word.reason, null, nowMs);
  return true;
}

/** Decides for every caller until cleared or expired; what would have been decided goes on beside it. */
export function overrideRecord(
  machine: Machine,
  actor: RecordUser,
  override: Omit<Override, "sinceMs">,
  nowMs: number,
): void {
  machine.announce.actor = actor;
  machine.apply({ type: "override", ...override }, nowMs, null);
  machine.announce.override(override.mode, override.by, override.reason, override.untilMs, nowMs);
}

export function clearRecordOverride(
  machine: Machine,
  actor: RecordUser,
  by: string,
  reason: string | null,
  nowMs: number,
): void {
  machine.announce.actor = actor;
  if (machine.apply({ type: "clear" }, nowMs, null).code === "noop") return;
  machine.announce.override("clear", by, reason, null, nowMs);
}

export function resetRecord(
  machine: Machine,
  actor: RecordUser,
  by: string,
  reason: string | null,
  nowMs: number,
): void {
  machine.announce.actor = actor;
  machine.apply({ type: "reset" }, nowMs, by);
  machine.announce.override("reset", by, reason, null, nowMs);
}

export function probeRecordNow(machine: Machine, actor: RecordUser, by: string, nowMs: number): void {
  machine.announce.actor = actor;
  if (machine.apply({ type: "probe-now" }, nowMs, by).code === "noop") return;
  machine.announce.override("probe-now", by, null, null, nowMs);
  machine.announce.opened();
}
