import { expect, test } from "vitest";
import type { Caller } from "./ledger.ts";
import type { Step } from "./scenarios.ts";
import { summarise } from "./summary.ts";

const steps: Step[] = [
  { atMs: 10_000, fault: { kind: "hang" }, says: "" },
  { atMs: 60_000, fault: null, says: "" },
];
const NOBODY = { callers: [], providerCalls: 0, providerCallsInOutage: 0 };

function caller(askedMs: number, endedMs: number | null, ending: Caller["ending"]): Caller {
  return { askedMs, endedMs, ending };
}

test("counts the ends, and the waits of those who asked during the outage", () => {
  const callers = [
    caller(1_000, 1_500, "good"),
    caller(11_000, 41_000, "failed"),
    caller(12_000, 62_500, "good"),
    caller(13_000, 13_000, "rejected"),
    caller(13_000, 14_500, "released"),
    caller(61_000, 63_000, "good"),
  ];
  const { without } = summarise(
    { steps, lastsMs: 90_000 },
    { without: { callers, providerCalls: 4, providerCallsInOutage: 2 }, with: NOBODY },
    90_000,
  );
  expect(without).toEqual({
    requests: 6,
    goodAnswers: 3,
    goodInTime: 2,
    errors: 1,
    answeredAtOnce: 1,
    releasedByTrip: 1,
    unanswered: 0,
    providerCalls: 4,
    providerCallsInOutage: 2,
    p50MsInOutage: 1_500,
    p95MsInOutage: 50_500,
    waitedMs: 84_500,
    healToGoodAnswerMs: 2_500,
  });
});

test("whoever has no answer at the end has waited until then", () => {
  const callers = [caller(20_000, null, null)];
  const { without } = summarise(
    { steps, lastsMs: 90_000 },
    { without: { callers, providerCalls: 1, providerCallsInOutage: 1 }, with: NOBODY },
    90_000,
  );
  expect(without).toMatchObject({ unanswered: 1, waitedMs: 70_000, p95MsInOutage: 70_000, healToGoodAnswerMs: null });
});

test("without callers there is nothing to divide by", () => {
  const { with: guarded } = summarise({ steps, lastsMs: 90_000 }, { without: NOBODY, with: NOBODY }, 90_000);
  expect(guarded).toMatchObject({ requests: 0, p50MsInOutage: null, healToGoodAnswerMs: null });
});
