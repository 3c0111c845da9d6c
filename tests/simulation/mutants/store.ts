/** Broken stores: what the rules at the one place that all replicas share must not be. */
import type { TrippedCircuit } from "../../../packages/recloser/src/state.ts";
import { CLOSED } from "../../../packages/recloser/src/state.ts";
import { StoreServer } from "../../../packages/recloser/src/testing/simulation/store-server.ts";
import { transition } from "../../../packages/recloser/src/transition.ts";
import { failoverAmidProbes, lateCopies } from "./amid.ts";
import { type Mutant, type Rewrite, rewriting, ruling } from "./mutant.ts";

const noFencing: Rewrite = (command, _by, { circuit, incarnation }) => {
  if (command.type !== "settle" && command.type !== "renew") return command;
  if (circuit.is === "closed" || circuit.lease === null) return command;
  return { ...command, incarnation, token: circuit.lease.token };
};

function counterToken(): Rewrite {
  const given = new Map<string, string>();
  return (command, _by, { circuit, version, incarnation }) => {
    if (command.type === "claim") {
      const { lost, voided, passed } = circuit.is === "tripped" ? circuit : { lost: 0, voided: 0, passed: 0 };
      const token = `${version}.${lost}.${voided}.${passed}`;
      given.set(command.token, token);
      return { ...command, token };
    }
    if (command.type !== "settle" && command.type !== "renew") return command;
    return { ...command, incarnation, token: given.get(command.token) ?? command.token };
  };
}

const keyedByReplica: Rewrite = (command, by) =>
  command.type === "claim" || command.type === "settle" || command.type === "renew"
    ? { ...command, token: by }
    : command;

const voidPasses: Rewrite = (command) =>
  command.type === "settle" && command.verdict === "void" ? { ...command, verdict: "passed" } : command;

const anyGeneration: Rewrite = (command, _by, { incarnation, generation }) =>
  command.type === "report" ? { ...command, incarnation, generation } : command;

const neverTooLate: Rewrite = (command) =>
  command.type === "report" || command.type === "claim" ? { ...command, notAfterMs: Infinity } : command;

export const STORE_MUTANTS: readonly Mutant[] = [
  {
    name: "no fencing",
    fromSeed: 180,
    breaks: "a settle is carried out whoever has the lease by now",
    bench: rewriting(() => noFencing),
  },
  {
    name: "counter token",
    breaks: "leases are told apart by a counter in the record, which runs again after a loss of data",
    bench: rewriting(counterToken),
    amid: failoverAmidProbes,
  },
  {
    name: "lease keyed by replica",
    fromSeed: 1320,
    breaks: "a lease belongs to a replica, not to one of its probes",
    bench: rewriting(() => keyedByReplica),
  },
  {
    name: "no lease expiry",
    breaks: "a lease that nobody renews is never taken away",
    bench: ruling((facts, event) =>
      event.type === "claim" && facts.circuit.is === "tripped" && facts.circuit.lease !== null
        ? { facts, reply: { code: "denied", retryAfterMs: 1_000 } }
        : null,
    ),
  },
  {
    name: "a second lease",
    breaks: "a claim is served while another lease lives",
    bench: ruling((facts, event, policy, nowMs) => {
      if (event.type !== "claim" || facts.circuit.is === "closed") return null;
      return transition({ ...facts, circuit: { ...facts.circuit, lease: null } }, event, policy, nowMs);
    }),
  },
  {
    name: "a denial extends the lease",
    breaks: "who asks for a probe keeps the prober's lease alive",
    bench: ruling((facts, event, policy, nowMs) => {
      const done = transition(facts, event, policy, nowMs);
      const { circuit } = facts;
      if (done.reply.code !== "denied" || circuit.is === "closed" || circuit.lease === null) return done;
      const lease = { ...circuit.lease, expiresAtMs: nowMs + policy.probe.leaseMs };
      return { ...done, facts: { ...facts, circuit: { ...circuit, lease } } };
    }),
  },
  {
    name: "any outcome counts in half-open",
    fromSeed: 194,
    breaks: "calls from before the trip close a half-open circuit, or open it again",
    bench: ruling((facts, event, _policy, nowMs) => {
      const { circuit } = facts;
      if (event.type !== "report" || circuit.is === "closed" || nowMs < circuit.openUntilMs) return null;
      const failures = event.buckets.some((bucket) => Object.keys(bucket.failures).length > 0);
      const successes = event.buckets.some((bucket) => bucket.successes > 0);
      if (!failures && !successes) return null;
      const again: TrippedCircuit = { ...circuit, openUntilMs: nowMs + facts.cooldownMs, lease: null, claimed: false };
      const { version, generation } = facts;
      const next = failures ? { circuit: again } : { circuit: CLOSED, closedAtMs: nowMs };
      return {
        facts: { ...facts, ...next, version: version + 1, generation: generation + 1 },
        reply: { code: failures ? "reopened" : "closed" },
      };
    }),
  },
  {
    name: "reports of any generation count",
    fromSeed: 632,
    breaks: "calls that began before a trip count after the close",
    bench: rewriting(() => anyGeneration),
  },
  {
    name: "a report twice",
    fromSeed: 49,
    breaks: "a report that the network delivers twice counts twice",
    bench: { server: () => new StoreServer(transition, false) },
  },
  {
    name: "a report is forgotten too soon",
    fromSeed: 1460,
    amid: lateCopies,
    breaks:
      "the second copy of a report that was applied is told that it came too late, so its outcomes are sent again",
    bench: { server: () => new StoreServer(transition, true, 0) },
  },
  {
    name: "a late report",
    breaks: "a report is carried out however late it comes",
    bench: rewriting(() => neverTooLate),
  },
  {
    name: "void passes",
    breaks: "a probe that its caller aborted closes the circuit",
    bench: rewriting(() => voidPasses),
  },
];
