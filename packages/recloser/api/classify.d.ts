// Public API of "recloser/classify", made by `npm run api` and compared in CI.

export {
  Classifier,
  ClassifyInput,
  FailureKind,
  HoldKind,
  NeutralKind,
  Outcome,
  OutcomeKind,
  OutcomeScope,
  OutcomeTrack,
  classify,
  grpcClassifier,
  httpClassifier,
  parseRetryAfter,
  postgresClassifier,
  redisClassifier,
};

// ../outcome

export type FailureKind = "server-error" | "overloaded" | "timeout" | "network" | "stream-error" | "unknown";
export type HoldKind = "rate-limited" | "quota-exhausted" | "auth";
export type NeutralKind = "caller-error" | "content-filtered" | "cancelled";
export type OutcomeKind = "success" | FailureKind | HoldKind | NeutralKind;
export type OutcomeTrack = "window" | "hold" | "none";
export type OutcomeScope = "provider" | "model" | "key" | "request";
export interface Outcome {
    readonly kind: OutcomeKind;
    readonly track: OutcomeTrack;
    readonly retryAfterMs: number | null;
    readonly scope: OutcomeScope;
}
export interface ClassifyInput {
    readonly provider?: string | undefined;
    readonly response?: {
        readonly status: number;
        readonly headers?: Headers | Record<string, string> | undefined;
        readonly body?: string | object | undefined;
    } | undefined;
    readonly stream?: string | undefined;
    readonly error?: unknown;
    readonly result?: unknown;
    readonly signal?: {
        readonly aborted: boolean;
        readonly reason?: unknown;
    } | undefined;
    readonly nowMs?: number | undefined;
}
export type Classifier = (input: ClassifyInput) => Outcome | OutcomeKind | undefined;

// index

export declare function classify(input: ClassifyInput): Outcome;

// presets/grpc

export declare function grpcClassifier(input: ClassifyInput): Outcome | undefined;

// presets/http

export declare function httpClassifier(input: ClassifyInput): Outcome | undefined;

// presets/postgres

export declare function postgresClassifier(input: ClassifyInput): Outcome | undefined;

// presets/redis

export declare function redisClassifier(input: ClassifyInput): Outcome | undefined;

// retry-after

export declare function parseRetryAfter(headers: Headers | Record<string, string>, nowMs?: number): number | null;
