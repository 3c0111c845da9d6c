/**
 * A call's place in one record: the round it was admitted in and what it has shown so far. A result counts only through
 * a ticket, and only once.
 */
import type { RecordUser } from "./announcer.ts";
import type { Machine } from "./machine.ts";
import type { FailureRun } from "./failure-run.ts";
import type { Ramp } from "./ramp.ts";
import type { SharedLease } from "./shared-side.ts";

/** What a ticket has shown. */
export const QUIET_YOUNG = 1;
export const QUIET_SILENT = 2;
export const SHOWN = 3;
/** In no round: nothing it does counts (observe mode, an override, a trip since it began, or it is over). */
export const UNCOUNTED = 0;

/** The leases of one probe: of the circuit in this process, of the shared one, or both. */
export interface ProbeLease {
  readonly here: { readonly incarnation: number; readonly token: string } | null;
  readonly shared: SharedLease | null;
}

export class Ticket {
  readonly machine: Machine;
  /** The breaker that made the call. */
  readonly user: RecordUser;
  generation = -1;
  startedAtMs: number;
  /** How many calls of the record had begun before this one. */
  mark = 0;
  phase: number = UNCOUNTED;
  /** Where its success was counted, and when. */
  place = -1;
  countedAtMs = 0;
  /** Whether it was counted as slow. */
  slow = false;
  /** The probe lease, when this call is the probe. */
  lease: ProbeLease | null = null;
  ramp: Ramp | null = null;
  // Neighbours in the record's list of calls that have shown nothing yet.
  before: Ticket | null = null;
  after: Ticket | null = null;
  /** While it is young: the failures of calls begun after it and before the next young one. */
  failures: FailureRun | null = null;

  constructor(machine: Machine, user: RecordUser, startedAtMs: number) {
    this.machine = machine;
    this.user = user;
    this.startedAtMs = startedAtMs;
  }

  /** Gives its place in the ramp back. */
  leaveRamp(): void {
    if (this.ramp === null) return;
    this.ramp.inFlight--;
    this.ramp = null;
  }

  /** The circuit tripped while this call had shown nothing: end it like a rejection. A permit has nothing to end. */
  giveUp(_nowMs: number): void {}
}
