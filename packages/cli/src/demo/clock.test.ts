import { afterEach, expect, test } from "vitest";
import { type StoryClock, storyClock } from "./clock.ts";

let wallMs = 1_000;
let clock: StoryClock;
afterEach(() => clock.close());

function start(speed: number): number {
  wallMs = 1_000;
  clock = storyClock(speed, () => wallMs);
  return clock.now();
}

test("story time runs as many times faster as it was told", () => {
  const startMs = start(10);
  wallMs += 20;
  expect(clock.now() - startMs).toBeCloseTo(200);
});

test("it stands still while the process does not get to run, and never goes back", () => {
  const startMs = start(1);
  wallMs += 10_000;
  expect(clock.now() - startMs).toBeCloseTo(30);
  wallMs -= 20_000;
  expect(clock.now()).toBeGreaterThanOrEqual(startMs);
});

test("a sleeper is woken by its signal, with the signal's reason", async () => {
  start(1);
  await expect(clock.sleep(1_000, { signal: AbortSignal.abort(new Error("before")) })).rejects.toThrow("before");
  const stop = new AbortController();
  const sleeping = clock.sleep(60_000, { signal: stop.signal });
  stop.abort(new Error("meanwhile"));
  await expect(sleeping).rejects.toThrow("meanwhile");
});
