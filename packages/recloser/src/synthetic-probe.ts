/**
 * A probe that no user has to be: made by the policy's `probeWith` when a cooldown ends. It heals a circuit that nobody
 * calls, and while a policy has one, callers never probe.
 */
import type { CallSite } from "./call.ts";
import { Deadline } from "./deadlines.ts";
import { ExecutedCall } from "./execute.ts";
import type { Machine } from "./machine.ts";
import { overrideNow } from "./state.ts";

// After a probe without a verdict: soon, but not in a loop.
const AGAIN_MS = 1_000;

export class SyntheticProber {
  readonly #site: CallSite;
  readonly #machine: Machine;
  readonly #due: Deadline;

  constructor(site: CallSite, machine: Machine) {
    this.#site = site;
    this.#machine = machine;
    // An outage must not keep a process alive that has nothing else to do.
    this.#due = new Deadline(() => this.#probe(), false);
  }

  /** Looks at the circuit and sets the next probe, if one is due some day. */
  schedule(leastMs = 0): void {
    const { circuit } = this.#machine.facts;
    if (circuit.is === "closed") return;
    const { clock, deadlines } = this.#site;
    const nowMs = clock.now();
    const atMs = Math.max(circuit.openUntilMs, circuit.lease?.expiresAtMs ?? 0, nowMs + leastMs);
    deadlines.set(this.#due, atMs - nowMs, nowMs);
  }

  stop(): void {
    this.#site.deadlines.clear(this.#due);
  }

  #probe(): void {
    const nowMs = this.#site.clock.now();
    const { facts, policy } = this.#machine;
    const { probeWith } = policy;
    // While an operator decides, nothing is probed; the end of the override schedules anew.
    if (probeWith === null || facts.circuit.is === "closed" || overrideNow(facts, nowMs) !== null) return;
    const call = new ExecutedCall<unknown, never>(this.#site, nowMs, null);
    if (nowMs < facts.circuit.openUntilMs || !this.#machine.claim(call, nowMs)) return this.schedule(AGAIN_MS);
    call.arm(null);
    call
      .run(({ signal }) => probeWith(signal))
      .catch(() => {}) // its failure is the verdict, already told
      .finally(() => this.schedule(AGAIN_MS));
  }
}
