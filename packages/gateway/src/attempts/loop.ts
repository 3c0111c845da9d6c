/**
 * The attempts of one request: one target after the other, until the caller has an answer. Bounded by the number of calls, by
 * the route, and by how long the caller waits. What each attempt means for its breaker is the breaker's business.
 */
import type { Recloser } from "recloser";
import type { RetryConfig } from "../config/config.ts";
import type { Asked } from "../formats/asked.ts";
import type { Delivered, OpenAnswer, Recipient } from "../streams/delivery.ts";
import type { CallersRequest } from "../upstream/target-request.ts";
import type { RequestTrace } from "../telemetry/tracing.ts";
import type { Target } from "../upstream/target.ts";
import { lacking, readsMore } from "./fitness.ts";
import { firstFree } from "./slots.ts";
import { attempt, type AttemptEnd, type AttemptFacts } from "./attempt.ts";

/** One target's part in a request. */
export type Step =
  | AttemptEnd
  | { readonly kind: "full"; readonly target: Target; readonly calls: 0 }
  /** It cannot answer such a request. */
  | { readonly kind: "unfit"; readonly target: Target; readonly calls: 0; readonly lacks: string };

export interface Journey {
  readonly recloser: Recloser;
  readonly request: CallersRequest & Asked;
  /** In the order in which they are asked. */
  readonly targets: readonly Target[];
  readonly retry: RetryConfig;
  readonly recipient: Recipient;
  readonly deliver: (answer: OpenAnswer, recipient: Recipient) => Promise<Delivered>;
  readonly onHead: (facts: AttemptFacts, before: readonly Step[]) => void;
  /** Null: nobody traces it. */
  readonly trace: RequestTrace | null;
}

// A target that has failed sends all its callers to the next one at once, which may have no slot for all of them in that moment.
const SLOT_WITHIN_MS = 2_000;

/** All steps in order; the last one says how it ended. Empty: there was no target. */
export function travel(journey: Journey): Promise<readonly Step[]> {
  return new Travel(journey).run();
}

class Travel {
  readonly #journey: Journey;
  readonly #steps: Step[] = [];
  // Those without a slot, to be come back to.
  readonly #full: Target[] = [];
  #calls = 0;
  #tooShort: Target | null = null;

  constructor(journey: Journey) {
    this.#journey = journey;
  }

  async run(): Promise<readonly Step[]> {
    for (const target of this.#journey.targets) {
      if (!this.#mayCall(target)) continue;
      // First the slot, then the permit: a probe's lease must not wait for a slot.
      if (!target.slots.take()) {
        this.#steps.push({ kind: "full", target, calls: 0 });
        this.#full.push(target);
      } else if (await this.#isOver(target)) return this.#steps;
    }
    await this.#comeBack();
    return this.#steps;
  }

  #mayCall(target: Target): boolean {
    const { request, retry } = this.#journey;
    if (this.#calls >= retry.maxAttempts) return false;
    if (this.#tooShort !== null && !readsMore(this.#tooShort.config, target.config)) return false;
    const lacks = lacking(target.config, request, request.body?.length ?? 0);
    if (lacks !== null) this.#steps.push({ kind: "unfit", target, calls: 0, lacks });
    return lacks === null;
  }

  // Whether the request has come to an end. Gives back the target's slot, which was taken.
  async #isOver(target: Target): Promise<boolean> {
    const { recloser, request, retry, recipient, deliver, trace, onHead } = this.#journey;
    for (const step of this.#steps) if (step.kind === "failed") step.answer?.drop();
    try {
      const mostCalls = Math.min(retry.maxAttempts - this.#calls, 1 + retry.perTarget);
      const tell = (facts: AttemptFacts): void => onHead(facts, this.#steps);
      const wish = { recloser, target, request, retry, mostCalls, recipient, deliver, trace, onHead: tell };
      const end = await attempt(wish);
      this.#steps.push(end);
      this.#calls += end.calls;
      if (end.kind === "rejected") return false;
      if (end.kind !== "failed") return true;
      if (end.isTooLong) this.#tooShort = target;
      return !end.isTooLong && !end.mayFailOver;
    } finally {
      target.slots.giveBack();
    }
  }

  // Nobody else is left: a slot is waited for.
  async #comeBack(): Promise<void> {
    const { retry, recipient } = this.#journey;
    const untilMs = performance.now() + SLOT_WITHIN_MS;
    while (this.#full.length > 0 && this.#calls < retry.maxAttempts) {
      const leftMs = Math.max(0, untilMs - performance.now());
      const all = this.#full.map(({ slots }) => slots);
      const free = await firstFree(all, leftMs, recipient.life.signal);
      if (free === null) return;
      const [target] = this.#full.splice(all.indexOf(free), 1);
      if (target === undefined || (await this.#isOver(target))) return;
    }
  }
}
