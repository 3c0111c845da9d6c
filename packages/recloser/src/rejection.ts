/** What a rejection says: derived from a record's facts. */
import type { CircuitOpenFacts, LastFailure, RejectReason } from "./errors.ts";
import { CLAIM_DEADLINE_MS } from "./shared-side.ts";
import { effectiveState, type Facts } from "./state.ts";

/** The facts of a rejection of the record `key` for `reason` at `nowMs`. */
export function rejectionFacts(
  key: string,
  facts: Facts,
  reason: RejectReason,
  lastFailure: LastFailure | null,
  cooldownMaxMs: number,
  nowMs: number,
): CircuitOpenFacts {
  const { circuit } = facts;
  return {
    key,
    state: effectiveState(facts, nowMs),
    reason,
    retryAfterMs: Math.ceil(Math.max(0, untilMs(facts, reason, cooldownMaxMs, nowMs) - nowMs)),
    openedAtMs: circuit.is === "tripped" ? circuit.openedAtMs : null,
    generation: facts.generation,
    lastFailure,
    evidence: circuit.is === "tripped" ? circuit.evidence : null,
  };
}

/** When another try makes sense. An override without expiry has no end to name, so the longest cooldown stands for it. */
function untilMs(facts: Facts, reason: RejectReason, cooldownMaxMs: number, nowMs: number): number {
  const { circuit, holds, override } = facts;
  switch (reason) {
    case "override":
      return override?.untilMs ?? nowMs + cooldownMaxMs;
    case "rate-limited":
    case "quota-exhausted":
    case "auth":
      return holds[reason]?.untilMs ?? nowMs;
    case "ramping":
      return nowMs;
    case "open":
      return circuit.is === "closed" ? nowMs : circuit.openUntilMs;
    case "probing":
      // Without a lease that is known, the probe is being claimed.
      return circuit.is === "closed"
        ? nowMs
        : Math.max(circuit.openUntilMs, circuit.lease?.expiresAtMs ?? 0, nowMs + CLAIM_DEADLINE_MS);
  }
}
