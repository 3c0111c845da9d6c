/**
 * What a request's way through the gateway is told to, where it is traced. Types only: what implements them is loaded where
 * traces are sent, and nowhere else.
 */
import type { IncomingHttpHeaders } from "node:http";
import type { RequestRecord } from "../attempts/request-record.ts";
import type { Addressed } from "../formats/addressed.ts";
import type { Usage } from "../streams/usage.ts";
import type { Target } from "../upstream/target.ts";

export interface Tracing {
  /** A request's head has come. */
  begin(method: string, headers: IncomingHttpHeaders): RequestTrace;
}

export interface RequestTrace {
  /** It is known what is asked. */
  addressed(where: Addressed): void;
  call(call: TracedCall): CallTrace;
  end(record: RequestRecord): void;
}

/** A target is called. */
export interface TracedCall {
  readonly target: Target;
  /** The target's own name of the model. */
  readonly model: string | null;
  /** The breaker's name. */
  readonly breaker: string;
  /** 1 for the first call of this target. */
  readonly attempt: number;
  readonly isProbe: boolean;
}

export interface CallTrace {
  /** For the target's request; null: it is not to be told. */
  readonly traceparent: string | null;
  /** The first end counts. */
  end(end: CallEnd): void;
}

export interface CallEnd {
  /** Of the answer; null: none came. */
  readonly status: number | null;
  /** Its failure's kind; null: it went well. */
  readonly failure: string | null;
  /** By `performance.now()`. */
  readonly contentAtMs: number | null;
  readonly usage: Usage | null;
}
