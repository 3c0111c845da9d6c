/**
 * What a breaker must let us do to be compared: six methods, none of which names a library's own words.
 */

/** What may be asked of a breaker beside the plain one. A library that lacks one is not judged by it. */
export type Feature =
  | "growing cooldown"
  | "retry hints"
  | "known statuses"
  | "slow calls"
  | "successes in a row"
  | "manual hold"
  | "shared state"
  | "streams";

/** The job, in numbers that every library has a setting for. What is not named stays at the library's default. */
export interface Setup {
  readonly windowMs: number;
  readonly minimumCalls: number;
  /** From 0 to 1. */
  readonly failureRate: number;
  readonly cooldownMs: number;
  /** Each reopening lengthens the cooldown so many times. */
  readonly cooldownFactor?: number;
  /** The time limit of a call, of the library's own. */
  readonly timeoutMs?: number;
  /** Answer in the place of a call that could not be made. */
  readonly hasFallback?: boolean;
  /** How many calls may be under way at a time. */
  readonly capacity?: number;
  /** Errors of the caller (a 4xx, a cancelled call) are declared as such, with the library's own filter. */
  readonly declaresCallerErrors?: boolean;
  /** How many probes in a row must succeed. */
  readonly probes?: number;
  readonly slowCall?: { readonly afterMs: number; readonly rate: number };
  /** Two replicas of one application, on one store. */
  readonly replicas?: boolean;
}

export type Replica = "a" | "b";

export interface Admission {
  readonly replica?: Replica;
  readonly isStream?: boolean;
}

/** How a call ends. The last three are those of a stream: `content` is a part of it, and not the end. */
export type End =
  | { readonly kind: "success" }
  | { readonly kind: "status"; readonly status: number; readonly retryAfterS?: number }
  | { readonly kind: "cancelled" }
  | { readonly kind: "content" }
  | { readonly kind: "cut" };

/** What a caller has: `waiting` is a call that was neither made nor refused. */
export type Answer = "running" | "waiting" | "rejected" | "fallback" | "answered" | "failed";

export type State = "closed" | "open" | "half-open";

export interface Inspection {
  readonly state: State;
  readonly answers: ReadonlyMap<string, Answer>;
}

export type Control = "hold open" | "release" | "lose the store";

/** A library under the scenarios. */
export interface Contender {
  /** A fresh breaker for one scenario. */
  create(setup: Setup): void;
  /** Begins a call, which hangs until it is settled, and says what its caller has by then. */
  admit(call: string, admission: Admission): Promise<Answer>;
  /** Ends a call, if its caller still waits for it, and says what its caller has by then. */
  settle(call: string, end: End): Promise<Answer>;
  /** Moves time, in virtual milliseconds. */
  advance(ms: number): Promise<void>;
  inspect(replica: Replica): Inspection;
  control(action: Control): Promise<void>;
}

/** A library by its name, and how to set it up. */
export interface Library {
  readonly name: string;
  readonly version: string;
  /** What it does not claim to do. */
  readonly lacks: readonly Feature[];
  open(): Contender & Disposable;
}
