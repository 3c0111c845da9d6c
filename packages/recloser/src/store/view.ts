/**
 * What a replica holds for true of a shared record, and when it lets an answer or a push change that. Pure. A view never
 * runs backwards unless the store itself did (protocol-spec.md §5.4, rule U).
 */
import { behindClock } from "../clock-step.ts";
import type { HoldKind } from "../outcome.ts";
import type { Random } from "../random.ts";
import { type Facts, type Hold, NO_STREAK, overrideNow } from "../state.ts";

/** What to do with what came: take it, ask the store for the record, put back what it lost, or nothing. */
export type Verdict = "adopt" | "refresh" | "read" | "reassert" | "ignore";

/** A push: only ever news, never the last word. */
export function onPush(view: Facts, pushed: Facts): Verdict {
  if (pushed.incarnation === view.incarnation) return pushed.version > view.version ? "adopt" : "ignore";
  return "read";
}

/**
 * An answer to a question that was sent when the view was at revision `asked`.
 *
 * @param revision the view's revision now: where it differs, the view has changed since the question
 */
export function onAnswer(view: Facts, answer: Facts, asked: number, revision: number, nowMs: number): Verdict {
  const sameLife = answer.incarnation === view.incarnation;
  if (sameLife && answer.version > view.version) return "adopt";
  if (asked !== revision) return sameLife ? "ignore" : "read";
  if (sameLife && isSame(view, answer, nowMs)) return "refresh";
  // Nothing changed here meanwhile, so the store really is behind or another: it lost data. An open period that was read
  // from it is put back; anything else of the store's is the truth, even if it is older.
  const open = view.circuit.is === "tripped" && nowMs < view.circuit.openUntilMs;
  const lessHistory = answer.incarnation === 0 || answer.version === 0 || (sameLife && answer.version < view.version);
  return open && lessHistory ? "reassert" : "adopt";
}

// After a failover two histories may have the same number: what they say is compared too (protocol-spec.md §6.2).
function isClaimed({ circuit }: Facts): boolean {
  return circuit.is === "tripped" && circuit.claimed;
}

function isSame(a: Facts, b: Facts, nowMs: number): boolean {
  return (
    a.version === b.version &&
    a.generation === b.generation &&
    a.circuit.is === b.circuit.is &&
    isClaimed(a) === isClaimed(b) &&
    (overrideNow(a, nowMs) === null) === (overrideNow(b, nowMs) === null)
  );
}

/**
 * What the store answered, on this process's clock. What only the store needs (the window, the streak) is left with it, and
 * so is an override that has run out, which a record keeps until it is cleared.
 *
 * @param storeMs the store's clock when it answered @param nowMs the same instant on this process's
 */
export function onClock(answered: Facts, leaseMs: number, storeMs: number, nowMs: number): Facts {
  const facts = behindClock(answered, leaseMs, storeMs);
  const shiftMs = nowMs - storeMs;
  const { circuit, closedAtMs } = facts;
  const override = overrideNow(facts, storeMs);
  const holds = Object.entries(facts.holds).map(([kind, hold]): [string, Hold] => [
    kind,
    { ...hold, sinceMs: hold.sinceMs + shiftMs, untilMs: hold.untilMs + shiftMs },
  ]);
  return {
    ...facts,
    circuit:
      circuit.is === "closed"
        ? circuit
        : {
            ...circuit,
            openedAtMs: circuit.openedAtMs + shiftMs,
            openUntilMs: circuit.openUntilMs + shiftMs,
            lease:
              circuit.lease === null
                ? null
                : { token: circuit.lease.token, expiresAtMs: circuit.lease.expiresAtMs + shiftMs },
          },
    closedAtMs: closedAtMs === null ? null : closedAtMs + shiftMs,
    holds: Object.fromEntries(holds),
    override:
      override === null
        ? null
        : {
            ...override,
            sinceMs: override.sinceMs + shiftMs,
            untilMs: override.untilMs === null ? null : override.untilMs + shiftMs,
          },
    buckets: [],
    streak: NO_STREAK,
    served: [],
  };
}

// Replicas do not come back from a hold in the same instant.
const HOLD_JITTER = 0.1;
const HOLD_JITTER_MOST_MS = 1_000;

/** Holds whose ends differ from replica to replica: jittered once, when they are first learnt. */
export function withJitter(holds: Facts["holds"], before: Facts["holds"], random: Random): Facts["holds"] {
  const entries = Object.entries(holds).map(([kind, hold]): [string, Hold] => {
    const known = before[kind as HoldKind];
    if (known !== undefined && known.step === hold.step && known.untilMs >= hold.untilMs) return [kind, known];
    const mostMs = Math.min(HOLD_JITTER_MOST_MS, HOLD_JITTER * (hold.untilMs - hold.sinceMs));
    return [kind, { ...hold, untilMs: hold.untilMs + mostMs * random() }];
  });
  return Object.fromEntries(entries);
}
