import { describe, expect, it } from "vitest";
import { InvalidOptionError } from "./errors.ts";
import { outcomeOf, type OutcomeKind } from "./outcome.ts";
import { createBreaker } from "./recloser.ts";
import { readRetry, type RetryOptions, type RetryPolicy } from "./retry-options.ts";

const policyOf = (options: RetryOptions): RetryPolicy => readRetry(options) as RetryPolicy;
const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });

function refusal(value: unknown): { option: string; expected: string } {
  try {
    readRetry(value);
  } catch (error) {
    if (InvalidOptionError.is(error)) return error;
  }
  throw new Error("it was taken");
}

describe("the options of a retry", () => {
  it("are off unless given", () => {
    expect([readRetry(undefined), readRetry(false)]).toEqual([null, null]);
  });

  it("have defaults", () => {
    const { on: _, ...numbers } = policyOf({});
    expect(numbers).toEqual({
      attempts: 3,
      initialMs: 500,
      factor: 2,
      maxMs: 8_000,
      hintMaxMs: 30_000,
      budget: { ratio: 0.2, floorPerSecond: 1 },
    });
  });

  it("take durations, and no budget at all", () => {
    const policy = policyOf({ initial: "20s", hintMax: "2m", budget: false });
    expect(policy).toMatchObject({ initialMs: 20_000, maxMs: 20_000, hintMaxMs: 120_000, budget: null });
  });

  it.each<[unknown, string]>([
    [true, "retry"],
    [3, "retry"],
    [null, "retry"],
    [[], "retry"],
    [{ retries: 3 }, "retry.retries"],
    [{ attempts: 0 }, "retry.attempts"],
    [{ attempts: 1.5 }, "retry.attempts"],
    [{ on: "always" }, "retry.on"],
    [{ on: [] }, "retry.on"],
    [{ on: ["success"] }, "retry.on"],
    [{ on: ["5xx"] }, "retry.on"],
    [{ initial: 0 }, "retry.initial"],
    [{ factor: 0.5 }, "retry.factor"],
    [{ initial: "2s", max: "1s" }, "retry.max"],
    [{ hintMax: "soon" }, "retry.hintMax"],
    [{ budget: true }, "retry.budget"],
    [{ budget: { ratio: 2 } }, "retry.budget.ratio"],
    [{ budget: { floorPerSecond: -1 } }, "retry.budget.floorPerSecond"],
    [{ budget: { floor: 1 } }, "retry.budget.floor"],
  ])("%j is refused, and %s is named", (value, option) => {
    expect(refusal(value).option).toBe(option);
  });

  it("are refused by a call before it is made, and by wrap and stream at once", async () => {
    const breaker = createBreaker();
    const retry = true as never;
    let calls = 0;
    const made = breaker.execute(() => calls++, { retry });
    await expect(made).rejects.toThrow("retry: expected an object, or false for no retries; received true");
    expect(() => breaker.wrap(() => calls++, { retry })).toThrow(InvalidOptionError);
    expect(() => breaker.stream(async function* () {}, { retry })).toThrow(InvalidOptionError);
    expect(calls).toBe(0);
  });
});

const FAILED: readonly OutcomeKind[] = ["server-error", "overloaded", "timeout", "network", "stream-error"];
const OTHER: readonly OutcomeKind[] = [
  "unknown",
  "quota-exhausted",
  "auth",
  "caller-error",
  "content-filtered",
  "cancelled",
];

describe("which ends are tried again", () => {
  it("not-sent: only what is proved, whatever it counted as on the window's track", () => {
    const { on } = policyOf({});
    for (const kind of [...FAILED, "rate-limited", ...OTHER] as const)
      expect(on(outcomeOf(kind), new Error("x"))).toBe(false);
    expect(on(outcomeOf("network"), refused)).toBe(true);
    expect(on(outcomeOf("timeout"), Object.assign(new Error("x"), { code: "UND_ERR_CONNECT_TIMEOUT" }))).toBe(true);
  });

  it("not-sent: not where the caller's classifier says that it is the caller's", () => {
    expect(policyOf({}).on(outcomeOf("caller-error"), refused)).toBe(false);
    expect(policyOf({ on: "idempotent" }).on(outcomeOf("cancelled"), refused)).toBe(false);
  });

  it("idempotent: every failure of the provider and a rate limit, nothing else", () => {
    const { on } = policyOf({ on: "idempotent" });
    for (const kind of [...FAILED, "rate-limited"] as const)
      expect(on(outcomeOf(kind), new Error("x")), kind).toBe(true);
    for (const kind of OTHER) expect(on(outcomeOf(kind), new Error("x")), kind).toBe(false);
  });

  it("a list: these kinds", () => {
    const { on } = policyOf({ on: ["overloaded", "auth"] });
    expect([on(outcomeOf("overloaded"), refused), on(outcomeOf("network"), refused)]).toEqual([true, false]);
  });
});
