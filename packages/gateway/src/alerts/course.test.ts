import type { TransitionEvent } from "recloser";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Alert } from "./alert.ts";
import { Courses } from "./course.ts";

const INTERVAL_MS = 300_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

/** One replica, and what it has sent. */
class Replica {
  readonly sent: string[] = [];
  isAlone = false;
  readonly courses: Courses = new Courses({
    intervalMs: INTERVAL_MS,
    isAlone: () => this.isAlone,
    send: ({ kind, last, trips }: Alert) => this.sent.push(`${kind} ${last.key} ${trips} ${last.to}`),
  });
}

type Step = "trip" | "close" | "probe" | "probe fails";
const STEPS = {
  trip: { from: "closed", to: "open", reason: "failure-rate" },
  close: { from: "half-open", to: "closed", reason: "probe-passed" },
  probe: { from: "open", to: "half-open", reason: "claimed" },
  "probe fails": { from: "half-open", to: "open", reason: "probe-failed" },
} as const;

/** The first makes it, the others learn of it. */
function happens(step: Step, [maker, ...others]: readonly Replica[], more: Partial<TransitionEvent> = {}): void {
  const event: TransitionEvent = {
    key: "one",
    ...STEPS[step],
    generation: 1,
    cooldownMs: null,
    by: "x",
    atMs: 0,
    origin: "local",
    scope: "shared",
    evidence: null,
    ...more,
  };
  maker?.courses.heard(event);
  for (const other of others) other.courses.heard({ ...event, origin: "shared" });
}

describe("one replica tells", () => {
  test("of an outage twice: at once when it trips, at once when it closes; of its probes nothing", () => {
    const a = new Replica();
    happens("trip", [a]);
    happens("probe", [a]);
    happens("probe fails", [a]);
    happens("probe", [a]);
    expect(a.sent).toEqual(["opened one 1 open"]);
    happens("close", [a]);
    expect(a.sent).toEqual(["opened one 1 open", "closed one 1 closed"]);
    vi.advanceTimersByTime(10 * INTERVAL_MS);
    expect(a.sent).toHaveLength(2);
  });

  test("of a long outage's end too, hours later", () => {
    const a = new Replica();
    happens("trip", [a]);
    vi.advanceTimersByTime(100 * INTERVAL_MS);
    happens("close", [a]);
    expect(a.sent).toEqual(["opened one 1 open", "closed one 1 closed"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("of flapping once in each interval, with the count, until it is quiet for one", () => {
    const a = new Replica();
    happens("trip", [a]);
    happens("close", [a]);
    for (let times = 0; times < 4; times++) {
      vi.advanceTimersByTime(20_000);
      happens("trip", [a]);
      happens("close", [a]);
    }
    expect(a.sent).toHaveLength(2);
    vi.advanceTimersByTime(INTERVAL_MS);
    expect(a.sent.slice(2)).toEqual(["flapping one 4 closed"]);
    happens("trip", [a]);
    vi.advanceTimersByTime(INTERVAL_MS);
    expect(a.sent.slice(3)).toEqual(["flapping one 1 open"]);
    vi.advanceTimersByTime(INTERVAL_MS);
    happens("close", [a]);
    expect(a.sent.slice(4)).toEqual(["closed one 1 closed"]);
    happens("trip", [a]);
    expect(a.sent.slice(5)).toEqual(["opened one 1 open"]);
  });

  test("of the close alone, where nothing more happened after what was told", () => {
    const a = new Replica();
    happens("trip", [a]);
    happens("close", [a]);
    happens("trip", [a]);
    vi.advanceTimersByTime(INTERVAL_MS);
    expect(a.sent.slice(2)).toEqual(["flapping one 1 open"]);
    happens("close", [a]);
    vi.advanceTimersByTime(INTERVAL_MS);
    expect(a.sent.slice(3)).toEqual(["closed one 1 closed"]);
  });

  test("each circuit by itself", () => {
    const a = new Replica();
    happens("trip", [a]);
    happens("trip", [a], { key: "two" });
    expect(a.sent).toEqual(["opened one 1 open", "opened two 1 open"]);
  });

  test("nothing after it was closed", () => {
    const a = new Replica();
    for (const step of ["trip", "close", "trip"] as const) happens(step, [a]);
    a.courses.close();
    vi.advanceTimersByTime(2 * INTERVAL_MS);
    expect(a.sent).toHaveLength(2);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("of several replicas one tells", () => {
  test("the one that made the change", () => {
    const [a, b] = [new Replica(), new Replica()];
    happens("trip", [a, b]);
    happens("close", [b, a]);
    expect(a.sent).toEqual(["opened one 1 open"]);
    expect(b.sent).toEqual(["closed one 1 closed"]);
  });

  test("and of flapping the one that made the last, with all that the others made", () => {
    const [a, b, c] = [new Replica(), new Replica(), new Replica()];
    happens("trip", [a, b, c]);
    happens("close", [b, a, c]);
    happens("trip", [c, a, b]);
    happens("close", [a, b, c]);
    happens("trip", [b, a, c]);
    vi.advanceTimersByTime(INTERVAL_MS);
    expect([a.sent.length, b.sent.length, c.sent.length]).toEqual([1, 2, 0]);
    expect(b.sent.at(-1)).toBe("flapping one 2 open");
  });
});

describe("a process's own circuit beside a store", () => {
  test("is no news while the store answers: the shared one says the same", () => {
    const a = new Replica();
    happens("trip", [a], { scope: "local" });
    expect(a.sent).toEqual([]);
  });

  test("is told while it is away, and so is its close when the store is back", () => {
    const a = new Replica();
    a.isAlone = true;
    happens("trip", [a], { scope: "local" });
    a.isAlone = false;
    happens("close", [a], { scope: "local" });
    expect(a.sent).toEqual(["opened one 1 open", "closed one 1 closed"]);
  });
});
