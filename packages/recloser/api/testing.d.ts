// Public API of "recloser/testing", made by `npm run api` and compared in CI.

export {
  AfterChunks,
  Capacity,
  CountedStep,
  DelayedStep,
  Distribution,
  FAULT_KINDS,
  Fault,
  FaultKind,
  Latency,
  ManualClock,
  ProviderStats,
  RepeatedSteps,
  RequestOutcome,
  RequestRecord,
  RetryHint,
  ScheduleStep,
  SimulatedProvider,
  SimulatedProviderOptions,
  Targeted,
  TimedStep,
  manualClock,
  seededRandom,
  simulatedProvider,
};

// ../clock

export interface Clock {
    now(): number;
    sleep(ms: number, options?: {
        signal?: AbortSignal;
    }): Promise<void>;
}

// ../random

export type Random = () => number;

// manual-clock

export interface ManualClock extends Clock {
    advance(ms: number): Promise<void>;
    readonly sleeping: number;
}
export declare function manualClock(options?: {
    startMs?: number;
}): ManualClock;

// provider/capacity

export interface Capacity {
    readonly maxConcurrent?: number;
    readonly requestsPerSecond?: number;
    readonly whenFull?: "429" | "503" | "queue";
    readonly queueLimit?: number;
}

// provider/fault

export interface Targeted {
    readonly probability?: number;
    readonly models?: string | readonly string[];
}
export interface RetryHint {
    readonly retryAfter?: number | string;
    readonly retryAfterAs?: "seconds" | "date";
}
export interface AfterChunks {
    readonly afterChunks?: number;
}
export type Fault =
({
    readonly kind: "status";
    readonly status: number;
} & RetryHint & Targeted)
 | ({
    readonly kind: "rate-limit";
    readonly limited?: "requests" | "tokens";
    readonly resetMs?: number;
} & RetryHint & Targeted)
 | ({
    readonly kind: "quota";
} & Targeted)
 | ({
    readonly kind: "auth";
} & Targeted)
 | ({
    readonly kind: "bad-request";
} & Targeted)
 | ({
    readonly kind: "hang";
} & Targeted)
 | ({
    readonly kind: "headers-only";
} & Targeted)
 | ({
    readonly kind: "hang-mid-stream";
} & AfterChunks & Targeted)
 | ({
    readonly kind: "slow-first-token";
    readonly ms: number;
} & Targeted)
 | ({
    readonly kind: "cut-stream";
    readonly how?: "fin" | "reset";
} & AfterChunks & Targeted)
 | ({
    readonly kind: "no-terminal-marker";
    readonly omit?: "finish" | "marker";
} & Targeted)
 | ({
    readonly kind: "stream-error";
    readonly thenMarker?: boolean;
} & AfterChunks & Targeted)
 | ({
    readonly kind: "ok-with-error";
} & Targeted)
 | ({
    readonly kind: "html";
    readonly status?: 200 | 502;
} & Targeted)
 | ({
    readonly kind: "reset";
} & Targeted)
 | ({
    readonly kind: "slow-drip";
    readonly everyMs: number;
    readonly bytes?: number;
} & Targeted)
 | ({
    readonly kind: "malformed-chunk";
    readonly where?: "json" | "framing";
} & AfterChunks & Targeted)
 | {
    readonly kind: "down";
    readonly forMs?: number;
};
export type FaultKind = Fault["kind"];
export declare const FAULT_KINDS: readonly FaultKind[];

// provider/latency

export type Distribution = number | {
    readonly kind: "fixed";
    readonly ms: number;
} | {
    readonly kind: "uniform";
    readonly minMs: number;
    readonly maxMs: number;
} | {
    readonly kind: "lognormal";
    readonly p50Ms: number;
    readonly p95Ms: number;
};
export interface Latency {
    readonly answer?: Distribution;
    readonly firstToken?: Distribution;
    readonly interToken?: Distribution;
    readonly error?: Distribution;
}

// provider/options

export interface SimulatedProviderOptions {
    readonly seed?: number;
    readonly port?: number;
    readonly host?: string;
    readonly latency?: Latency;
    readonly capacity?: Capacity;
    readonly fault?: Fault | null;
    readonly schedule?: readonly ScheduleStep[];
    readonly answerTokens?: number;
    readonly models?: readonly string[];
    readonly clock?: Clock;
    readonly random?: Random;
}

// provider/schedule

export type ScheduleStep = TimedStep | DelayedStep | CountedStep | RepeatedSteps;
export interface TimedStep {
    readonly forMs: number;
    readonly fault: Fault | null;
}
export interface DelayedStep {
    readonly afterMs: number;
    readonly fault: Fault | null;
}
export interface CountedStep {
    readonly requests: number;
    readonly fault: Fault | null;
}
export interface RepeatedSteps {
    readonly repeat: number | "forever";
    readonly steps: readonly ScheduleStep[];
}

// provider/simulated-provider

export interface SimulatedProvider extends AsyncDisposable {
    readonly url: string;
    readonly baseUrl: string;
    readonly port: number;
    readonly fault: Fault | null;
    setFault(fault: Fault | null): Promise<void>;
    runSchedule(steps: readonly ScheduleStep[]): Promise<void>;
    stats(): ProviderStats;
    readonly requests: readonly RequestRecord[];
    reset(): Promise<void>;
    close(): Promise<void>;
}
export declare function simulatedProvider(options?: SimulatedProviderOptions): Promise<SimulatedProvider>;

// provider/stats

export type RequestOutcome = "success" | "over-capacity" | "refused" | FaultKind;
export interface RequestRecord {
    readonly atMs: number;
    readonly method: string;
    readonly path: string;
    readonly model: string | null;
    readonly stream: boolean;
    readonly headers: Readonly<Record<string, string>>;
    readonly outcome: RequestOutcome | null;
    readonly aborted: boolean;
    readonly durationMs: number | null;
}
export interface ProviderStats {
    readonly requestsTotal: number;
    readonly requests: number;
    readonly byPath: Readonly<Record<string, number>>;
    readonly byModel: Readonly<Record<string, number>>;
    readonly byOutcome: Readonly<Partial<Record<RequestOutcome, number>>>;
    readonly inFlight: number;
    readonly peakInFlight: number;
    readonly queued: number;
    readonly completed: number;
    readonly aborted: number;
    readonly dropped: number;
    readonly connections: number;
    readonly connectionsTotal: number;
}

// seeded-random

export declare function seededRandom(seed: number): Random;
