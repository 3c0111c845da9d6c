/** A success that a window counted and that was none after all: an answer that broke after its content. */
import { describe, expect, it } from "vitest";
import { CountWindow, TimeWindow } from "./window.ts";

const NOW = 1_800_000_000_000;

describe("a success taken back", () => {
  it.each([
    ["time", () => new TimeWindow(1_000)],
    ["calls", () => new CountWindow(5)],
  ])("no longer counts in a window of %s, and no more are taken back than were counted", (_of, make) => {
    const window = make();
    window.addFailure(NOW, "network", false, 1);
    const place = window.addSuccesses(NOW, 1, 0);
    expect([window.retract(place), window.successes, window.failures]).toEqual([true, 0, 1]);
    expect([window.retract(place), window.successes, window.failures]).toEqual([false, 0, 1]);
  });

  it("is taken from the bucket that has it, and not once that is out of the window", () => {
    const window = new TimeWindow(1_000);
    const first = window.addSuccesses(NOW, 2, 0);
    window.addSuccesses(NOW + 900, 1, 0);
    expect([window.retract(first), window.successes]).toEqual([true, 2]);
    window.addSuccesses(NOW + 1_000, 1, 0);
    expect([window.retract(first), window.successes]).toEqual([false, 2]);
  });

  it("in a window of calls leaves a hole that counts as nothing, stays as slow as it was, and goes with its turn", () => {
    const window = new CountWindow(3);
    const slow = window.addSuccesses(NOW, 1, 1);
    expect([window.retract(slow), window.successes, window.slow]).toEqual([true, 0, 1]);
    const into = new CountWindow(3);
    window.replay(into, NOW);
    expect([into.successes, into.failures, into.slow, window.firstFailureMark()]).toEqual([0, 0, 0, Infinity]);
    window.addSuccesses(NOW, 3, 0);
    expect([window.successes, window.slow, window.failures]).toEqual([3, 0, 0]);
    expect(window.failuresByKind()).toEqual({});
  });

  it("in a window of calls is not one that has left it, that never came, or that is a failure", () => {
    const window = new CountWindow(3);
    const first = window.addSuccesses(NOW, 1, 0);
    const [second, third] = [window.addSuccesses(NOW, 1, 0), window.addSuccesses(NOW, 1, 0)];
    expect([window.retract(third + 1), window.successes]).toEqual([false, 3]);
    window.addFailure(NOW, "network", false, 1);
    expect([window.retract(first), window.retract(third + 1), window.successes]).toEqual([false, false, 2]);
    expect([window.retract(second), window.retract(third), window.successes]).toEqual([true, true, 0]);
  });
});
