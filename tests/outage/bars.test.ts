/** The defaults keep what protocol.md §8 asks of them, in a small form; `npm run sweep` has the whole one. */
import type { PolicyOptions } from "recloser";
import { describe, expect, it } from "vitest";
import { BARS } from "../../benchmarks/sweep/bars/index.ts";
import type { Bar } from "../../benchmarks/sweep/reading.ts";

const effort = { seeds: [1], isSmall: true };

/** A bar that no policy misses is none. */
const BAD: Readonly<Record<string, PolicyOptions>> = {
  "dead-fast": { consecutiveFailures: 60, failureRate: false },
  hang: { consecutiveFailures: false, failureRate: false },
  "brownout-50": { failureRate: 0.4 },
  "base-errors": { failureThreshold: 5 },
  "base-errors-unary": { silence: "10s" },
  recovery: { cooldown: { initial: "5s", max: "5s" }, probe: { successes: 10 } },
  "recovery-long": { probe: { timeout: "10s" } },
  "rate-limit": { pace: false },
};

const named = BARS.map((bar): [string, Bar] => [bar.name, bar]);

describe("the defaults", { timeout: 60_000 }, () => {
  it.each(named)("keep %s", async (_name, bar) => {
    const { value, limit, ok } = await bar.measure({}, effort);
    expect(ok, `${bar.title}: ${value} against ${limit}`).toBe(true);
  });
});

describe("a bad policy", { timeout: 60_000 }, () => {
  it.each(named)("misses %s", async (name, bar) => {
    const bad = BAD[name];
    if (bad === undefined) throw new Error(`which policy misses "${name}"?`);
    expect((await bar.measure(bad, effort)).ok).toBe(false);
  });
});
