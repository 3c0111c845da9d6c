/** A fault plan as data: everything a run depends on. The same plan gives the same run, byte by byte. */
import type { PolicyName } from "./policies.ts";

export interface Plan {
  readonly seed: number;
  readonly policy: PolicyName;
  /** `memory`: each replica on its own, nothing is shared. */
  readonly store: "shared" | "memory";
  /** `structured`: provider and model, which are judged by more records than one. */
  readonly key: "plain" | "structured";
  /** Until then things go wrong; after it everything is well. */
  readonly faultsForMs: number;
  readonly replicas: readonly ReplicaPlan[];
  /** The share of calls that are the caller's own mistake (400), and that their callers abort. */
  readonly mistakes: number;
  readonly aborts: number;
  readonly provider: readonly ProviderFault[];
  readonly faults: readonly Fault[];
}

export interface ReplicaPlan {
  /** Calls that arrive, per second. */
  readonly perSecond: number;
  readonly stream: boolean;
  /** How far its clock is ahead of the world's. */
  readonly skewMs: number;
}

export interface Span {
  readonly atMs: number;
  readonly forMs: number;
}

export const PROVIDER_MODES = [
  "hang",
  "503",
  "503 with hint",
  "429",
  "429 with hint",
  "401",
  "brownout",
  "noise",
  "slow",
  "truncated",
  "flapping",
  "little capacity",
  "unreachable",
  "dead egress",
] as const;
export type ProviderModeName = (typeof PROVIDER_MODES)[number];

/** What is wrong with the provider; `replica`: whose way out is dead, for `dead egress`. */
export interface ProviderFault extends Span {
  readonly mode: ProviderModeName;
  readonly replica: number;
}

export const OPERATOR_WORDS = ["force-open", "force-closed", "clear", "reset", "probe-now"] as const;
export type OperatorWordName = (typeof OPERATOR_WORDS)[number];

export type Fault = Span &
  (
    | { readonly kind: "store down" }
    | { readonly kind: "store hung" }
    | { readonly kind: "store slow"; readonly latencyMs: number }
    | { readonly kind: "store failing" }
    | { readonly kind: "store flapping" }
    | { readonly kind: "pushes lost" }
    | { readonly kind: "store wiped" }
    /** Back to what it held `lostMs` ago. */
    | { readonly kind: "failover"; readonly lostMs: number }
    /** The store's clock shows this much more, from then on. */
    | { readonly kind: "clock step"; readonly byMs: number }
    | { readonly kind: "partition"; readonly replica: number; readonly direction: "both" | "to store" | "from store" }
    | { readonly kind: "lossy network"; readonly drop: number; readonly duplicate: number; readonly latencyMs: number }
    | { readonly kind: "replica paused"; readonly replica: number }
    /** It is back after `forMs`, as a new process. */
    | { readonly kind: "replica crashed"; readonly replica: number; readonly sameId: boolean }
    | { readonly kind: "operator"; readonly replica: number; readonly word: OperatorWordName }
  );
export type FaultKind = Fault["kind"];

export const FAULT_KINDS: readonly FaultKind[] = [
  "store down",
  "store hung",
  "store slow",
  "store failing",
  "store flapping",
  "pushes lost",
  "store wiped",
  "failover",
  "clock step",
  "partition",
  "lossy network",
  "replica paused",
  "replica crashed",
  "operator",
];

/** Whether a plan has a fault of one of these kinds. */
export function has(plan: Plan, ...kinds: readonly FaultKind[]): boolean {
  return plan.faults.some(({ kind }) => kinds.includes(kind));
}

/** Kinds that may lose what the store knew, so that its history branches. */
export const LOSSES = ["store wiped", "failover"] as const;
/** Kinds that keep a replica and the store from hearing each other in time. */
export const ESTRANGEMENTS = [
  "store down",
  "store hung",
  "store slow",
  "store failing",
  "store flapping",
  "partition",
  "lossy network",
] as const;
/** Kinds that stop a replica. */
export const STOPS = ["replica paused", "replica crashed"] as const;
