/** One of several copies of an application, with a breaker whose circuit all of them share. */
import { type Breaker, CircuitOpenError, type Recloser } from "recloser";
import type { DemoReplica } from "@recloser/dashboard";
import { CLIENT_TIMEOUT_MS, type Call, guardedCall } from "../calls.ts";

export type ReplicaCounts = Pick<DemoReplica, "answered" | "rejected" | "fallbacks" | "failed">;

export const NO_COUNTS: ReplicaCounts = { answered: 0, rejected: 0, fallbacks: 0, failed: 0 };

/** What all of them call: the gateway's own breaker for the same provider is the same circuit. */
export const SIMULATED = { provider: "simulated", model: "large" } as const;

export class AppReplica {
  readonly name: string;
  readonly breaker: Breaker;
  readonly #whole: Call;
  readonly #streamed: Call;
  #counts: ReplicaCounts = NO_COUNTS;

  constructor(name: string, recloser: Recloser, baseUrl: string) {
    this.name = name;
    this.breaker = recloser.breaker(SIMULATED, { timeouts: { total: CLIENT_TIMEOUT_MS } });
    this.#whole = guardedCall({ baseUrl, streams: false }, this.breaker);
    this.#streamed = guardedCall({ baseUrl, streams: true }, this.breaker);
  }

  /** @param hasFallback whether a caller whose call is not made is given something else */
  async call(streams: boolean, hasFallback: boolean): Promise<"fallback" | void> {
    try {
      await (streams ? this.#streamed() : this.#whole());
      this.#add("answered");
    } catch (error) {
      const isRejected = CircuitOpenError.is(error);
      this.#add(isRejected ? (hasFallback ? "fallbacks" : "rejected") : "failed");
      if (isRejected && hasFallback) return "fallback";
      throw error;
    }
  }

  /** Since it was asked last. */
  takeCounts(): ReplicaCounts {
    const counts = this.#counts;
    this.#counts = NO_COUNTS;
    return counts;
  }

  #add(name: keyof ReplicaCounts): void {
    this.#counts = { ...this.#counts, [name]: this.#counts[name] + 1 };
  }
}
