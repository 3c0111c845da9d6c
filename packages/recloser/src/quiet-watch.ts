/** Watches a record's calls that have shown nothing: which are young, which have been silent for long, which a trip gives up. */
import { atLatest, type Clock } from "./clock.ts";
import { NOTABLE, Patience } from "./patience.ts";
import type { Policy } from "./policy.ts";
import { QuietList, youngFor } from "./quiet-list.ts";
import { sweeperOf, type Swept } from "./sweep.ts";
import type { Ticket } from "./ticket.ts";
import { BUCKETS } from "./window.ts";

const SWEEP_MOST_MS = 1_000;
const SWEEP_LEAST_MS = 20;
// Below this `silence`, a start that seems a blocked event loop's length too early could make a call look silent.
const FORGIVING_MS = 5_000;

/** Calls of a round that is over: which had shown nothing, and how many had begun by its first failure. */
export interface LeftBehind {
  readonly quiet: readonly Ticket[];
  readonly firstFailureMark: number;
}

/** Whose calls are watched. */
export interface Watched {
  readonly policy: Policy;
  /** A call is about to turn silent. */
  turnsSilent(ticket: Ticket, nowMs: number): void;
  /** It has. */
  onSilent(ticket: Ticket, nowMs: number): void;
  /** The clock was read. */
  seen(nowMs: number): void;
}

export class QuietWatch implements Swept {
  readonly list: QuietList = new QuietList();
  readonly #clock: Clock;
  readonly #watched: Watched;
  readonly patience: Patience = new Patience();
  #youngForMs: number;
  // Waits up to this teach nothing.
  #notableMs: number;
  #sweeping = false;
  // Calls that the last trip left running, oldest first: they may still answer, but not hold a slot beyond `silence`.
  readonly #leftRunning: Ticket[] = [];

  constructor(watched: Watched, clock: Clock) {
    this.#watched = watched;
    this.#clock = clock;
    this.#youngForMs = youngFor(watched.policy);
    this.#notableMs = notable(watched.policy);
  }

  configure(policy: Policy, nowMs: number): void {
    this.#notableMs = notable(policy);
    this.#youngForMs = this.#stretched(policy, nowMs);
  }

  /** A call has shown something, or ended well, for the first time. */
  showed(startedAtMs: number, nowMs: number): void {
    const waitedMs = nowMs - startedAtMs;
    if (waitedMs <= this.#notableMs) return;
    this.patience.note(waitedMs, nowMs);
    this.#youngForMs = this.#stretched(this.#watched.policy, nowMs);
  }

  #stretched(policy: Policy, nowMs: number): number {
    const limitMs = youngFor(policy);
    return policy.silenceStretches ? this.patience.stretched(limitMs, nowMs) : limitMs;
  }

  get isForgiving(): boolean {
    return this.#youngForMs >= FORGIVING_MS;
  }

  add(ticket: Ticket): void {
    this.list.add(ticket);
    if (!this.#sweeping) this.#startSweep();
  }

  /** Looks for calls that turned silent; O(1) when there are none. */
  look(nowMs: number): void {
    const oldest = this.list.firstYoung;
    if (oldest !== null && nowMs - oldest.startedAtMs >= this.#youngForMs) this.#lookForSilence(nowMs);
  }

  /** A trip: of the calls that had shown nothing, the silent ones and those from after the first failure are given up. */
  giveUp(quiet: readonly Ticket[], firstFailureMark: number, nowMs: number): void {
    const { silenceMs } = this.#watched.policy;
    for (const ticket of quiet) {
      const silent = silenceMs !== false && this.#isSilent(ticket, nowMs);
      if (silent || ticket.mark >= firstFailureMark) ticket.giveUp(nowMs);
      else if (silenceMs !== false) this.#leftRunning.push(ticket);
    }
    this.#startSweep();
  }

  get sweepEveryMs(): number {
    // A bucket's width at most, since successes are counted at the latest instant seen.
    const bucketMs = (this.#watched.policy.windowMs ?? Infinity) / BUCKETS;
    return Math.min(SWEEP_MOST_MS, Math.max(SWEEP_LEAST_MS, Math.min(bucketMs, this.#youngForMs / 4)));
  }

  sweep(nowMs: number): boolean {
    this.#watched.seen(nowMs);
    this.#youngForMs = this.#stretched(this.#watched.policy, nowMs);
    this.#lookForSilence(nowMs);
    let over = 0;
    while (over < this.#leftRunning.length && this.#isSilent(this.#leftRunning[over] as Ticket, nowMs)) over++;
    for (const ticket of this.#leftRunning.splice(0, over)) ticket.giveUp(nowMs);
    this.#sweeping = !this.list.isEmpty || this.#leftRunning.length > 0;
    return this.#sweeping;
  }

  #startSweep(): void {
    this.#sweeping = true;
    sweeperOf(this.#clock).add(this);
  }

  // What began in a blocked turn of the event loop may carry an instant from before the block.
  #isSilent(ticket: Ticket, nowMs: number): boolean {
    if (nowMs - ticket.startedAtMs < this.#youngForMs) return false;
    ticket.startedAtMs = atLatest(this.#clock, ticket.startedAtMs, nowMs);
    return nowMs - ticket.startedAtMs >= this.#youngForMs;
  }

  #lookForSilence(nowMs: number): void {
    for (let ticket = this.list.firstYoung; ticket !== null; ticket = this.list.firstYoung) {
      if (!this.#isSilent(ticket, nowMs)) return;
      this.#watched.turnsSilent(ticket, nowMs);
      this.list.silence(ticket);
      this.#watched.onSilent(ticket, nowMs);
    }
  }
}

function notable(policy: Policy): number {
  return policy.silenceStretches || policy.probe.timeoutStretches ? youngFor(policy) * NOTABLE : Infinity;
}
