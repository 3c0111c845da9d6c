/** What happened to breakers between two looks, told as their replicas would (docs/reference/events.md). */
import type { TransitionReason } from "recloser";
import type { Inspection, StoredRecord } from "recloser/inspect";

export type ChangeEvent =
  | {
      readonly type: "transition";
      readonly key: string;
      readonly from: StoredRecord["state"];
      readonly to: StoredRecord["state"];
      readonly reason: StoredRecord["reason"] | TransitionReason;
      readonly evidence: string | null;
      readonly generation: number;
      readonly cooldownMs: number | null;
      readonly atMs: number;
    }
  | {
      readonly type: "override";
      readonly key: string;
      /** `reset` and `probe-now` are told by who saw them done: a record does not keep them. */
      readonly mode: "force-open" | "force-closed" | "clear" | "reset" | "probe-now";
      readonly by: string | null;
      readonly reason: string | null;
      readonly untilMs: number | null;
      readonly atMs: number;
    }
  | {
      readonly type: "hold";
      readonly key: string;
      readonly kind: string;
      readonly untilMs: number;
      readonly atMs: number;
    }
  | {
      readonly type: "probe";
      readonly key: string;
      /** How it ended; undefined: it has begun. */
      readonly result?: "passed" | "failed" | "void" | "lost";
      readonly durationMs?: number;
      readonly atMs: number;
    }
  /** Of the replica that is asked: its store is lost, or back. */
  | { readonly type: "store"; readonly mode: "shared" | "local"; readonly error: string | null; readonly atMs: number };

const NOTHING: Pick<StoredRecord, "state" | "override" | "holds" | "probing" | "openedAtMs"> = {
  state: "closed",
  override: null,
  holds: [],
  probing: false,
  openedAtMs: null,
};

/** In the order in which they happened, as far as that is known. */
export function changesBetween(
  before: readonly StoredRecord[],
  after: readonly StoredRecord[],
  nowMs: number,
): ChangeEvent[] {
  const known = new Map(before.map((record) => [record.name, record]));
  return after
    .flatMap((record) => changesOf(known.get(record.name) ?? NOTHING, record, nowMs))
    .toSorted((a, b) => a.atMs - b.atMs);
}

/** Those that the source told, or else those that can be seen. @param before null: nobody has looked yet */
export function changesIn(
  told: readonly ChangeEvent[] | null,
  before: readonly StoredRecord[] | null,
  { records, nowMs }: Inspection,
  isMeant: (name: string) => boolean,
): readonly ChangeEvent[] {
  if (told !== null) return told.filter((change) => change.type === "store" || isMeant(change.key));
  return before === null ? [] : changesBetween(before, records, nowMs);
}

function changesOf(before: typeof NOTHING, after: StoredRecord, nowMs: number): ChangeEvent[] {
  return [...transitionOf(before, after, nowMs), ...overrideOf(before, after, nowMs), ...holdsOf(before, after, nowMs)];
}

function transitionOf(before: typeof NOTHING, after: StoredRecord, nowMs: number): ChangeEvent[] {
  const { name: key, state: to, reason, evidence, generation, cooldownMs } = after;
  const told = { key, reason, evidence: evidence?.summary ?? null, generation, cooldownMs };
  const probe: ChangeEvent[] = after.probing && !before.probing ? [{ type: "probe", key, atMs: nowMs }] : [];
  // Opened anew since: a probe has failed in between.
  const hasReopened = before.state === "open" && to === "open" && before.openedAtMs !== after.openedAtMs;
  const from = hasReopened ? "half-open" : before.state;
  if (from === to) return probe;
  const atMs = (to === "open" ? after.openedAtMs : to === "half-open" ? after.openUntilMs : after.closedAtMs) ?? nowMs;
  return [{ type: "transition", from, to, ...told, atMs }, ...probe];
}

function overrideOf(before: typeof NOTHING, { name: key, override }: StoredRecord, nowMs: number): ChangeEvent[] {
  if (override === null) {
    if (before.override === null) return [];
    // Who released it is not kept; that nobody had to is known.
    const { untilMs: endMs } = before.override;
    const isOver = endMs !== null && endMs <= nowMs;
    const atMs = isOver ? endMs : nowMs;
    return [{ type: "override", key, mode: "clear", by: null, reason: isOver ? "expired" : null, untilMs: null, atMs }];
  }
  const { mode, by, reason, untilMs, sinceMs } = override;
  if (before.override?.sinceMs === sinceMs && before.override.mode === mode) return [];
  return [{ type: "override", key, mode, by, reason, untilMs, atMs: sinceMs }];
}

function holdsOf(before: typeof NOTHING, { name: key, holds }: StoredRecord, nowMs: number): ChangeEvent[] {
  const known = new Set(before.holds.map(({ kind, untilMs }) => `${kind} ${untilMs}`));
  return holds
    .filter(({ kind, untilMs }) => !known.has(`${kind} ${untilMs}`))
    .map(({ kind, untilMs }) => ({ type: "hold", key, kind, untilMs, atMs: nowMs }));
}
