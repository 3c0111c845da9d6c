import { createBreaker } from "recloser";
import { type ManualClock, manualClock } from "recloser/testing";
import { expect, test } from "vitest";
import { Journal } from "./journal.ts";

interface Fixture {
  readonly journal: Journal;
  readonly clock: ManualClock;
  /** Makes one call, which fails with an error that has these fields, or succeeds without any. */
  readonly call: (failure?: object) => Promise<void>;
}

function setUp(): Fixture {
  const clock = manualClock();
  const breaker = createBreaker({ name: "llm", clock, random: () => 0, consecutiveFailures: 2 });
  const journal = new Journal(breaker, clock.now());
  const call = (failure?: object): Promise<void> =>
    breaker
      .execute(() => {
        if (failure !== undefined) throw Object.assign(new Error("no answer"), failure);
      })
      .catch(() => {});
  return { journal, clock, call };
}

test("tells of a trip, a failed probe, a good one and the end of the ramp", async () => {
  const { journal, clock, call } = setUp();
  await call({ status: 503 });
  await clock.advance(200);
  await call({ status: 503 });
  await clock.advance(5_000);
  await call({ status: 503 });
  await clock.advance(10_000);
  for (let n = 0; n < 10; n++) await call();
  journal.look(15_200);
  expect(journal.events.map(({ text }) => text)).toEqual([
    "open for 5.0 s (step 1): 2 calls failed in a row",
    "half-open: one call goes out as the probe",
    "open again for 10 s (step 2): the probe failed",
    "half-open: one call goes out as the probe",
    "closed: the probe succeeded, traffic comes back step by step",
    "full traffic again",
  ]);
  expect(journal).toMatchObject({ opened: 1, held: 0, longestStep: 2, probes: { passed: 1, failed: 1 } });
  expect(journal.events[0]).toMatchObject({ atMs: 200, source: "breaker", shows: "open" });
  expect(journal.events[0]?.facts).toMatchObject({ from: "closed", to: "open", reason: "consecutive-failures" });
  expect(journal.events[0]?.facts["evidence"]).toContain("2 overloaded");
  expect(journal.lastTrip).toBe("2 calls failed in a row");
});

test("tells of a hold once, however many 429s come straggling in, and of its end", async () => {
  const { journal, clock, call } = setUp();
  const limited = { status: 429, headers: { "retry-after": "5" } };
  await Promise.all([call(limited), call(limited)]);
  journal.look(0);
  expect(journal.look(0)).toBe("held");
  await clock.advance(5_100);
  expect(journal.look(5_100)).toBe("closed");
  expect(journal.events.map(({ text }) => text)).toEqual([
    "held for 5.0 s, as the provider asked; the circuit stays closed",
    "the hold is over: one call may try",
  ]);
  expect(journal.held).toBe(1);
});

test("tells of each hold, even if nobody looked between two", async () => {
  const { journal, clock, call } = setUp();
  const limited = { status: 429, headers: { "retry-after": "5" } };
  await call(limited);
  await clock.advance(5_100);
  await call(limited);
  expect(journal.events.map(({ kind, atMs }) => [kind, atMs])).toEqual([
    ["hold", 0],
    ["hold-over", 5_000],
    ["hold", 5_100],
  ]);
  expect(journal.held).toBe(2);
});

test("notes nothing once it is closed, however the breaker goes on", async () => {
  const { journal, clock, call } = setUp();
  const heard: string[] = [];
  journal.onEvent = ({ kind }) => heard.push(kind);
  await call({ status: 429, headers: { "retry-after": "1" } });
  expect(journal.shown).toBe("held");
  await clock.advance(1_100);
  journal.look(1_100);
  journal.close();
  await call({ status: 503 });
  await clock.advance(200);
  await call({ status: 503 });
  await clock.advance(5_000);
  await call();
  expect(heard).toEqual(["hold", "hold-over"]);
  expect(journal.events).toHaveLength(2);
  expect(journal).toMatchObject({ opened: 0, shown: "closed", probes: { passed: 0, failed: 0 } });
});

test("tells of the provider's turns", () => {
  const { journal } = setUp();
  const heard: string[] = [];
  journal.onEvent = ({ text }) => heard.push(text);
  journal.provider({ atMs: 0, fault: { kind: "hang" }, says: "hangs" }, 4_000);
  journal.provider({ atMs: 0, fault: null, says: "is well again" }, 9_000);
  expect(journal.events.map(({ kind, atMs }) => [kind, atMs])).toEqual([
    ["fault", 4_000],
    ["healed", 9_000],
  ]);
  expect(heard).toEqual(["hangs", "is well again"]);
});
