/** How a call will fare, decided when it reaches the provider, by the modes that are in force then. */
import type { Random } from "../../random.ts";
import { type Distribution, sample } from "../provider/latency.ts";
import { apiError, connectionRefused } from "./provider-errors.ts";
import type { ProviderMode, ProviderSegment } from "./provider-mode.ts";
import { grownTo, TokenBucket } from "./token-bucket.ts";

/** What a call meets that is not served. */
export type Refusal =
  | { readonly how: "hang" }
  | { readonly how: "queue" }
  | { readonly how: "fail"; readonly afterMs: number; readonly status: number | null; readonly error: () => Error };

/** A stream that breaks off. */
export interface Cut {
  readonly afterChunks: number;
  readonly how: "end" | "throw";
}

/** The call while the modes look at it. */
export interface Approach {
  readonly nowMs: number;
  /** Calls in service now. */
  readonly inService: number;
  /** A number in [0, 1): the call's luck, of which each mode with a probability uses up its part. */
  luck: number;
  /** Grows with each mode that slows the call. */
  factor: number;
  cut: Cut | null;
}

/** One mode in force, with what it remembers. */
export interface Acting {
  readonly kind: ProviderMode["kind"];
  /** Whether no call gets an answer now. */
  isDead(nowMs: number): boolean;
  /** Places for calls in service now; Infinity where it sets no limit. */
  places(nowMs: number): number;
  /** The end of a call that it refuses; null to let it pass, changed or not. */
  meet(call: Approach): Refusal | null;
}

/** A mode put in force. `failures`: how long error answers take. */
export function acting(
  segment: ProviderSegment,
  failures: { readonly latency: Distribution; readonly random: Random },
): Acting {
  const { does: mode, fromMs: startMs = 0 } = segment;
  const passing = { kind: mode.kind, isDead: () => false, places: () => Infinity };
  const fail = (status: number, hint: number | null, reset: number | null, latency = failures.latency): Refusal => ({
    how: "fail",
    afterMs: sample(latency, failures.random),
    status,
    error: () => apiError(status, hint, reset),
  });
  switch (mode.kind) {
    case "hang":
      return certainly(mode, () => ({ how: "hang" }));
    case "status":
      return certainly(mode, () => fail(mode.status ?? 503, mode.retryAfterMs ?? null, null, mode.latency));
    case "unreachable": {
      const { latency = failures.latency } = mode;
      return certainly(mode, () => ({
        how: "fail",
        afterMs: sample(latency, failures.random),
        status: null,
        error: connectionRefused,
      }));
    }
    case "rate-limit": {
      const bucket = new TokenBucket(mode.perSecond, mode.burst ?? null, startMs);
      const { retryAfter = null, resetHeaders = false } = mode;
      const meet = ({ nowMs }: Approach): Refusal | null => {
        if (bucket.take(nowMs)) return null;
        const hint = retryAfter === "next" ? bucket.nextMs(nowMs) : retryAfter;
        return fail(429, hint, resetHeaders ? bucket.fullMs(nowMs) : null);
      };
      return { ...passing, meet };
    }
    case "slow":
      return { ...passing, meet: (call) => ((call.factor *= mode.factor), null) };
    case "cut-stream": {
      const { probability = 1, afterChunks = 1, how = "end" } = mode;
      const meet = (call: Approach): null => {
        if (strikes(call, probability)) call.cut = { afterChunks, how };
        return null;
      };
      return { ...passing, meet };
    }
    case "capacity": {
      const { concurrent = Infinity, perSecond, whenFull = "503" } = mode;
      const bucket = perSecond === undefined ? null : new TokenBucket(perSecond, null, startMs);
      const places = (nowMs: number): number => grownTo(concurrent, startMs, nowMs);
      const meet = ({ nowMs, inService }: Approach): Refusal | null => {
        if (inService >= places(nowMs)) return whenFull === "queue" ? { how: "queue" } : fail(503, null, null);
        return bucket === null || bucket.take(nowMs) ? null : fail(503, null, null);
      };
      return { ...passing, places, meet };
    }
    case "flapping": {
      const down = acting({ ...segment, does: mode.down }, failures);
      const isDown = (nowMs: number): boolean => ((nowMs - startMs) % mode.periodMs) / mode.periodMs >= mode.upShare;
      return {
        kind: "flapping",
        isDead: (nowMs) => isDown(nowMs) && down.isDead(nowMs),
        places: (nowMs) => (isDown(nowMs) ? down.places(nowMs) : Infinity),
        meet: (call) => (isDown(call.nowMs) ? down.meet(call) : null),
      };
    }
  }
}

function certainly(mode: ProviderMode & { readonly probability?: number }, refuse: () => Refusal): Acting {
  const { kind, probability = 1 } = mode;
  return {
    kind,
    isDead: () => probability >= 1,
    places: () => Infinity,
    meet: (call) => (strikes(call, probability) ? refuse() : null),
  };
}

// One number for all modes: what is left of it after each is again evenly spread, so modes strike independently and each
// call costs the stream the same, whatever modes there are.
function strikes(call: Approach, probability: number): boolean {
  const { luck } = call;
  const struck = luck < probability;
  call.luck = struck ? luck / probability : (luck - probability) / (1 - probability);
  return struck;
}
