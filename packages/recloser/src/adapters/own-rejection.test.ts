import { expect, test } from "vitest";
import { CallTimeoutError, CircuitOpenError, ShedError } from "../errors.ts";
import { isRejection } from "./own-rejection.ts";

const facts = {
  key: "k",
  state: "open",
  reason: "open",
  retryAfterMs: 1,
  openedAtMs: 1,
  generation: 1,
  lastFailure: null,
  evidence: null,
} as const;

test("A rejection is known in whichever copy of the package it was made, and nothing else is one", async () => {
  // A query makes it another module to the loader, as a second copy in node_modules is.
  const copy = "../errors.ts?copy=2";
  const second = (await import(/* @vite-ignore */ copy)) as typeof import("../errors.ts");
  const theirs = new second.CircuitOpenError(facts);
  expect(theirs).not.toBeInstanceOf(CircuitOpenError);
  for (const rejection of [theirs, new second.ShedError("k", 1), new CircuitOpenError(facts), new ShedError("k", 1)])
    expect(isRejection(rejection)).toBe(true);
  const others = [new CallTimeoutError("k", "total", 1), new Error("w", { cause: theirs }), null, "open"];
  expect(others.map(isRejection)).toEqual([false, false, false, false]);
});
