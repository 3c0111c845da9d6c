/** What a simulated provider has seen. */
import type { ProviderMode } from "./provider-mode.ts";

/**
 * How a call ended: `ok`; `failed`, with an error; `cut`, a stream that broke off; `aborted` by its caller; `lost` with the
 * caller's process.
 */
export type ServiceEnd = "ok" | "failed" | "cut" | "aborted" | "lost";

/** One call, as the provider saw it. Times are the world's. */
export interface ProviderCall {
  /** 1 for the first. */
  readonly id: number;
  readonly process: string;
  readonly atMs: number;
  /** Null while it is in service: a call that hangs, unless its caller gave up. */
  readonly endMs: number | null;
  readonly end: ServiceEnd | null;
  /** The mode that refused it; null for one that was served. */
  readonly refusedBy: ProviderMode["kind"] | null;
  /** The status of an error answer; null for any other end. */
  readonly status: number | null;
  /** Whether the caller said that it is a probe. */
  readonly probe: boolean;
  /** Whether no call at all got an answer from the provider when this one came. */
  readonly dead: boolean;
}

export interface ProviderCounters {
  calls: number;
  ok: number;
  failed: number;
  cut: number;
  aborted: number;
  lost: number;
  /** Of those that failed, the ones answered 429. */
  rateLimited: number;
  /** Accepted by a hang. */
  hung: number;
  probes: number;
  /** Calls, and probes among them, that came while nothing got an answer. */
  callsWhileDead: number;
  probesWhileDead: number;
  inService: number;
  peakInService: number;
  queued: number;
}

export function noCalls(): ProviderCounters {
  return {
    calls: 0,
    ok: 0,
    failed: 0,
    cut: 0,
    aborted: 0,
    lost: 0,
    rateLimited: 0,
    hung: 0,
    probes: 0,
    callsWhileDead: 0,
    probesWhileDead: 0,
    inService: 0,
    peakInService: 0,
    queued: 0,
  };
}
