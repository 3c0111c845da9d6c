import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runChild } from "../../../tests/support/child.ts";
import { Deadline, Deadlines, deadlinesOf } from "./deadlines.ts";
import { manualClock } from "./testing/manual-clock.ts";

const slot = fc.nat({ max: 7 });
const durationMs = fc.oneof(
  fc.constantFrom(1, 5, 100, 1_000),
  fc.integer({ min: 1, max: 5_000 }),
  fc.double({ min: 0.01, max: 50, noNaN: true }),
);
const op = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constant("set" as const), slot, durationMs }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("clear" as const), slot }) },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant("advance" as const), ms: fc.constantFrom(0, 0.5, 1, 99, 100, 6_000) }),
  },
);

describe("deadlines on one timer", () => {
  it("fall due once, at their instant, in order, like a list that is searched at every step", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(op, { maxLength: 40 }), async (ops) => {
        // Real instants: near 0, where numbers are finer, sums of fractions would be rounded otherwise than in the clock.
        const clock = manualClock();
        const deadlines = new Deadlines(clock);
        const rang: { slot: number; atMs: number }[] = [];
        const all = Array.from({ length: 8 }, (_, at) => new Deadline((atMs) => rang.push({ slot: at, atMs })));
        const pick = (at: number): Deadline => all.find((_, index) => index === at) ?? assert.fail();
        const due = new Map<number, number>();
        const expected: { slot: number; atMs: number }[] = [];
        for (const next of ops) {
          if (next.type === "set") {
            deadlines.set(pick(next.slot), next.durationMs, clock.now());
            due.set(next.slot, clock.now() + next.durationMs);
          } else if (next.type === "clear") {
            deadlines.clear(pick(next.slot));
            due.delete(next.slot);
          } else {
            const untilMs = clock.now() + next.ms;
            await clock.advance(next.ms);
            for (const [at, atMs] of [...due].toSorted(([, a], [, b]) => a - b)) {
              if (atMs > untilMs) continue;
              expected.push({ slot: at, atMs });
              due.delete(at);
            }
          }
        }
        const inOrder = (list: typeof rang): typeof rang => list.toSorted((a, b) => a.atMs - b.atMs || a.slot - b.slot);
        expect(rang.map(({ atMs }) => atMs)).toEqual(expected.map(({ atMs }) => atMs));
        expect(inOrder(rang)).toEqual(inOrder(expected));
        expect(clock.sleeping).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  });

  it("share one sleep, however many durations there are, and leave none when all have rung", async () => {
    const clock = manualClock();
    const deadlines = new Deadlines(clock);
    const rang: number[] = [];
    const durations = Array.from({ length: 1_000 }, (_, i) => ((i * 7_919) % 1_000) + 1);
    for (const ms of durations) deadlines.set(new Deadline(() => rang.push(ms)), ms, clock.now());
    expect(clock.sleeping).toBe(1);
    await clock.advance(1_000);
    expect(rang).toEqual(durations.toSorted((a, b) => a - b));
    expect(clock.sleeping).toBe(0);
  });

  it("move when set again: only the last setting counts", async () => {
    const clock = manualClock({ startMs: 0 });
    const deadlines = new Deadlines(clock);
    const rang: number[] = [];
    const deadline = new Deadline((nowMs) => rang.push(nowMs));
    deadlines.set(deadline, 100, 0);
    await clock.advance(90);
    deadlines.set(deadline, 100, clock.now());
    await clock.advance(50);
    deadlines.set(deadline, 30, clock.now());
    await clock.advance(1_000);
    expect(rang).toEqual([170]);
  });

  it("can be taken back twice, and before they were set", () => {
    const deadlines = new Deadlines(manualClock());
    const deadline = new Deadline(() => {});
    deadlines.clear(deadline);
    deadlines.set(deadline, 5, 0);
    deadlines.clear(deadline);
    expect(() => deadlines.clear(deadline)).not.toThrow();
  });

  it("may set, move and take back others while they ring", async () => {
    const clock = manualClock({ startMs: 0 });
    const deadlines = new Deadlines(clock);
    const rang: string[] = [];
    const named = (name: string, then = (): void => {}): Deadline =>
      new Deadline((nowMs) => {
        rang.push(`${name}@${nowMs}`);
        then();
      });
    const victim = named("victim");
    const sooner = named("sooner");
    const same = named("same");
    const first = named("first", () => {
      deadlines.clear(victim);
      deadlines.set(sooner, 1, clock.now());
      deadlines.set(same, 10, clock.now());
    });
    const again = named("again", () => {
      if (clock.now() < 35) deadlines.set(again, 10, clock.now());
    });
    for (const deadline of [first, victim, again]) deadlines.set(deadline, 10, 0);
    await clock.advance(100);
    expect(rang).toEqual(["first@10", "again@10", "sooner@11", "same@20", "again@20", "again@30", "again@40"]);
    expect(clock.sleeping).toBe(0);
  });

  it("are the same for everybody on a clock", () => {
    const clock = manualClock();
    expect(deadlinesOf(clock)).toBe(deadlinesOf(clock));
    expect(deadlinesOf(clock)).not.toBe(deadlinesOf(manualClock()));
  });
});

describe("a process with a deadline", { timeout: 20_000 }, () => {
  const set = (keepsAlive: boolean, ms: number, then = ""): string => `
    import { Deadline, deadlinesOf } from "./packages/recloser/src/deadlines.ts";
    import { systemClock } from "./packages/recloser/src/clock.ts";
    const deadlines = deadlinesOf(systemClock);
    const deadline = new Deadline(() => console.log("rang"), ${keepsAlive});
    deadlines.set(deadline, ${ms}, systemClock.now());
    ${then}
    console.log("end");`;

  it("stays for one that a caller waits for", async () => {
    expect(await runChild(set(true, 150))).toEqual({ code: 0, out: ["end", "rang"] });
  });

  it("leaves without one that nobody waits for", async () => {
    expect(await runChild(set(false, 60_000))).toEqual({ code: 0, out: ["end"] });
  });

  it("leaves when the last that somebody waits for is taken back, and not before", async () => {
    expect(await runChild(set(true, 60_000, "deadlines.clear(deadline);"))).toEqual({ code: 0, out: ["end"] });
    const other = `
      deadlines.set(new Deadline(() => console.log("other")), 150, systemClock.now());
      deadlines.clear(deadline);`;
    expect(await runChild(set(true, 60_000, other))).toEqual({ code: 0, out: ["end", "other"] });
  });
});
