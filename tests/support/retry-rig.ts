/** A breaker whose calls end as a script says, with what is seen of their tries. */
import type {
  Breaker,
  OutcomeKind,
  PolicyOptions,
  RetryEvent,
  RetryOptions,
} from "../../packages/recloser/src/index.ts";
import { createBreaker } from "../../packages/recloser/src/index.ts";
import { manualClock } from "../../packages/recloser/src/testing/manual-clock.ts";

export const neverTrips = {
  failureRate: false,
  consecutiveFailures: false,
  silence: false,
  shed: { adaptive: false },
} as const;
export const twice: RetryOptions = { on: "idempotent", initial: 1_000, budget: false };

export class Failure extends Error {
  readonly kind: OutcomeKind;
  readonly retryAfterMs: number | null;

  constructor(kind: OutcomeKind, retryAfterMs: number | null = null) {
    super(kind);
    this.kind = kind;
    this.retryAfterMs = retryAfterMs;
  }
}

export class RetryRig {
  readonly clock: ReturnType<typeof manualClock> = manualClock();
  readonly breaker: Breaker;
  readonly events: RetryEvent[] = [];
  /** When each try was made, since the beginning, and as which. */
  readonly tries: { readonly atMs: number; readonly attempt: number; readonly probe: boolean }[] = [];
  readonly #startMs = this.clock.now();

  constructor(policy: PolicyOptions = neverTrips, random: () => number = () => 0.5) {
    const classify: PolicyOptions["classify"] = ({ error }) =>
      error instanceof Failure
        ? { kind: error.kind, track: undefined as never, retryAfterMs: error.retryAfterMs, scope: undefined as never }
        : undefined;
    this.breaker = createBreaker({ classify, ...policy, clock: this.clock, random });
    this.breaker.on("retry", (event) => this.events.push(event));
  }

  get nowMs(): number {
    return this.clock.now() - this.#startMs;
  }

  execute(ends: readonly unknown[], options: Parameters<Breaker["execute"]>[1] = { retry: twice }): Promise<unknown> {
    let at = 0;
    const made = this.breaker.execute(({ attempt, probe }) => {
      this.tries.push({ atMs: this.nowMs, attempt, probe });
      const end = ends[Math.min(at++, ends.length - 1)];
      if (end instanceof Error) throw end;
      return end;
    }, options);
    made.catch(() => {});
    return made;
  }

  get atMs(): number[] {
    return this.tries.map(({ atMs }) => atMs);
  }
}

export const failing = (): Failure => new Failure("server-error");
export const caught = (made: Promise<unknown>): Promise<unknown> =>
  made.then(
    (answer) => ({ answer }),
    (error: unknown) => error,
  );
