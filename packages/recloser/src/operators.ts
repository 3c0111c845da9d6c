/** What people do to a record by hand. Each is one event of the record, told with who did it and why. */
import type { RecordUser } from "./announcer.ts";
import type { Machine } from "./machine.ts";
import type { Override } from "./state.ts";

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
