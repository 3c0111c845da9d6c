/**
 * A breaker races calls against deadlines, trips and aborts, and whoever loses such a race may reject with nobody
 * listening: in a user's process that is a crash. Importing this makes any such rejection fail the test that caused it.
 */
import { setImmediate as turn } from "node:timers/promises";
import { afterAll, afterEach, expect } from "vitest";

const unhandled: unknown[] = [];
process.on("unhandledRejection", (reason) => unhandled.push(reason));

async function expectNone(): Promise<void> {
  await turn(); // Node tells of them when the microtasks are done
  expect(unhandled.splice(0), "unhandled rejections").toEqual([]);
}

afterEach(expectNone);
// What comes of closing things after the last test.
afterAll(expectNone);
