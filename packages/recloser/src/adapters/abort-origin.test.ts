/** What tests/contracts cannot bring about: an abort whose origin nobody can see. Real aborts are told apart there. */
import { afterEach, expect, test } from "vitest";
import { byTimeLimit } from "./abort-origin.ts";

const limit = Object.getOwnPropertyDescriptor(Error, "stackTraceLimit") as PropertyDescriptor;
const prepare = Object.getOwnPropertyDescriptor(Error, "prepareStackTrace");
afterEach(() => {
  Object.defineProperty(Error, "stackTraceLimit", limit);
  if (prepare === undefined) Reflect.deleteProperty(Error, "prepareStackTrace");
  else Object.defineProperty(Error, "prepareStackTrace", prepare);
});

const bare = (): unknown => AbortSignal.abort().reason;

test("an abort by a caller is no time limit", () => {
  expect(byTimeLimit(bare())).toBe(false);
});

test("what is no bare abort is left to what it says", () => {
  for (const reason of [undefined, null, "left", new Error("left"), new DOMException("late", "TimeoutError")])
    expect(byTimeLimit(reason)).toBe(false);
});

test("the program's own limit of frames is as it was", () => {
  Error.stackTraceLimit = 3;
  byTimeLimit(bare());
  expect(Error.stackTraceLimit).toBe(3);
});

test("a limit that cannot be changed is none to fail on", () => {
  Object.defineProperty(Error, "stackTraceLimit", { value: 3, writable: false, configurable: true });
  expect(byTimeLimit(bare())).toBe(false);
});

test("a program that makes something else of stacks sees no failure", () => {
  const reason = bare();
  let answer: boolean | null = null;
  Error.prepareStackTrace = (_, sites) => sites;
  try {
    answer = byTimeLimit(reason);
  } finally {
    Reflect.deleteProperty(Error, "prepareStackTrace"); // the test runner formats stacks too
  }
  expect(answer).toBe(false);
});
