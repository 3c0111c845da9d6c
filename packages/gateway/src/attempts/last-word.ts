/** What the caller gets when no target has answered well. */
import { CallTimeoutError, type CircuitOpenError, ShedError } from "recloser";
import type { IncomingHttpHeaders } from "node:http";
import type { LifeEnd } from "../http/caller-life.ts";
import { Refusal } from "../http/refusal.ts";
import type { RefusedAnswer } from "../upstream/refused-answer.ts";
import type { Step } from "./loop.ts";
import { rejection, soonest } from "./rejection.ts";

/** A provider's own answer, to be passed on, or one of ours. */
export function lastWord(steps: readonly Step[], headers: IncomingHttpHeaders): RefusedAnswer | Refusal {
  const over = steps.find((step) => step.kind === "over");
  if (over !== undefined) return endOfLife(over.end);
  // The first failure is what happened; what came of looking for help may be another matter. But what the caller itself
  // did wrong is said by whoever said it last.
  const failures = steps.filter((step) => step.kind === "failed");
  const failure = failures.find(({ mayFailOver }) => !mayFailOver) ?? failures[0];
  if (failure === undefined) return nobodyAsked(steps, headers);
  const { answer, outcome, target, error } = failure;
  const isOurKey = outcome.kind === "auth" && target.config.auth.kind !== "caller";
  if (answer !== null && !answer.isRedirect && !isOurKey && answer.isReadable) return answer;
  const facts = { kind: outcome.kind, target: target.name };
  const quiet = { "x-should-retry": "false" };
  if (isOurKey) {
    const message = "the provider refused the credential that the gateway has for it";
    return new Refusal(502, "upstream_auth", message, { facts, headers: quiet });
  }
  if (answer?.isReadable === false && !answer.isRedirect) {
    const message = `the provider answered with status ${answer.status}, and in a way that cannot be passed on`;
    return new Refusal(answer.status, "upstream_unreadable", message, { facts, headers: quiet });
  }
  if (outcome.kind === "timeout" || CallTimeoutError.is(error)) {
    return new Refusal(504, "upstream_timeout", "the provider did not answer in time", { facts, headers: quiet });
  }
  return new Refusal(502, "upstream_failed", `the provider gave no answer (${outcome.kind})`, {
    facts,
    headers: quiet,
  });
}

function nobodyAsked(steps: readonly Step[], headers: IncomingHttpHeaders): Refusal {
  const errors = steps.flatMap((step): (CircuitOpenError | ShedError)[] =>
    step.kind === "rejected" ? [step.error] : step.kind === "full" ? [full(step.target.name)] : [],
  );
  const error = soonest(errors.filter((one) => !ShedError.is(one))) ?? errors[0];
  if (error !== undefined) return rejection(error, headers);
  const unfit = steps.filter((step) => step.kind === "unfit");
  if (unfit.length > 0) {
    const why = unfit.map(({ target, lacks }) => `${target.name} lacks ${lacks}`).join(", ");
    return new Refusal(400, "no_capable_target", `no target of the route can answer such a request: ${why}`);
  }
  return new Refusal(503, "no_target", "no target of the route can be asked");
}

function full(target: string): ShedError {
  const detail = "all its connections are in use";
  return new ShedError(target, null, { reason: "concurrency", retryAfterMs: 0, detail });
}

function endOfLife(end: LifeEnd): Refusal {
  const quiet = { headers: { "x-should-retry": "false" } };
  if (end === "stopping") return new Refusal(503, "stopping", "the gateway is stopping");
  if (end === "callers-limit")
    return new Refusal(504, "timeout", "the time that x-recloser-timeout-ms gave is over", quiet);
  return new Refusal(504, "timeout", "no whole answer came within the time that a request may take", quiet);
}
