import { describe, expect, it } from "vitest";
import type { Streak } from "../state.ts";
import { Outbox } from "./outbox.ts";

const AT = 1_800_000_000_000;
const streak = (failures: number, begun = failures): Streak => ({
  failures,
  sinceMs: AT,
  startedMs: AT,
  begun,
  from: null,
});
const sums = (outbox: Outbox, nowMs: number): object => {
  const { cells, ...rest } = outbox.take(nowMs).batch;
  const total = (of: (cell: (typeof cells)[number]) => number): number =>
    cells.reduce((all, cell) => all + of(cell), 0);
  return {
    ...rest,
    successes: total((cell) => cell.successes),
    slow: total((cell) => cell.slow),
    young: total((cell) => cell.young),
    timeouts: total((cell) => cell.failures.timeout ?? 0),
  };
};

describe("the outbox", () => {
  it("makes one batch of any number of outcomes, by age", () => {
    const outbox = new Outbox(30_000);
    for (let i = 0; i < 1_000; i++) outbox.succeeded(AT, AT + i, i < 10);
    outbox.failed("timeout", AT, false, null, streak(1), AT + 2_500);
    const { cells } = outbox.take(AT + 3_000).batch;
    expect(cells).toEqual([
      { ageMs: 2_001, successes: 1_000, slow: 10, failures: {}, young: 0 },
      { ageMs: 500, successes: 0, slow: 0, failures: { timeout: 1 }, young: 0 },
    ]);
    expect(outbox.isEmpty).toBe(true);
  });

  it("carries what became of young calls, by when they began; one that came and went is no news", () => {
    const outbox = new Outbox(30_000);
    for (const at of [AT, AT + 10, AT + 5_000]) outbox.began(at);
    outbox.grew(AT);
    expect(outbox.take(AT + 6_000).batch.cells.map(({ ageMs, young }) => [ageMs, young])).toEqual([
      [5_990, 1],
      [1_000, 1],
    ]);
    outbox.began(AT + 6_000);
    outbox.grew(AT + 6_000);
    outbox.grew(AT + 10);
    expect(outbox.take(AT + 7_000).batch.cells.map(({ young }) => young)).toEqual([-1]);
  });

  it("tells of the streak what was not told before: its failures, and the calls that began beside them", () => {
    const outbox = new Outbox(30_000);
    outbox.failed("timeout", AT, false, null, streak(1, 1), AT + 100);
    outbox.failed("timeout", AT, false, 7_000, streak(2, 5), AT + 200);
    expect(sums(outbox, AT + 300)).toMatchObject({
      tail: { failures: 2, ageMs: 200, startedAgoMs: 300, begun: 5 },
      lastSuccessAgeMs: null,
      lastSuccessStartedAgoMs: null,
      retryAfterMs: 7_000,
      timeouts: 2,
    });
    outbox.failed("timeout", AT, false, null, streak(3, 9), AT + 400);
    expect(sums(outbox, AT + 400)).toMatchObject({ tail: { failures: 1, ageMs: 0, begun: 4 }, retryAfterMs: null });
  });

  it("begins the tail anew after a success of a call that began with it or later", () => {
    for (const laterMs of [0, 10]) {
      const outbox = new Outbox(30_000);
      outbox.failed("timeout", AT, false, null, streak(1), AT + 50);
      outbox.succeeded(AT + laterMs, AT + 100, false);
      outbox.failed("timeout", AT + 120, false, null, streak(1, 1), AT + 150);
      expect(sums(outbox, AT + 200)).toMatchObject({
        ...{ lastSuccessAgeMs: 100, lastSuccessStartedAgoMs: 200 - laterMs },
        tail: { failures: 1, ageMs: 50, startedAgoMs: 80, begun: 1 },
        ...{ timeouts: 2, successes: 1 },
      });
    }
  });

  it("goes on with the tail after an answer to a call from before it", () => {
    const outbox = new Outbox(30_000);
    outbox.failed("timeout", AT, false, null, streak(1), AT + 50);
    outbox.succeeded(AT - 1, AT + 100, false);
    outbox.failed("timeout", AT - 40, false, null, streak(2, 4), AT + 150);
    expect(sums(outbox, AT + 200)).toMatchObject({
      lastSuccessStartedAgoMs: 201,
      tail: { failures: 2, ageMs: 150, startedAgoMs: 240, begun: 4 },
    });
  });

  it("tells of the few calls before a streak with its first failure, and once", () => {
    const outbox = new Outbox(30_000);
    outbox.streakBegins([AT - 10, AT - 30]);
    outbox.failed("timeout", AT, false, null, streak(1), AT + 50);
    expect(sums(outbox, AT + 60)).toMatchObject({ tail: { failures: 1, beforeAgoMs: [70, 90] } });
    outbox.failed("timeout", AT, false, null, streak(2), AT + 70);
    expect(sums(outbox, AT + 80)).toMatchObject({ tail: { failures: 1, beforeAgoMs: [] } });
  });

  it("is urgent after a failure and after the first success behind one, not otherwise", () => {
    const outbox = new Outbox(30_000);
    const urgentAfter = (say: () => void): boolean => {
      say();
      const { isUrgent } = outbox;
      outbox.take(AT);
      return isUrgent;
    };
    const succeed = (): void => outbox.succeeded(AT, AT, false);
    expect(urgentAfter(succeed)).toBe(false);
    expect(urgentAfter(() => outbox.failed("network", AT, false, null, streak(1), AT))).toBe(true);
    expect([urgentAfter(succeed), urgentAfter(succeed)]).toEqual([true, false]);
  });

  it("holds no more than a window of cells while nobody takes them", () => {
    const outbox = new Outbox(30_000);
    for (let i = 0; i < 1_000; i++) outbox.succeeded(AT + i * 1_000, AT + i * 1_000, false);
    expect(outbox.take(AT + 1_000_000).batch.cells.length).toBeLessThanOrEqual(31);
  });

  it("keeps after a store's return only what came of calls that began after the circuit last closed", () => {
    const outbox = new Outbox(30_000);
    outbox.failed("timeout", AT - 5_000, false, 9_000, streak(1), AT + 1_500);
    outbox.succeeded(AT + 500, AT + 4_000, false);
    outbox.keepStartedAfter(AT);
    expect([outbox.hasFailure, outbox.isUrgent]).toEqual([false, false]);
    expect(sums(outbox, AT + 5_000)).toMatchObject({
      successes: 1,
      timeouts: 0,
      tail: { failures: 0, ageMs: 0, startedAgoMs: 0, begun: 0, beforeAgoMs: [] },
      retryAfterMs: null,
    });
  });

  it("and of a streak only so much as is left of it", () => {
    const outbox = new Outbox(30_000);
    for (let i = 1; i <= 6; i++) outbox.failed("timeout", AT - 5_000 + i, false, null, streak(i, 2 * i), AT + i);
    outbox.failed("timeout", AT + 1_500, false, null, streak(7, 14), AT + 2_000);
    outbox.keepStartedAfter(AT + 1_000);
    expect(sums(outbox, AT + 2_500)).toMatchObject({
      timeouts: 1,
      tail: { failures: 1, ageMs: 1_500, startedAgoMs: 1_500, begun: 1 },
    });
  });

  it("takes a success back that was none", () => {
    const outbox = new Outbox(30_000);
    outbox.succeeded(AT, AT, false);
    outbox.take(AT + 10);
    outbox.retracted(AT, AT + 20);
    expect(sums(outbox, AT + 20)).toMatchObject({ successes: -1 });
  });
});
