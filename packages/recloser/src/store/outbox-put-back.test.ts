import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Streak } from "../state.ts";
import { Outbox } from "./outbox.ts";

const AT = 1_800_000_000_000;
const WINDOW_MS = 30_000;
const streak = (failures: number, begun = failures): Streak => ({
  ...{ failures, begun },
  ...{ sinceMs: AT, startedMs: AT, from: null },
});
const fail = (outbox: Outbox, startedMs: number, atMs: number, of: Streak, hintMs: number | null = null): void =>
  outbox.failed("timeout", startedMs, false, hintMs, of, atMs);

describe("what is put back into the outbox", () => {
  it("goes out with the next batch as if it had not been taken: each outcome once, at its own age", () => {
    type Said = readonly ["began" | "grew" | "succeeded" | "failed" | "take" | "back", number, number];
    const said = fc.tuple(
      fc.constantFrom("began", "grew", "succeeded", "failed", "take", "back" as const),
      fc.nat(400), // on its way to the next
      fc.nat(3_000), // how long the call took
    ) as fc.Arbitrary<Said>;
    const whatOf = (outbox: Outbox, nowMs: number): unknown => {
      const { cells, lastSuccessAgeMs, lastSuccessStartedAgoMs } = outbox.take(nowMs).batch;
      const byAge = cells.toSorted((a, b) => a.ageMs - b.ageMs);
      return { byAge, lastSuccessAgeMs, lastSuccessStartedAgoMs };
    };
    fc.assert(
      fc.property(fc.array(said, { maxLength: 40 }), (all) => {
        const [left, put] = [new Outbox(WINDOW_MS), new Outbox(WINDOW_MS)];
        const away: ReturnType<Outbox["take"]>[] = [];
        const putBack = (): boolean => away.splice(0).every((taken) => put.putBack(taken, nowMs));
        let nowMs = AT;
        let isBack = true;
        for (const [what, ms, tookMs] of all) {
          nowMs += ms;
          if (what === "take") away.push(put.take(nowMs));
          else if (what === "back") isBack &&= putBack();
          else
            for (const outbox of [left, put]) {
              if (what === "began") outbox.began(nowMs);
              if (what === "grew") outbox.grew(nowMs - tookMs);
              if (what === "succeeded") outbox.succeeded(nowMs - tookMs, nowMs, tookMs > 2_000);
              if (what === "failed") fail(outbox, nowMs - tookMs, nowMs, streak(1));
            }
        }
        expect(isBack && putBack()).toBe(true);
        expect([put.isEmpty, put.hasFailure]).toEqual([left.isEmpty, left.hasFailure]);
        expect(whatOf(put, nowMs)).toEqual(whatOf(left, nowMs));
      }),
    );
  });

  it("is as urgent as it was, and its retry hint is shorter by the time that has passed", () => {
    const outbox = new Outbox(WINDOW_MS);
    fail(outbox, AT, AT + 10, streak(1), 5_000);
    const taken = outbox.take(AT + 10);
    expect([outbox.isUrgent, outbox.putBack(taken, AT + 410), outbox.isUrgent]).toEqual([false, true, true]);
    expect(outbox.take(AT + 410).batch.retryAfterMs).toBe(4_600);
    const quiet = new Outbox(WINDOW_MS);
    quiet.succeeded(AT, AT + 10, false);
    quiet.putBack(quiet.take(AT + 20), AT + 400);
    expect([quiet.isUrgent, quiet.hasFailure, quiet.isEmpty]).toEqual([false, false, false]);
  });

  it("goes on with its streak: failures and the calls begun beside them are told once, and no more than there were", () => {
    const outbox = new Outbox(WINDOW_MS);
    outbox.streakBegins([AT - 30, AT - 20]);
    fail(outbox, AT, AT + 100, streak(1, 3));
    fail(outbox, AT + 10, AT + 110, streak(2, 5));
    const taken = outbox.take(AT + 110);
    fail(outbox, AT + 20, AT + 300, streak(3, 8));
    outbox.putBack(taken, AT + 320);
    expect(outbox.take(AT + 400).batch.tail).toEqual({
      ...{ failures: 3, begun: 8, ageMs: 300, startedAgoMs: 400 },
      beforeAgoMs: [430, 420],
    });
    fail(outbox, AT + 30, AT + 500, streak(4, 9));
    expect(outbox.take(AT + 500).batch.tail).toMatchObject({ failures: 1, begun: 1 });
  });

  it("does not go on with a streak that a later call's success has ended since", () => {
    for (const [startedMs, failures] of [
      [AT + 50, 0],
      [AT - 50, 2],
    ] as const) {
      const outbox = new Outbox(WINDOW_MS);
      fail(outbox, AT, AT + 100, streak(1));
      fail(outbox, AT + 10, AT + 110, streak(2));
      const taken = outbox.take(AT + 110);
      outbox.succeeded(startedMs, AT + 200, false);
      outbox.putBack(taken, AT + 320);
      expect(outbox.take(AT + 400).batch.tail.failures).toBe(failures);
    }
  });

  it("belongs to no round but its own", () => {
    const outbox = new Outbox(WINDOW_MS);
    fail(outbox, AT, AT + 100, streak(1));
    const taken = outbox.take(AT + 110);
    outbox.clear();
    expect([outbox.putBack(taken, AT + 200), outbox.isEmpty]).toEqual([false, true]);
  });

  it("is none where a call of it began before the circuit is known to have closed last", () => {
    const outbox = new Outbox(WINDOW_MS);
    fail(outbox, AT, AT + 100, streak(1));
    const taken = outbox.take(AT + 110);
    outbox.keepStartedAfter(AT - 1);
    fail(outbox, AT + 120, AT + 130, streak(2));
    const later = outbox.take(AT + 140);
    outbox.keepStartedAfter(AT + 50);
    expect([outbox.putBack(taken, AT + 200), outbox.putBack(later, AT + 200)]).toEqual([false, true]);
  });

  it("is none once its window is over", () => {
    const outbox = new Outbox(WINDOW_MS);
    fail(outbox, AT, AT + 100, streak(1));
    const taken = outbox.take(AT + 110);
    expect([outbox.putBack(taken, AT + 110 + WINDOW_MS), outbox.isEmpty]).toEqual([false, true]);
  });

  it("is not changed in a report that is still on its way", () => {
    const outbox = new Outbox(WINDOW_MS);
    fail(outbox, AT, AT + 100, streak(1));
    const taken = outbox.take(AT + 110);
    outbox.putBack(taken, AT + 120);
    fail(outbox, AT, AT + 130, streak(2));
    expect(taken.batch.cells.map(({ failures }) => failures)).toEqual([{ timeout: 1 }]);
  });
});
