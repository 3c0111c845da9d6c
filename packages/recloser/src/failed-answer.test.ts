import { expect, test } from "vitest";
import { callWhole } from "./adapters/sdk-call.ts";
import { FailedAnswer } from "./failed-answer.ts";
import { outcomeOf } from "./outcome.ts";
import { createBreaker } from "./recloser.ts";

// A query makes it another module to the loader, as a second copy in node_modules is.
const copy = "./failed-answer.ts?copy=2";
const second = (await import(/* @vite-ignore */ copy)) as typeof import("./failed-answer.ts");

test("A failed answer counts as what it is, whichever copy of the package has seen it", async () => {
  const breaker = createBreaker({ consecutiveFailures: false });
  const theirs = new second.FailedAnswer(outcomeOf("content-filtered"), "the answer");
  expect(FailedAnswer.is(theirs)).toBe(true);
  expect(
    await callWhole(
      breaker,
      () => Promise.reject(theirs),
      () => null,
      {},
    ),
  ).toBe("the answer");
  expect(breaker.snapshot().window).toMatchObject({ calls: 0, failures: 0 });
});

test("What throws when it is asked is none", () => {
  const trap = (): never => {
    throw new Error("trap");
  };
  expect(FailedAnswer.is(new Proxy({}, { get: trap, has: trap, getPrototypeOf: trap }))).toBe(false);
});
