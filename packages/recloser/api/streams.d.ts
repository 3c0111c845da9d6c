// Public API of "recloser/streams", made by `npm run api` and compared in CI.

export {
  AnswerHead,
  Asked,
  ResponseInspector,
  Sight,
  StreamInspector,
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

// inspector

export type Sight = "opening" | "content" | "end" | Outcome;
export interface StreamInspector<C = unknown> {
    see(chunk: C): Sight;
    end(): "whole" | "cut" | Outcome;
}

// response-inspector

export interface Asked {
    readonly method: string;
    readonly provider: string;
    readonly url: {
        readonly pathname: string;
    };
}
export interface AnswerHead {
    readonly status: number;
    readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
}
export declare class ResponseInspector implements StreamInspector<AnswerHead | Uint8Array> {
    #private;
    constructor(asked: Asked);
    see(part: AnswerHead | Uint8Array): Sight;
    end(): "whole" | "cut" | Outcome;
}
