/** What a run keeps. */
import type { Machine } from "../machine.ts";

/** How hard it is tried. */
export interface Effort {
  readonly rounds: number;
  readonly durationMs: number;
  /** Of each contender and case before the first round; 0: none. */
  readonly warmUpMs: number;
  readonly memoryRequests: number;
}

export type CaseId = "busy" | "alone" | "stream";

export interface Case {
  readonly id: CaseId;
  readonly connections: number;
  readonly kind: "json" | "stream";
}

export const CASES: readonly Case[] = [
  { id: "busy", connections: 16, kind: "json" },
  { id: "alone", connections: 1, kind: "json" },
  { id: "stream", connections: 16, kind: "stream" },
];

/** One contender in one case of one round. */
export interface Sample {
  readonly case: CaseId;
  readonly contender: string;
  readonly round: number;
  readonly requests: number;
  readonly seconds: number;
  readonly p50Us: number;
  readonly p99Us: number;
  /** Of the contender's process, for each request; null: nobody is between. */
  readonly cpuUs: number | null;
}

export interface MemorySample {
  readonly requests: number;
  /** What is alive after a full collection. */
  readonly heapBytes: number;
  readonly residentBytes: number;
}

export interface GatewayResult {
  readonly date: string;
  readonly machine: Machine;
  readonly effort: Effort;
  /** By contender, and of wrk. */
  readonly versions: Readonly<Record<string, string>>;
  /** Those that could not be had, and why. */
  readonly missing: Readonly<Record<string, string>>;
  /** Of one stream. */
  readonly events: number;
  readonly samples: readonly Sample[];
  readonly memory: readonly MemorySample[];
}
