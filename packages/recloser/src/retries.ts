/** What all retries of one breaker in this process share: the budget, who is waiting, and what is told of them. */
import type { CallSite } from "./call.ts";
import type { RetryEvent } from "./events.ts";
import type { Pause, PauseEnd } from "./pause.ts";
import type { Random } from "./random.ts";
import { RetryBudget } from "./retry-budget.ts";
import type { RetryPolicy } from "./retry-options.ts";

/** What retries need of their breaker. */
export interface RetrySite extends Pick<CallSite, "name" | "records" | "clock" | "deadlines"> {
  readonly host: { readonly closed: boolean; readonly random: Random };
  tell(name: "retry", event: RetryEvent): void;
}

export interface RetriesSnapshot {
  /** Calls between two tries; they are not in flight. */
  readonly waiting: number;
  /** Tries after the first, since the breaker was made. */
  readonly made: number;
  /** Tries that were not made because the budget was spent. */
  readonly overBudget: number;
}

export const NO_RETRIES: RetriesSnapshot = { waiting: 0, made: 0, overBudget: 0 };

export class Retries {
  readonly site: RetrySite;
  readonly budget: RetryBudget = new RetryBudget();
  readonly #waiting = new Set<Pause>();
  #made = 0;
  #overBudget = 0;

  constructor(site: RetrySite) {
    this.site = site;
  }

  get snapshot(): RetriesSnapshot {
    return { waiting: this.#waiting.size, made: this.#made, overBudget: this.#overBudget };
  }

  /** Takes one more try from the budget; false when it is spent. */
  take(retry: RetryPolicy, nowMs: number): boolean {
    const isAffordable = retry.budget === null || this.budget.take(retry.budget, nowMs);
    if (isAffordable) this.#made++;
    else this.#overBudget++;
    return isAffordable;
  }

  async wait(pause: Pause): Promise<PauseEnd> {
    this.#waiting.add(pause);
    const end = await pause.over;
    this.#waiting.delete(pause);
    return end;
  }

  /** The registry closes: whoever waits gets at once what its last try came to. */
  close(): void {
    for (const pause of this.#waiting) pause.stop();
  }
}
