import assert from "node:assert/strict";
import { describe, expect, it } from "vitest";
import { InvalidOptionError } from "./errors.ts";
import { createPolicy, mergeOptions, type PolicyOptions } from "./policy.ts";
import { assertSamePolicy, PolicyTable } from "./policy-table.ts";

function refusal(make: () => unknown): InvalidOptionError {
  try {
    make();
  } catch (error) {
    assert.ok(error instanceof InvalidOptionError);
    return error;
  }
  throw new Error("accepted");
}

const of = (options: object): InvalidOptionError => refusal(() => createPolicy(options));

describe("a policy without options", () => {
  it("is the table of defaults in the protocol, §8", () => {
    expect(createPolicy()).toEqual({
      windowMs: 30_000,
      windowCalls: null,
      minimumCalls: 20,
      failureRate: 0.9,
      failureThreshold: false,
      consecutiveFailures: 18,
      slowCall: false,
      silenceMs: 20_000,
      silenceStretches: true,
      cooldown: { initialMs: 5_000, factor: 2, maxMs: 60_000, jitter: 0.2 },
      probe: { successes: 1, leaseMs: 10_000, timeoutMs: 30_000, timeoutStretches: true, settleOn: "first-token" },
      ramp: { from: 2 },
      hold: { initialMs: 1_000, factor: 2, maxMs: 60_000 },
      pace: true,
      timeouts: { totalMs: null, firstTokenMs: null, idleMs: null },
      maxInFlight: Infinity,
      batchShare: 0.8,
      queue: false,
      adaptiveShed: { k: 2 },
      onTrip: "abort-silent",
      probeWith: null,
      classify: null,
      mode: "enforce",
    });
  });

  it("is frozen to the bottom", () => {
    const policy = createPolicy({ slowCall: { after: 5, rate: 1 } });
    for (const part of [policy, policy.cooldown, policy.probe, policy.hold, policy.timeouts, policy.slowCall])
      expect(Object.isFrozen(part)).toBe(true);
  });
});

describe("a duration", () => {
  it("is a number of milliseconds, or a number with its unit", () => {
    const ms = (window: unknown): number | null => createPolicy({ window: window as PolicyOptions["window"] }).windowMs;
    expect([ms(1_500), ms("250ms"), ms("20s"), ms("1.5s"), ms("5m"), ms("2h")]).toEqual([
      ...[1_500, 250, 20_000, 1_500, 300_000, 7_200_000],
    ]);
  });

  it("is nothing else", () => {
    for (const bad of [
      "20 seconds",
      "20",
      "s",
      "",
      "-1s",
      "1e3ms",
      " 20s",
      "20S",
      NaN,
      Infinity,
      -1,
      0,
      null,
      true,
      [],
    ])
      expect(of({ silence: bad }), JSON.stringify(bad)).toMatchObject({ option: "silence", received: bad });
  });
});

const ratios = [0, -0.1, 1.0001, NaN, Infinity, "0.5", null, true];
const counts = [0, -1, 1.5, NaN, Infinity, "5", null, true, 2 ** 53];
const durations = [0, -1, NaN, Infinity, "5 s", null, {}];
const factors = [0.99, 0, -1, NaN, Infinity, "2", null];
const words = ["", "no", null, 5, true];
const functions = [null, 5, "fn", {}];
const objects = [null, 5, "x", [], true, () => {}];

const BAD: readonly [string, (value: unknown) => object, readonly unknown[]][] = [
  ["window", (window) => ({ window }), [0, -5, NaN, Infinity, "30", null, true]],
  ["window.calls", (calls) => ({ window: { calls } }), [...counts, undefined, 1_000_001]],
  ["minimumCalls", (minimumCalls) => ({ minimumCalls }), [...counts, false]],
  ["failureRate", (failureRate) => ({ failureRate }), ratios],
  ["failureThreshold", (failureThreshold) => ({ failureThreshold }), counts],
  ["consecutiveFailures", (consecutiveFailures) => ({ consecutiveFailures }), counts],
  ["slowCall", (slowCall) => ({ slowCall }), objects],
  ["slowCall.after", (after) => ({ slowCall: { after, rate: 0.5 } }), [...durations, undefined]],
  ["slowCall.rate", (rate) => ({ slowCall: { after: "1s", rate } }), [...ratios, undefined]],
  ["silence", (silence) => ({ silence }), durations],
  ["cooldown", (cooldown) => ({ cooldown }), objects],
  ["cooldown.initial", (initial) => ({ cooldown: { initial } }), durations],
  ["cooldown.max", (max) => ({ cooldown: { max } }), [...durations, 4_999]],
  ["cooldown.factor", (factor) => ({ cooldown: { factor } }), factors],
  ["cooldown.jitter", (jitter) => ({ cooldown: { jitter } }), [-0.1, 1.1, NaN, "0.2", null]],
  ["probe", (probe) => ({ probe }), objects],
  ["probe.successes", (successes) => ({ probe: { successes } }), counts],
  ["probe.lease", (lease) => ({ probe: { lease } }), [...durations, 599, "0.5s"]],
  ["probe.timeout", (timeout) => ({ probe: { timeout } }), durations],
  ["probe.settleOn", (settleOn) => ({ probe: { settleOn } }), words],
  ["ramp", (ramp) => ({ ramp }), objects],
  ["ramp.from", (from) => ({ ramp: { from } }), counts],
  ["hold", (hold) => ({ hold }), objects],
  ["hold.initial", (initial) => ({ hold: { initial } }), durations],
  ["hold.max", (max) => ({ hold: { max } }), [...durations, 999]],
  ["hold.factor", (factor) => ({ hold: { factor } }), factors],
  ["pace", (pace) => ({ pace }), [null, 0, "yes"]],
  ["timeouts", (timeouts) => ({ timeouts }), objects],
  ["timeouts.total", (total) => ({ timeouts: { total } }), durations],
  ["timeouts.firstToken", (firstToken) => ({ timeouts: { firstToken } }), durations],
  ["timeouts.idle", (idle) => ({ timeouts: { idle } }), durations],
  ["shed", (shed) => ({ shed }), objects],
  ["shed.maxInFlight", (maxInFlight) => ({ shed: { maxInFlight } }), counts],
  ["shed.adaptive", (adaptive) => ({ shed: { adaptive } }), [0, 1, "yes", null]],
  ["shed.adaptive.k", (k) => ({ shed: { adaptive: { k } } }), factors],
  ["onTrip", (onTrip) => ({ onTrip }), words],
  ["probeWith", (probeWith) => ({ probeWith }), functions],
  ["classify", (classify) => ({ classify }), functions],
  ["mode", (mode) => ({ mode }), words],
];

describe("a bad option", () => {
  it.each(BAD)("%s is refused by name, with what was expected and what came", (option, options, values) => {
    for (const value of values) {
      const error = of(options(value));
      const shown = `${option} ${JSON.stringify(value)} ${typeof value}`;
      expect(error.option, shown).toBe(option);
      expect(error.received, shown).toBe(value);
      expect(error.expected.length, shown).toBeGreaterThan(3);
      expect(error.message, shown).toContain(option);
      expect(error.message, shown).toContain(error.expected);
      expect(error.code, shown).toBe("ERR_INVALID_OPTION");
    }
  });

  it("that nobody knows is refused by its whole path, with the names that are known", () => {
    for (const inner of ["cooldown", "probe", "ramp", "hold", "timeouts", "shed", "slowCall"])
      expect(of({ [inner]: { nonsense: 1 } })).toMatchObject({ option: `${inner}.nonsense`, received: 1 });
    const error = of({ timeout: 5 });
    expect(error.option).toBe("timeout");
    expect(error.expected).toContain("timeouts");
  });

  it("that could never take effect is refused: more minimumCalls than the window has calls", () => {
    expect(of({ window: { calls: 10 }, minimumCalls: 11 }).option).toBe("minimumCalls");
    expect(createPolicy({ window: { calls: 10 } }).minimumCalls).toBe(10);
    expect(createPolicy({ window: { calls: 10 }, minimumCalls: 10 }).minimumCalls).toBe(10);
  });

  it("shows no more of what came than a line, and survives what cannot be shown", () => {
    expect(of({ mode: "x".repeat(10_000) }).message.length).toBeLessThan(300);
    const cyclic: Record<string, unknown> = {};
    cyclic["self"] = cyclic;
    for (const odd of [cyclic, Symbol("s"), 5n, () => {}, Object.create(null), { toJSON: () => undefined }])
      expect(of({ mode: odd }).received).toBe(odd);
  });

  it("is refused where options are not an object", () => {
    for (const bad of [null, 5, "x", []]) expect(of(bad as never).option).toBe("options");
  });
});

describe("edges that are allowed", () => {
  it("are taken as they are", () => {
    const policy = createPolicy({
      failureRate: 1,
      minimumCalls: 1,
      consecutiveFailures: 1,
      cooldown: { initial: 8_000, factor: 1, max: 8_000, jitter: 0 },
      probe: { lease: 600 },
      window: { calls: 1_000_000 },
      ramp: {},
    });
    expect(policy).toMatchObject({ failureRate: 1, minimumCalls: 1, windowCalls: 1_000_000, ramp: { from: 2 } });
    expect(createPolicy({ failureRate: false, silence: false, ramp: false, slowCall: false })).toMatchObject({
      ...{ failureRate: false, silenceMs: false, ramp: false, slowCall: false },
    });
  });

  it("include undefined, which is as good as not given", () => {
    const names = ["window", "cooldown", "probe", "ramp", "shed", "mode", "classify", "silence", "slowCall"];
    expect(createPolicy(Object.fromEntries(names.map((name) => [name, undefined])))).toEqual(createPolicy());
    expect(createPolicy({ cooldown: { initial: undefined } }).cooldown.initialMs).toBe(5_000);
  });

  it("include a first cooldown beyond the default maximum, which follows it", () => {
    expect(createPolicy({ cooldown: { initial: "5m" } }).cooldown).toMatchObject({
      initialMs: 300_000,
      maxMs: 300_000,
    });
  });
});

describe("merging options", () => {
  it("lets the later win, field by field inside cooldown, probe, hold, timeouts and shed", () => {
    const merged = mergeOptions(
      { cooldown: { initial: 1, max: 9 }, probe: { lease: 700 }, ramp: { from: 4 }, slowCall: { after: 1, rate: 1 } },
      undefined,
      { cooldown: { initial: 2 }, probe: { successes: 3 }, ramp: false },
    );
    expect(merged).toEqual({
      cooldown: { initial: 2, max: 9 },
      probe: { lease: 700, successes: 3 },
      ramp: false,
      slowCall: { after: 1, rate: 1 },
    });
  });

  it("takes undefined as not given, also inside", () => {
    expect(mergeOptions({ mode: "observe" }, { mode: undefined })).toEqual({ mode: "observe" });
    const { cooldown } = createPolicy(
      mergeOptions({ cooldown: { initial: 1_000 } }, { cooldown: { initial: undefined } }),
    );
    expect(cooldown.initialMs).toBe(1_000);
  });

  it("changes none of its inputs", () => {
    const defaults = Object.freeze({ cooldown: Object.freeze({ initial: 1 }) });
    mergeOptions(defaults, { cooldown: { max: 5 } });
    expect(defaults).toEqual({ cooldown: { initial: 1 } });
  });
});

describe("the table of policies", () => {
  const table = new PolicyTable(
    { minimumCalls: 7, cooldown: { initial: 1_000 } },
    {
      "*": { failureThreshold: 1 },
      "openai:*": { failureThreshold: 2 },
      "openai:gpt*": { failureThreshold: 3 },
      "openai:gpt-5": { failureThreshold: 4, cooldown: { factor: 3 } },
    },
  );

  it("gives a breaker the most specific entry over the defaults, and only that one", () => {
    const threshold = (name: string): unknown => table.policyOf(name).failureThreshold;
    expect(["x", "openai:o3", "openai:gpt-4", "openai:gpt-5"].map(threshold)).toEqual([1, 2, 3, 4]);
    expect(table.policyOf("openai:gpt-5")).toMatchObject({
      minimumCalls: 7,
      cooldown: { initialMs: 1_000, factor: 3 },
    });
  });

  it("lets a breaker's own options win, and holds it to them", () => {
    const own = table.policyOf("own", { failureThreshold: 9 });
    expect(own).toMatchObject({ failureThreshold: 9, minimumCalls: 7 });
    const ask = (failureThreshold: number): void => {
      const options = { failureThreshold };
      assertSamePolicy("own", own, table.policyOf("own", options), options);
    };
    expect(() => ask(9)).not.toThrow();
    expect(refusal(() => ask(8)).message).toContain("failureThreshold");
  });

  it("shares one policy among the breakers of an entry", () => {
    expect(table.policyOf("openai:a")).toBe(table.policyOf("openai:b"));
  });

  it("refuses a bad entry by its whole path, used or not", () => {
    expect(refusal(() => new PolicyTable({ failureRate: 2 })).option).toBe("defaults.failureRate");
    expect(refusal(() => new PolicyTable({}, { "a:*": { probe: { lease: 5 } } })).option).toBe(
      'policies["a:*"].probe.lease',
    );
  });

  it("refuses entries that are bad only together with the defaults", () => {
    const layers = (): PolicyTable =>
      new PolicyTable({ cooldown: { initial: 10_000 } }, { a: { cooldown: { max: 9_000 } } });
    expect(refusal(layers).option).toContain("cooldown.max");
  });

  it("keeps a breaker's own options when the rest changes", () => {
    const next = table.with({ minimumCalls: 2 }, undefined);
    expect(next.policyOf("kept", { failureThreshold: 6 })).toMatchObject({ failureThreshold: 6, minimumCalls: 2 });
    expect(next.policyOf("openai:o3")).toMatchObject({ failureThreshold: 2, minimumCalls: 2 });
  });

  it("changes an entry field by field", () => {
    const next = table.with({ cooldown: { factor: 5 } }, { "openai:*": { silence: false } });
    expect(next.policyOf("openai:o3")).toMatchObject({ failureThreshold: 2, silenceMs: false, minimumCalls: 7 });
    expect(next.policyOf("x").cooldown).toMatchObject({ initialMs: 1_000, factor: 5 });
  });
});
