/**
 * A probe that no user has to be: made by the policy's `probeWith` when a cooldown ends. It heals a circuit that nobody
 * calls, and while a policy has one, callers never probe.
 */
import { overrideOf } from "./barrier.ts";
import type { CallSite } from "./call.ts";
import { Deadline } from "./deadlines.ts";
import { ExecutedCall } from "./execute.ts";
import type { Machine } from "./machine.ts";
import { claimProbe } from "./probe-lease.ts";

// After a probe without a verdict: soon, but not in a loop.
const AGAIN_MS = 1_000;

export class SyntheticProber {
  readonly #site: CallSite;
  readonly #machine: Machine;
  readonly #probeWith: () => ((signal: AbortSignal) => Promise<unknown>) | null;
  readonly #due: Deadline;
  #stopped = false;

  /** @param probeWith what the policy in force says, asked anew for each probe */
  constructor(site: CallSite, machine: Machine, probeWith: () => ((signal: AbortSignal) => Promise<unknown>) | null) {
    this.#site = site;
    this.#machine = machine;
    this.#probeWith = probeWith;
    // An outage must not keep a process alive that has nothing else to do.
    this.#due = new Deadline(() => this.#probe(), false);
    machine.syntheticProbers++;
    this.schedule();
  }

  /** Looks at the circuit and sets the next probe, if one is due some day. */
  schedule(leastMs = 0): void {
    const { clock, deadlines } = this.#site;
    const nowMs = clock.now();
    const { circuit } = this.#machine.deciding(nowMs);
    if (this.#stopped || circuit.is === "closed") return;
    // While an operator decides, nothing is probed; an override without an end is ended by an event.
    const override = overrideOf(this.#machine, nowMs);
    if (override !== null && override.untilMs === null) return;
    const freeMs = Math.max(circuit.openUntilMs, circuit.lease?.expiresAtMs ?? 0, override?.untilMs ?? 0);
    deadlines.set(this.#due, Math.max(freeMs - nowMs, leastMs), nowMs);
  }

  /** From now on callers probe again. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#machine.syntheticProbers--;
    this.#site.deadlines.clear(this.#due);
  }

  #probe(): void {
    const nowMs = this.#site.clock.now();
    const facts = this.#machine.deciding(nowMs);
    const probeWith = this.#probeWith();
    if (probeWith === null || facts.circuit.is === "closed") return;
    if (overrideOf(this.#machine, nowMs) !== null || nowMs < facts.circuit.openUntilMs) return this.schedule();
    const { shared } = this.#machine;
    if (shared !== null && shared.mustAsk(nowMs)) {
      const asked = shared.claim();
      return void asked.then(() => (shared.hasLease(this.#site.clock.now()) ? this.#probe() : this.schedule(AGAIN_MS)));
    }
    const call = new ExecutedCall<unknown, never>(this.#site, nowMs, null);
    if (!claimProbe(this.#machine, call, nowMs)) return this.schedule(AGAIN_MS);
    call.arm(null, "total", false);
    call
      .run(({ signal }) => probeWith(signal))
      .catch(() => {}) // its failure is the verdict, already told
      .finally(() => this.schedule(AGAIN_MS));
  }
}
