/**
 * What people do to a breaker by hand: each word is one event of a record, told with who said it and why. Where the record
 * is shared it goes to the store, for all replicas; if the store does not take it, this process goes by it alone.
 */
import type { RecordUser } from "./announcer.ts";
import type { Machine } from "./machine.ts";
import type { Override } from "./state.ts";

/** Decides for every caller until cleared or expired; what would have been decided goes on beside it. */
export async function overrideRecord(
  machine: Machine,
  actor: RecordUser,
  override: Pick<Override, "mode" | "by" | "reason"> & { readonly forMs: number | null },
  nowMs: number,
): Promise<void> {
  const { forMs, ...word } = override;
  const untilMs = forMs === null ? null : nowMs + forMs;
  const taken = machine.shared !== null && (await machine.shared.operate({ type: "override", forMs, ...word }));
  machine.announce.actor = actor;
  if (!taken) machine.apply({ type: "override", ...word, untilMs }, nowMs, null);
  machine.announce.override(word.mode, word.by, word.reason, untilMs, nowMs);
}

export async function clearRecordOverride(
  machine: Machine,
  actor: RecordUser,
  by: string,
  reason: string | null,
  nowMs: number,
): Promise<void> {
  const taken = machine.shared !== null && (await machine.shared.operate({ type: "clear", by, reason }));
  machine.announce.actor = actor;
  // One of this process alone, from when the store was away, ends with it.
  const changed = machine.apply({ type: "clear" }, nowMs, null).code !== "noop";
  if (taken || changed) machine.announce.override("clear", by, reason, null, nowMs);
}

export async function resetRecord(
  machine: Machine,
  actor: RecordUser,
  by: string,
  reason: string | null,
  nowMs: number,
): Promise<void> {
  if (machine.shared !== null) await machine.shared.operate({ type: "reset", by, reason });
  machine.announce.actor = actor;
  machine.apply({ type: "reset" }, nowMs, by);
  machine.announce.override("reset", by, reason, null, nowMs);
}

export async function probeRecordNow(machine: Machine, actor: RecordUser, by: string, nowMs: number): Promise<void> {
  const { shared } = machine;
  const taken = shared !== null && (await shared.operate({ type: "probe-now", by, reason: null }));
  machine.announce.actor = actor;
  const changed = machine.apply({ type: "probe-now" }, nowMs, by).code !== "noop";
  if (!taken && !changed) return;
  machine.announce.override("probe-now", by, null, null, nowMs);
  machine.announce.opened();
}
