/** What the provider tells about the requests it received. */
import type { FaultKind } from "./fault.ts";

/**
 * What a request was answered with: `success`, the fault it met, `over-capacity`, or `refused` for a request that was
 * itself wrong (400, 404, 405, 413). Null while undecided, and for one that left before.
 */
export type RequestOutcome = "success" | "over-capacity" | "refused" | FaultKind;

/** One request as received. Later events (its outcome, its end) show in the same object. */
export interface RequestRecord {
  /** When its head arrived, epoch milliseconds. */
  readonly atMs: number;
  readonly method: string;
  readonly path: string;
  /** Null when the request names none or could not be read. */
  readonly model: string | null;
  readonly stream: boolean;
  /** Only headers that carry no secret: user-agent, content-type, accept, tracing, retry counts, `x-recloser-*`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly outcome: RequestOutcome | null;
  /** The client left before the answer was whole. */
  readonly aborted: boolean;
  /** From its head's arrival to its end; null while in flight. */
  readonly durationMs: number | null;
}

/** Counts since the last reset, except where a comment says otherwise. */
export interface ProviderStats {
  /** Since the start, resets or not. */
  readonly requestsTotal: number;
  readonly requests: number;
  readonly byPath: Readonly<Record<string, number>>;
  readonly byModel: Readonly<Record<string, number>>;
  readonly byOutcome: Readonly<Partial<Record<RequestOutcome, number>>>;
  /** Now, also of before the reset: from the head's arrival to the end of the answer or of the connection. */
  readonly inFlight: number;
  readonly peakInFlight: number;
  /** Waiting for capacity now; part of `inFlight`. */
  readonly queued: number;
  /** Answered as meant, faults included. */
  readonly completed: number;
  /** Left by the client before that. */
  readonly aborted: number;
  /** Dropped unfinished because the provider closed or went down. */
  readonly dropped: number;
  /** Open connections now. */
  readonly connections: number;
  /** Since the start, resets or not. */
  readonly connectionsTotal: number;
}
