/**
 * What a replica asks of a store. Only durations travel, never instants: two clocks agree on how long ago something was,
 * not on when. The store turns a command into an event of the record on its own clock.
 */
import type { HoldKind, FailureKind } from "../outcome.ts";
import type { RecordEvent, Timely } from "../record-event.ts";
import type { Bucket, Override } from "../state.ts";
import { BUCKETS } from "../window.ts";

/** Outcomes of one moment, and the change of young calls that began in it. */
export interface ReportCell {
  readonly ageMs: number;
  readonly successes: number;
  readonly slow: number;
  readonly failures: Readonly<Partial<Record<FailureKind, number>>>;
  readonly young: number;
}

/**
 * A store remembers a report's name for so long after its last instant. Until then "expired" says that it was not applied:
 * one that was, and comes again, is answered "noop".
 */
export const REPORT_REMEMBERED_MS = 2_000;

export interface ReportCommand {
  readonly type: "report";
  /** Its own name: a report that arrives twice is applied once. */
  readonly id: string;
  /** The life and round the outcomes belong to. */
  readonly incarnation: number;
  readonly generation: number;
  readonly cells: readonly ReportCell[];
  /** How long ago the batch's last success came; null without one. */
  readonly lastSuccessAgeMs: number | null;
  /** How long ago the latest begun of the calls that succeeded had begun; null without one. */
  readonly lastSuccessStartedAgoMs: number | null;
  /** Failures of calls that began after that one: how long ago the first came and the earliest begun had begun, and the calls begun beside them. */
  readonly tail: {
    readonly failures: number;
    readonly ageMs: number;
    readonly startedAgoMs: number;
    readonly begun: number;
    /** When a few young calls began that came before the first of the replica's own streak, if that is told here. */
    readonly beforeAgoMs: readonly number[];
  };
  /** The longest retry hint among the failures. */
  readonly retryAfterMs: number | null;
  /** On the store's clock: a report that arrives later does nothing. The one instant there is; both speak of one clock. */
  readonly notAfterMs: number;
  readonly random: number;
}

type Unchanged = Exclude<RecordEvent, { type: "report" | "hold" | "lift" | "override" }>;

export type StoreCommand =
  | ReportCommand
  | Unchanged
  | ({
      readonly type: "hold";
      readonly kind: HoldKind;
      readonly retryAfterMs: number | null;
      readonly startedAgoMs: number;
    } & Timely)
  | ({ readonly type: "lift"; readonly startedAgoMs: number } & Timely)
  | ({ readonly type: "override"; readonly forMs: number | null } & Omit<Override, "sinceMs" | "untilMs">);

/**
 * The event a command is on a store's clock.
 *
 * @param windowMs the record's window; null for one of calls, which no store keeps
 * @param replica the one that asks
 */
export function eventOf(command: StoreCommand, windowMs: number | null, replica: string, nowMs: number): RecordEvent {
  switch (command.type) {
    case "report":
      return reportOf(command, windowMs ?? Infinity, replica, nowMs);
    case "hold": {
      const { startedAgoMs, ...hold } = command;
      return { ...hold, startedAtMs: nowMs - startedAgoMs };
    }
    case "lift": {
      const { startedAgoMs, ...lift } = command;
      return { ...lift, startedAtMs: nowMs - startedAgoMs };
    }
    case "override": {
      const { mode, by, reason, forMs } = command;
      return { type: "override", mode, by, reason, untilMs: forMs === null ? null : nowMs + forMs };
    }
    case "claim":
    case "renew":
    case "settle":
    case "clear":
    case "reset":
    case "probe-now":
    case "reassert":
      return command;
  }
}

function reportOf(command: ReportCommand, windowMs: number, by: string, nowMs: number): RecordEvent {
  const {
    incarnation,
    generation,
    cells,
    lastSuccessAgeMs,
    lastSuccessStartedAgoMs,
    tail,
    retryAfterMs,
    notAfterMs,
    random,
  } = command;
  const widthMs = windowMs / BUCKETS;
  const startOf = (ageMs: number): number =>
    widthMs === Infinity ? 0 : Math.floor((nowMs - ageMs) / widthMs) * widthMs;
  const buckets = cells.map(({ ageMs, successes, slow, failures, young }): Bucket => ({
    startMs: startOf(ageMs),
    successes,
    slow,
    failures,
    young,
  }));
  return {
    type: "report",
    ...{ by, incarnation, generation, buckets, retryAfterMs, notAfterMs, random },
    lastSuccessMs: lastSuccessAgeMs === null ? null : nowMs - lastSuccessAgeMs,
    lastSuccessStartedMs: lastSuccessStartedAgoMs === null ? null : nowMs - lastSuccessStartedAgoMs,
    tail: {
      failures: tail.failures,
      sinceMs: nowMs - tail.ageMs,
      startedMs: nowMs - tail.startedAgoMs,
      begun: tail.begun,
      beforeMs: tail.beforeAgoMs.map((agoMs) => nowMs - agoMs),
    },
  };
}
