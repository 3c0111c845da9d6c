/**
 * Traffic against one record, in simulated time: calls begin at a rate, and end as the provider is told to. Works on the
 * machine itself, since 10 000 calls a second for a minute and a half are a million.
 */
import type { RecordUser } from "../../packages/recloser/src/announcer.ts";
import { Machine } from "../../packages/recloser/src/machine.ts";
import type { Policy } from "../../packages/recloser/src/policy.ts";
import type { Random } from "../../packages/recloser/src/random.ts";
import { seededRandom } from "../../packages/recloser/src/testing/seeded-random.ts";
import { Ticket } from "../../packages/recloser/src/ticket.ts";

const START_MS = 1_800_000_000_000;
const user: RecordUser = {
  host: { replicaId: "r", tell: () => {} },
  heard: () => {},
  callEnded: () => {},
  opened: () => {},
};

/** How a call ends, and after how long. `hangs`: never. */
export interface End {
  readonly as: "succeeds" | "fails" | "is ignored" | "hangs";
  readonly afterMs: number;
  /** When a stream shows its first content; it ends later than that. */
  readonly contentMs?: number;
}

export interface Traffic {
  readonly perSecond: number;
  readonly forMs: number;
  readonly seed: number;
  /** Whether calls begin at random (Poisson); else evenly. */
  readonly atRandom: boolean;
  /** From when on calls are counted: an outage's. */
  readonly countFromMs?: number;
  /** @param atMs since the start */
  readonly end: (random: Random, atMs: number) => End;
}

/** What came of it. Null: it never tripped. */
export interface Trip {
  /** Since the start, and since the first failure of all. */
  readonly atMs: number;
  readonly afterFirstFailureMs: number;
  readonly reason: string;
  readonly failures: number;
  /** Calls begun; with `countFromMs` since then. */
  readonly calls: number;
}

/** Plays traffic, by the millisecond, until the circuit trips or time is up. */
export function play(policy: Policy, traffic: Traffic): Trip | null {
  const random = seededRandom(traffic.seed);
  const clock = { nowMs: START_MS, now: (): number => clock.nowMs, sleep: () => new Promise<void>(() => {}) };
  const machine = new Machine("m", policy, clock, () => 0.5, null);
  machine.announce.users.push(user);
  // One list of endings per millisecond: with a million calls in flight a heap would be most of the work.
  const ends = new Map<number, { ticket: Ticket; as: End["as"] | "shows content" }[]>();
  const later = (ticket: Ticket, as: End["as"] | "shows content", atMs: number): void => {
    const list = ends.get(atMs);
    if (list === undefined) ends.set(atMs, [{ ticket, as }]);
    else list.push({ ticket, as });
  };
  let [nextMs, failures, firstFailureMs, begunBefore] = [0, 0, 0, 0];
  for (let atMs = 0; atMs < traffic.forMs; atMs++) {
    clock.nowMs = START_MS + atMs;
    if (atMs % 1_000 === 0) machine.watch.sweep(clock.nowMs);
    for (const { ticket, as } of ends.get(atMs) ?? []) {
      if (as === "shows content") machine.content(ticket, clock.nowMs);
      else if (as === "succeeds") machine.succeed(ticket, null);
      else if (as === "is ignored") machine.ignore(ticket, clock.nowMs);
      else if (failures++ === 0) firstFailureMs = atMs;
      if (as === "fails") machine.fail(ticket, "server-error", null, clock.nowMs);
      if (machine.facts.circuit.is === "tripped") break;
    }
    ends.delete(atMs);
    for (; nextMs <= atMs; nextMs += gapMs(traffic, random)) {
      if (machine.check(clock.nowMs) !== null) break;
      const ticket = new Ticket(machine, user, clock.nowMs);
      machine.begin(ticket, clock.nowMs);
      if (atMs < (traffic.countFromMs ?? 0)) begunBefore = machine.begun;
      const { as, afterMs, contentMs } = traffic.end(random, atMs);
      if (contentMs !== undefined) later(ticket, "shows content", atMs + Math.max(1, Math.round(contentMs)));
      if (as !== "hangs") later(ticket, as, atMs + Math.max(1, Math.round(afterMs)));
    }
    const { circuit } = machine.facts;
    if (circuit.is === "tripped") {
      const afterFirstFailureMs = atMs - firstFailureMs;
      return { atMs, afterFirstFailureMs, reason: circuit.reason, failures, calls: machine.begun - begunBefore };
    }
  }
  return null;
}

function gapMs({ perSecond, atRandom }: Traffic, random: Random): number {
  return (1_000 / perSecond) * (atRandom ? -Math.log(1 - random()) : 1);
}
