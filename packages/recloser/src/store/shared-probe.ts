/** The probe of a shared circuit: its lease is claimed from the store, kept in hand until a call takes it, renewed and settled. */
import type { Machine } from "../machine.ts";
import { randomText } from "../random.ts";
import { CLAIM_DEADLINE_MS, type SettleDetail, type SharedLease } from "../shared-side.ts";
import type { Facts } from "../state.ts";
import type { StoreCommand } from "./command.ts";
import { BACKGROUND_DEADLINE_MS } from "./health.ts";
import type { Link } from "./link.ts";
import type { StoreAnswer } from "./store.ts";

// After a probe that could not reach the provider another replica should try: this one may be the sick one.
const ABSTAIN_MOST_MS = 2_000;

type Verdict = "passed" | "failed" | "void";

/** The record whose probe it is. */
interface Probed {
  readonly machine: Machine;
  readonly facts: Facts;
}

export class SharedProbe {
  readonly #record: Probed;
  readonly #link: Link;
  readonly #ask: (command: StoreCommand, deadlineMs: number) => Promise<StoreAnswer | null>;
  #claiming: Promise<void> | null = null;
  #pocket: SharedLease | null = null;
  // The lease that a call holds.
  #used: SharedLease | null = null;
  // When the claim was sent that has no answer yet, in time or late; and who waits for that at the end.
  #askedMs = -Infinity;
  #heard: (() => void) | null = null;
  #abstainUntilMs = 0;
  #isOver = false;

  constructor(
    record: Probed,
    link: Link,
    ask: (command: StoreCommand, deadlineMs: number) => Promise<StoreAnswer | null>,
  ) {
    this.#record = record;
    this.#link = link;
    this.#ask = ask;
  }

  /** A claim is under way, or another replica should go first. */
  mayNotClaim(nowMs: number): boolean {
    return this.#claiming !== null || nowMs < this.#abstainUntilMs;
  }

  claim(): Promise<void> {
    this.#claiming ??= this.#claim().finally(() => {
      this.#claiming = null;
    });
    return this.#claiming;
  }

  async #claim(): Promise<void> {
    const { random, policy } = this.#record.machine;
    const token = randomText(random, 16);
    const notAfterMs = this.#link.notAfterMs();
    const { leaseMs } = policy.probe;
    this.#askedMs = this.#link.nowMs();
    await this.#ask({ type: "claim", token, leaseMs, random: random(), notAfterMs }, CLAIM_DEADLINE_MS);
  }

  /** A claim was answered, in time or late. `givenMs`: when, on this clock. */
  claimAnswered(token: string, { reply, facts, nowMs: storeMs }: StoreAnswer, givenMs: number): void {
    this.#askedMs = -Infinity;
    const lease = reply.code === "probe" && facts.circuit.is === "tripped" ? facts.circuit.lease : null;
    if (lease !== null) {
      const expiresAtMs = givenMs + lease.expiresAtMs - storeMs;
      this.#pocket = { incarnation: facts.incarnation, token, expiresAtMs, lost: false };
    }
    if (this.#heard !== null) this.#heard();
    else if (this.#isOver) void this.giveBack(); // nobody is left to use it
  }

  inHand(nowMs: number): SharedLease | null {
    if (this.#isOver) return null;
    return this.#pocket !== null && nowMs < this.#pocket.expiresAtMs ? this.#pocket : null;
  }

  take(nowMs: number): SharedLease | null {
    const lease = this.inHand(nowMs);
    this.#pocket = null;
    this.#used = lease;
    return lease;
  }

  putBack(lease: SharedLease): void {
    this.#used = null;
    this.#pocket = lease;
  }

  /** Gives a lease in hand back to the store; one that a call holds stays with it. */
  async giveBack(): Promise<void> {
    const nowMs = this.#link.nowMs();
    const lease = this.#pocket;
    this.#pocket = null;
    if (lease === null || nowMs >= lease.expiresAtMs) return;
    await this.settle(lease, "void", { retryAfterMs: null, unreachable: false, sinceMs: nowMs });
  }

  /** No replica here probes any more: leases go back, and what a call with one still says counts for nothing. */
  async release(): Promise<void> {
    this.#isOver = true;
    const used = this.#used;
    const back = this.#lastAnswer().then(() => this.giveBack());
    if (used !== null) {
      const settled = this.settle(used, "void", {
        retryAfterMs: null,
        unreachable: false,
        sinceMs: this.#link.nowMs(),
      });
      used.lost = true;
      await settled;
    }
    await back;
  }

  // What a claim brings that is still under way goes back, too.
  async #lastAnswer(): Promise<void> {
    const leftMs = this.#askedMs + BACKGROUND_DEADLINE_MS - this.#link.nowMs();
    if (leftMs <= 0) return;
    const answer = new Promise<void>((resolve) => {
      this.#heard = resolve;
    });
    await this.#link.waitFor(answer, leftMs);
    this.#heard = null;
  }

  async renew(lease: SharedLease): Promise<boolean> {
    if (lease.lost) return false;
    const { leaseMs } = this.#record.machine.policy.probe;
    const { incarnation, token } = lease;
    const sentMs = this.#link.nowMs();
    const answer = await this.#ask({ type: "renew", incarnation, token, leaseMs }, BACKGROUND_DEADLINE_MS);
    if (answer === null) return this.#link.nowMs() < lease.expiresAtMs;
    if (answer.reply.code === "renewed") lease.expiresAtMs = sentMs + leaseMs;
    else lease.lost = true;
    return !lease.lost;
  }

  /** Tells the verdict, again until the lease has run out: then nobody waits for it any more. */
  async settle(
    lease: SharedLease,
    verdict: Verdict,
    { retryAfterMs, unreachable, sinceMs }: SettleDetail,
  ): Promise<void> {
    if (this.#used === lease) this.#used = null;
    if (lease.lost) return;
    const { machine, facts } = this.#record;
    if (verdict === "failed" && unreachable) {
      const most = Math.min(ABSTAIN_MOST_MS, machine.policy.cooldown.initialMs);
      this.#abstainUntilMs = this.#link.nowMs() + facts.cooldownMs + most * (0.5 + machine.random() / 2);
    }
    const { incarnation, token } = lease;
    const command = { type: "settle", incarnation, token, verdict, retryAfterMs, random: machine.random() } as const;
    do {
      const answer = await this.#ask(command, BACKGROUND_DEADLINE_MS);
      if (answer === null) continue;
      if (answer.reply.code !== "fenced") machine.announce.probe(verdict, sinceMs, this.#link.nowMs());
      return;
    } while (await this.#link.waitToRepeat(lease.expiresAtMs));
  }
}
