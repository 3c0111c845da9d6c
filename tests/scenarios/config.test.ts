import { InvalidOptionError, createBreaker, createRecloser } from "recloser";
import type { PolicyOptions } from "recloser";
import { describe, expect, test } from "vitest";

import { atFourFailures, fleetOf, openRig, rigOf } from "./support.ts";

/** Options that must be refused, with the part of the option's name that the error must show. */
const refusedOptions: [string, Record<string, unknown>][] = [
  ["window", { window: Number.NaN }],
  ["window", { window: -1 }],
  ["window", { window: 0 }],
  ["window", { window: Number.POSITIVE_INFINITY }],
  ["window", { window: "soon" }],
  ["window", { window: "20 seconds" }],
  ["window", { window: "-5s" }],
  ["window", { window: null }],
  ["calls", { window: { calls: 0 } }],
  ["calls", { window: { calls: -1 } }],
  ["calls", { window: { calls: 1.5 } }],
  ["calls", { window: { calls: Number.NaN } }],
  ["minimumCalls", { minimumCalls: 0 }],
  ["minimumCalls", { minimumCalls: -3 }],
  ["minimumCalls", { minimumCalls: 1.5 }],
  ["minimumCalls", { minimumCalls: "20" }],
  ["failureRate", { failureRate: 0 }],
  ["failureRate", { failureRate: -0.1 }],
  ["failureRate", { failureRate: 1.1 }],
  ["failureRate", { failureRate: 50 }],
  ["failureRate", { failureRate: Number.NaN }],
  ["failureRate", { failureRate: true }],
  ["failureThreshold", { failureThreshold: 0 }],
  ["failureThreshold", { failureThreshold: -1 }],
  ["failureThreshold", { failureThreshold: Number.NaN }],
  ["consecutiveFailures", { consecutiveFailures: 0 }],
  ["consecutiveFailures", { consecutiveFailures: -1 }],
  ["consecutiveFailures", { consecutiveFailures: Number.NaN }],
  ["after", { slowCall: { after: 0, rate: 0.5 } }],
  ["rate", { slowCall: { after: "1s", rate: 0 } }],
  ["rate", { slowCall: { after: "1s", rate: 1.5 } }],
  ["silence", { silence: 0 }],
  ["silence", { silence: -1 }],
  ["silence", { silence: Number.NaN }],
  ["initial", { cooldown: { initial: 0 } }],
  ["initial", { cooldown: { initial: -1 } }],
  ["initial", { cooldown: { initial: Number.NaN } }],
  ["factor", { cooldown: { factor: 0 } }],
  ["factor", { cooldown: { factor: 0.5 } }],
  ["factor", { cooldown: { factor: Number.NaN } }],
  ["cooldown", { cooldown: { initial: "10s", max: "5s" } }],
  ["jitter", { cooldown: { jitter: -0.1 } }],
  ["jitter", { cooldown: { jitter: 1.5 } }],
  ["jitter", { cooldown: { jitter: Number.NaN } }],
  ["successes", { probe: { successes: 0 } }],
  ["lease", { probe: { lease: 0 } }],
  ["lease", { probe: { lease: 599 } }],
  ["lease", { probe: { lease: Number.NaN } }],
  ["timeout", { probe: { timeout: 0 } }],
  ["settleOn", { probe: { settleOn: "never" } }],
  ["from", { ramp: { from: 0 } }],
  ["from", { ramp: { from: -1 } }],
  ["from", { ramp: { from: Number.NaN } }],
  ["initial", { hold: { initial: 0 } }],
  ["factor", { hold: { factor: 0.5 } }],
  ["hold", { hold: { initial: "10s", max: "5s" } }],
  ["pace", { pace: "yes" }],
  ["total", { timeouts: { total: 0 } }],
  ["firstToken", { timeouts: { firstToken: Number.NaN } }],
  ["idle", { timeouts: { idle: -1 } }],
  ["maxInFlight", { shed: { maxInFlight: 0 } }],
  ["onTrip", { onTrip: "explode" }],
  ["mode", { mode: "sometimes" }],
  ["probeWith", { probeWith: "https://example.com" }],
  ["classify", { classify: "server-error" }],
  ["windw", { windw: "30s" }],
  ["failurerate", { failurerate: 0.5 }],
  ["inital", { cooldown: { inital: "5s" } }],
  ["sucesses", { probe: { sucesses: 1 } }],
];

describe("X1 refused at construction", () => {
  test.each(refusedOptions)("X1 %s: %o is refused with field, expectation and what came", (field, options) => {
    const error = (() => {
      try {
        createBreaker(options);
      } catch (thrown) {
        return thrown;
      }
      return undefined;
    })();
    expect(error).toBeInstanceOf(InvalidOptionError);
    const { code, option, expected, message } = error as InvalidOptionError;
    expect(code).toBe("ERR_INVALID_OPTION");
    expect(option).toContain(field);
    expect(expected).toEqual(expect.any(String));
    expect(expected).not.toBe("");
    expect(error).toHaveProperty("received");
    expect(message).toContain(field);
  });

  test("X1 what came is in the error as it came", () => {
    expect(() => createBreaker({ failureRate: 1.1 })).toThrow(
      expect.objectContaining({ option: "failureRate", received: 1.1 }),
    );
    expect(() => createBreaker({ window: "soon" as never })).toThrow(expect.objectContaining({ received: "soon" }));
  });

  test("X1 a recloser's defaults and policies are checked when it is made, not when a key is first used", () => {
    const invalid = expect.objectContaining({ code: "ERR_INVALID_OPTION" });
    expect(() => createRecloser({ defaults: { failureRate: 2 } })).toThrow(invalid);
    expect(() => createRecloser({ policies: { "openai:*": { failureRate: 2 } } })).toThrow(invalid);
    expect(() => createRecloser({ maxBreakers: 0 })).toThrow(invalid);
    expect(() => createRecloser({ maxBreakers: Number.NaN })).toThrow(invalid);
    expect(() => createRecloser({ maxBrakers: 5 } as never)).toThrow(invalid);
  });

  test("X1 a breaker's own options are checked when it is asked for", () => {
    const { recloser } = fleetOf();
    expect(() => recloser.breaker("a", { failureRate: 2 })).toThrow(
      expect.objectContaining({ code: "ERR_INVALID_OPTION", option: "failureRate" }),
    );
  });

  test("durations may be numbers or carry a unit", () => {
    for (const window of [250, 1_500.5, "250ms", "20s", "5m", "2h", "1.5s"] as const)
      expect(() => createBreaker({ window })).not.toThrow();
  });

  test("no options at all will do", async () => {
    const breaker = createBreaker();
    expect(breaker.state).toBe("closed");
    expect(await breaker.execute(() => 1)).toBe(1);
  });

  test("an option that is undefined is an option not given", () => {
    expect(() => createBreaker({ failureRate: undefined, cooldown: { initial: undefined } })).not.toThrow();
  });

  test("a count window belongs to one process: the memory store takes it", () => {
    expect(() => createRecloser({ defaults: { window: { calls: 10 }, minimumCalls: 10 } })).not.toThrow();
  });

  test("options are copied: changing them later changes nothing", async () => {
    const options = {
      failureRate: false,
      failureThreshold: 4,
      window: "30s",
      cooldown: { initial: 10_000, jitter: 0 },
    } as const;
    const given = structuredClone(options) as { -readonly [K in keyof typeof options]: unknown } & {
      cooldown: { initial: number };
    };
    const rig = rigOf(given as PolicyOptions);
    given.failureThreshold = 1;
    given.cooldown.initial = 1;
    await rig.fails(3);
    expect(rig.breaker.state).toBe("closed");
    await rig.fails(1);
    expect((await rig.rejection()).retryAfterMs).toBe(10_000);
  });
});

describe("X3 policies changed at run time", () => {
  test("X3 the window is kept: failures from before count towards the new threshold", async () => {
    const fleet = fleetOf({ defaults: { failureThreshold: 10 } });
    const rig = fleet.rig("openai");
    await rig.fails(3);
    fleet.recloser.configure({ defaults: { ...atFourFailures, failureThreshold: 4 } });
    expect(rig.breaker.state).toBe("closed");
    await rig.fails(1);
    expect(rig.breaker.state).toBe("open");
  });

  test("X3 the state is kept: an open circuit keeps its deadline", async () => {
    const fleet = fleetOf();
    const rig = fleet.rig("openai");
    await rig.fails(4);
    await fleet.clock.advance(4_000);
    fleet.recloser.configure({
      defaults: { ...atFourFailures, failureThreshold: 100, cooldown: { initial: "1s", max: "2s", jitter: 0 } },
    });
    expect(rig.breaker.state).toBe("open");
    expect((await rig.rejection()).retryAfterMs).toBe(6_000);
  });

  test("X3 a shrunken window forgets what is older", async () => {
    const fleet = fleetOf({ defaults: { window: "30s" } });
    const rig = fleet.rig("openai");
    await rig.fails(2);
    await fleet.clock.advance(20_000);
    await rig.fails(1);
    fleet.recloser.configure({ defaults: { ...atFourFailures, window: "10s" } });
    await fleet.clock.advance(1_000);
    await rig.fails(2);
    expect(rig.breaker.state).toBe("closed");
    await rig.fails(1);
    expect(rig.breaker.state).toBe("open");
  });

  test("X3 a grown window goes on counting what it still knows", async () => {
    const fleet = fleetOf({ defaults: { window: "10s" } });
    const rig = fleet.rig("openai");
    await rig.fails(2);
    await fleet.clock.advance(5_000);
    fleet.recloser.configure({ defaults: { ...atFourFailures, window: "30s" } });
    await fleet.clock.advance(15_000);
    await rig.fails(1);
    expect(rig.breaker.state).toBe("closed");
    await rig.fails(1);
    expect(rig.breaker.state).toBe("open");
  });

  test("X3 policies by key change too, and a bad one is refused and changes nothing", async () => {
    const fleet = fleetOf({ policies: { openai: { failureThreshold: 10 } } });
    const rig = fleet.rig("openai");
    await rig.fails(3);
    const error = await (async () => fleet.recloser.configure({ policies: { openai: { failureRate: 7 } } }))().catch(
      (e: unknown) => e,
    );
    expect(InvalidOptionError.is(error)).toBe(true);
    await rig.fails(2);
    expect(rig.breaker.state).toBe("closed");
    fleet.recloser.configure({ policies: { openai: { failureThreshold: 6 } } });
    await rig.fails(1);
    expect(rig.breaker.state).toBe("open");
  });

  test("the same key asked for again after a change is the same breaker", async () => {
    const fleet = fleetOf();
    const breaker = fleet.recloser.breaker("openai");
    fleet.recloser.configure({ defaults: { ...atFourFailures, failureThreshold: 9 } });
    expect(fleet.recloser.breaker("openai")).toBe(breaker);
  });
});

test("openRig is open for its whole cooldown by the scenarios' default", async () => {
  const rig = await openRig();
  expect((await rig.rejection()).retryAfterMs).toBe(10_000);
});
