import { expect, test } from "vitest";
import type { DemoEvent } from "./journal.ts";
import { SCENARIOS } from "./scenarios.ts";
import type { ArmSummary } from "./summary.ts";
import { verdictOf } from "./verdict.ts";

const ARM: ArmSummary = {
  requests: 200,
  goodAnswers: 100,
  goodInTime: 100,
  errors: 100,
  answeredAtOnce: 0,
  releasedByTrip: 0,
  unanswered: 0,
  providerCalls: 200,
  providerCallsInOutage: 120,
  p50MsInOutage: 100,
  p95MsInOutage: 200,
  waitedMs: 100_000,
  healToGoodAnswerMs: 500,
};
const GUARDED: ArmSummary = { ...ARM, answeredAtOnce: 90, providerCallsInOutage: 20 };

function event(atMs: number, kind: DemoEvent["kind"], facts: DemoEvent["facts"] = {}): DemoEvent {
  return { atMs, source: "breaker", kind, shows: "open", text: "", facts };
}
const OPENED = { from: "closed", to: "open", cooldownMs: 5_600 };

test("an opening is told with its delay and what it changed", () => {
  const arms = { without: ARM, with: GUARDED };
  const { happened } = verdictOf(
    { scenario: SCENARIOS["503"], events: [event(6_900, "transition", OPENED)], arms },
    "x",
  );
  expect(happened).toBe(
    "The breaker opened 2.9 s after the trouble began: 90 callers were answered at once and the provider in trouble " +
      "got 20 calls instead of 120.",
  );
});

test("the waiting that was saved is told when it is much, and so is the price", () => {
  const arms = { without: { ...ARM, waitedMs: 600_000 }, with: { ...GUARDED, goodAnswers: 70, goodInTime: 70 } };
  const events = [event(8_000, "transition", OPENED), event(30_000, "transition", { ...OPENED, cooldownMs: 11_000 })];
  const { happened } = verdictOf({ scenario: SCENARIOS["503"], events, arms }, "x");
  expect(happened).toContain("twice in all, and stayed open for up to 11 s");
  expect(happened).toContain("callers waited 8 min less in all");
  expect(happened).toContain("The price: 30 good answers that it missed while it kept callers away.");
});

test("a hold is not an opening", () => {
  const arms = { without: ARM, with: GUARDED };
  const { happened } = verdictOf({ scenario: SCENARIOS["429"], events: [event(4_100, "hold")], arms }, "x");
  expect(happened).toMatch(/^The breaker waited once as the 429s asked and never opened/);
});

test("a breaker that stayed closed says why, and what to see next by the command the reader used", () => {
  const arms = { without: ARM, with: ARM };
  const { happened, next } = verdictOf({ scenario: SCENARIOS.brownout, events: [], arms }, "npm start --");
  expect(happened).toContain("stayed closed");
  expect(happened).toContain("100 good answers (100 without it)");
  expect(next).toMatch(/^Next: npm start -- --scenario flap, /);
});
