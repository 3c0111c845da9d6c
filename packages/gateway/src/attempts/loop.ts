/**
 * The attempts of one request: one target after the other, until the caller has an answer. Bounded by the number of calls, by
 * the route, and by how long the caller waits. What each attempt means for its breaker is the breaker's business.
 */
import type { Recloser } from "recloser";
import type { RetryConfig } from "../config/config.ts";
import type { Asked } from "../formats/asked.ts";
import type { Delivered, OpenAnswer, Recipient } from "../streams/delivery.ts";
import type { CallersRequest } from "../upstream/target-request.ts";
import type { Target } from "../upstream/target.ts";
import { lacking, readsMore } from "./fitness.ts";
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
}

/** All steps in order; the last one says how it ended. Empty: there was no target. */
export async function travel(journey: Journey): Promise<readonly Step[]> {
  const { targets, retry, request } = journey;
  const steps: Step[] = [];
  let calls = 0;
  let tooShort: Target | null = null;
  for (const target of targets) {
    const left = retry.maxAttempts - calls;
    if (left <= 0) break;
    if (tooShort !== null && !readsMore(tooShort.config, target.config)) continue;
    const lacks = lacking(target.config, request, request.body?.length ?? 0);
    if (lacks !== null) {
      steps.push({ kind: "unfit", target, calls: 0, lacks });
      continue;
    }
    // First the slot, then the permit: a probe's lease must not wait for a slot.
    if (!target.slots.take()) {
      steps.push({ kind: "full", target, calls: 0 });
      continue;
    }
    for (const step of steps) if (step.kind === "failed") step.answer?.drop();
    try {
      const mostCalls = Math.min(left, 1 + retry.perTarget);
      const end = await attempt({ ...journey, target, mostCalls, onHead: (facts) => journey.onHead(facts, steps) });
      steps.push(end);
      calls += end.calls;
      if (end.kind === "rejected") continue;
      if (end.kind !== "failed") break;
      if (end.isTooLong) tooShort = target;
      else if (!end.mayFailOver) break;
    } finally {
      target.slots.giveBack();
    }
  }
  return steps;
}
