/**
 * The shared side of a record: what its machine in this process tells a store that other replicas use too, and asks of
 * it. The machine goes on being a whole breaker beside it; a call is judged by the worse of the two.
 */
import type { RejectReason } from "./errors.ts";
import type { FailureKind, HoldKind } from "./outcome.ts";
import type { Facts, Override, Streak } from "./state.ts";

/** Asking for probes is all that a call ever waits for, and no longer than this (protocol.md §8); nor do others wait longer for a reading. */
export const CLAIM_DEADLINE_MS = 50;

/** A lease of the shared circuit's probe, in the hands of one call. */
export interface SharedLease {
  readonly incarnation: number;
  readonly token: string;
  expiresAtMs: number;
  /** Somebody else has the probe by now. */
  lost: boolean;
}

export interface SharedSide {
  /** The record as last learnt from the store, on this process's clock. */
  readonly facts: Facts;
  /** False while the store is away: then what was learnt holds until its deadlines, and the machine decides the rest. */
  readonly isConnected: boolean;
  /** Nothing of what was learnt stands between a call and its permit. */
  readonly isPlain: boolean;
  /** Settles when it has been read for the first time, or that has taken too long; at once while the store is away. */
  whenRead(): Promise<void>;

  /** What it says to a call; `"claim"` when the probe is free, or its lease already in hand. */
  standing(synthetic: boolean, nowMs: number): RejectReason | "claim" | "hold-ended" | null;
  /** Whether the store must be asked for the probe before a call can be it. */
  mustAsk(nowMs: number): boolean;
  /** Whether a lease is in hand that no call has used. */
  hasLease(nowMs: number): boolean;
  /** Asks for the probe. Never rejects, and settles within the store's deadline; a lease that comes later is kept for the next call. */
  claim(): Promise<void>;
  /** The lease in hand, which is the taker's from now on. */
  takeLease(nowMs: number): SharedLease | null;
  /** Puts a lease back that no call has used. */
  returnLease(lease: SharedLease): void;
  renew(lease: SharedLease): Promise<boolean>;
  settle(lease: SharedLease, verdict: "passed" | "failed" | "void", why: SettleDetail): void;

  began(startedAtMs: number): void;
  /** A young call is young no more. */
  grew(startedAtMs: number): void;
  succeeded(startedAtMs: number, nowMs: number, slow: boolean): void;
  retracted(startedAtMs: number, nowMs: number): void;
  failed(
    kind: FailureKind,
    startedAtMs: number,
    slow: boolean,
    retryAfterMs: number | null,
    streak: Streak,
    nowMs: number,
  ): void;
  /** The circuit of this process has opened by evidence that the store may still be waiting to judge. */
  opened(): void;
  /** A streak begins: when the latest young calls began that came before its first failed call. */
  streakBegins(beforeMs: readonly number[]): void;
  hold(kind: HoldKind, retryAfterMs: number | null, startedAtMs: number, nowMs: number): void;
  lift(startedAtMs: number, nowMs: number): void;

  /** Puts away an override that has run out; false when there is none. */
  forgetOverride(nowMs: number): boolean;
  /** An operator's word, for all replicas. Resolves to false when the store did not take it. */
  operate(word: OperatorWord): Promise<boolean>;
  /** A lease in hand that no call has used goes back. */
  giveBack(): void;
  /** Nobody here needs it any more: leases go back, and what waits is reported. Bounded, and never rejects. */
  release(): Promise<void>;
}

export interface SettleDetail {
  readonly retryAfterMs: number | null;
  /** The probe could not even reach the provider: it may be this replica that is sick. */
  readonly unreachable: boolean;
  readonly sinceMs: number;
}

export type OperatorWord =
  | ({ readonly type: "override"; readonly forMs: number | null } & Omit<Override, "sinceMs" | "untilMs">)
  | { readonly type: "clear" | "reset" | "probe-now"; readonly by: string; readonly reason: string | null };
