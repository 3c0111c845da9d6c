/** What a refusal does to a record beside its deadline, and which of them are news. */
import { describe, expect, it } from "vitest";
import type { RecordUser } from "./announcer.ts";
import type { HoldEvent } from "./events.ts";
import { holdRecord } from "./hold.ts";
import { Machine } from "./machine.ts";
import { Pace } from "./pace.ts";
import { createPolicy } from "./policy.ts";
import { Ramp } from "./ramp.ts";
import type { SharedSide } from "./shared-side.ts";

const NOW = 1_800_000_000_000;

interface Rig {
  readonly machine: Machine;
  /** What listeners and the store were told, in order. */
  readonly told: readonly HoldEvent[];
  readonly shared: readonly (readonly unknown[])[];
  readonly user: RecordUser;
  readonly hold: (retryAfterMs: number | null, startedAtMs: number, nowMs: number) => void;
}

function setUp(): Rig {
  const clock = { now: () => NOW, sleep: () => new Promise<void>(() => {}) };
  const machine = new Machine("m", createPolicy(), clock, () => 0, null);
  const told: HoldEvent[] = [];
  const shared: unknown[][] = [];
  const user: RecordUser = {
    host: { replicaId: "r", tell: (name, event) => void (name === "hold" && told.push(event as HoldEvent)) },
    heard: () => {},
    callEnded: () => {},
    opened: () => {},
  };
  machine.announce.users.push(user);
  machine.shared = {
    facts: machine.facts,
    hold: (...args: unknown[]) => void shared.push(args),
  } as never as SharedSide;
  const hold: Rig["hold"] = (retryAfterMs, startedAtMs, nowMs) =>
    holdRecord(machine, user, "auth", retryAfterMs, startedAtMs, nowMs);
  return { machine, told, shared, user, hold };
}

describe("a refusal that holds a record", () => {
  it("is told once with its end, to listeners and to the store, and remembered as the last failure", () => {
    const { machine, told, shared, user, hold } = setUp();
    hold(20_000, NOW - 5, NOW);
    expect(told).toEqual([{ key: "m", kind: "auth", untilMs: NOW + 20_000, step: 1, atMs: NOW }]);
    expect(shared).toEqual([["auth", 20_000, NOW - 5, NOW]]);
    expect(machine.lastFailure).toEqual({ kind: "auth", atMs: NOW });
    expect(machine.announce.actor).toBe(user);
  });

  it("ends a ramp and stops the pace from counting: after the hold it starts with one call", () => {
    const { machine, hold } = setUp();
    machine.ramp = new Ramp(4);
    machine.pace = new Pace(NOW);
    let paused = 0;
    machine.pace.pause = () => void paused++;
    hold(20_000, NOW, NOW);
    expect([machine.ramp, paused]).toEqual([null, 1]);
  });

  it("that changes nothing leaves the ramp, and tells nobody", () => {
    const { machine, told, shared, hold } = setUp();
    hold(20_000, NOW, NOW);
    const ramp = (machine.ramp = new Ramp(4));
    hold(5_000, NOW - 10, NOW + 1);
    expect([machine.ramp, told.length, shared.length]).toEqual([ramp, 1, 1]);
  });

  it("is no news where a straggler moves the end by less than a second, and is from a second on", () => {
    const { machine, told, shared, hold } = setUp();
    hold(20_000, NOW, NOW);
    hold(20_999, NOW - 1, NOW);
    expect([told.length, shared.length, machine.facts.holds.auth?.untilMs]).toEqual([1, 1, NOW + 20_999]);
    hold(21_999, NOW - 1, NOW);
    expect([told.length, shared.length]).toEqual([2, 2]);
  });

  it("is news where the ladder goes up a step, however little the end moves", () => {
    const { told, shared, hold } = setUp();
    hold(20_000, NOW, NOW);
    hold(20_000, NOW + 1, NOW + 2);
    expect([told.map(({ step }) => step), shared.length]).toEqual([[1, 2], 2]);
  });

  it("is held here all the same where nobody shares the record and nothing paces it", () => {
    const { machine, told, hold } = setUp();
    machine.shared = null;
    hold(20_000, NOW, NOW);
    expect([told.length, machine.facts.holds.auth?.untilMs]).toEqual([1, NOW + 20_000]);
  });
});
