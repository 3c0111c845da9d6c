/** Two or more routes with a breaker each, on one manual clock, whose calls end as a test says. */
import { getEventListeners } from "node:events";
import type {
  Breaker,
  CallContext,
  FailoverReport,
  PolicyOptions,
  Recloser,
  TriedRoute,
} from "../../packages/recloser/src/index.ts";
import type { GuardingBreaker } from "../../packages/recloser/src/breaker.ts";
import { createRecloser } from "../../packages/recloser/src/index.ts";
import { intakeOf } from "../../packages/recloser/src/intake.ts";
import { type ManualClock, manualClock } from "../../packages/recloser/src/testing/manual-clock.ts";
import { Failure, neverTrips } from "./retry-rig.ts";

type Call<T> = (context: CallContext) => T | PromiseLike<T>;

export class FailoverRig {
  readonly clock: ManualClock = manualClock();
  readonly recloser: Recloser;
  /** Calls that were made, by breaker, in order. */
  readonly made: string[] = [];
  readonly reports: FailoverReport[] = [];
  readonly failed: TriedRoute[] = [];
  readonly listening: { onAnswer(report: FailoverReport): void; onRouteFailed(tried: TriedRoute): void } = {
    onAnswer: (report) => void this.reports.push(report),
    onRouteFailed: (tried) => void this.failed.push(tried),
  };

  constructor(policy: PolicyOptions = {}) {
    const classify: PolicyOptions["classify"] = ({ error }) => (error instanceof Failure ? error.kind : undefined);
    const defaults = { ...neverTrips, cooldown: { initial: "10s", jitter: 0 }, classify, ...policy } as const;
    this.recloser = createRecloser({ clock: this.clock, random: () => 0.5, defaults });
  }

  breaker(name: string, policy?: PolicyOptions): Breaker {
    return this.recloser.breaker(name, policy);
  }

  /** A route whose calls are noted. */
  route<T>(name: string, run: Call<T>, policy?: PolicyOptions): { breaker: Breaker; run: Call<T> } {
    const breaker = this.breaker(name, policy);
    return {
      breaker,
      run: (context) => {
        this.made.push(breaker.name);
        return run(context);
      },
    };
  }

  async trip(breaker: Breaker): Promise<void> {
    await breaker.forceOpen({ by: "test", reason: "it is down", for: "60s" });
  }

  /** Opens a breaker with `failureThreshold: 1`; its cooldown is 10 s. */
  async fails(breaker: Breaker): Promise<void> {
    await caught(breaker.execute(() => Promise.reject(new Failure("server-error"))));
  }

  /** Nothing is held any more. */
  outstanding(...signals: AbortSignal[]): object {
    const breakers = [...this.recloser.breakers()] as GuardingBreaker[];
    return {
      inFlight: breakers
        .map((breaker) => breaker.machines.map(({ inFlight }) => inFlight))
        .flat(2)
        .filter((n) => n !== 0),
      intake: breakers.map((breaker) => intakeOf(breaker).inFlight).filter((n) => n !== 0),
      listeners: signals.flatMap((signal) => getEventListeners(signal, "abort")).length,
    };
  }
}

export const NOTHING = { inFlight: [], intake: [], listeners: 0 };

export function caught(promise: PromiseLike<unknown>): Promise<unknown> {
  return Promise.resolve(promise).then(
    (value) => ({ answered: value }),
    (error: unknown) => error,
  );
}

export const throws = (error: unknown) => (): Promise<never> => Promise.reject(error);

/** Never answers, but for its signal's abort. */
export const hangs = ({ signal }: CallContext): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
