import { describe, expect, it } from "vitest";
import { caught, failing, neverTrips, RetryRig, twice } from "../../../tests/support/retry-rig.ts";
import { CircuitOpenError, ShedError } from "./errors.ts";
import type { FallbackInfo } from "./fallback.ts";
import type { RetryOptions } from "./retry-options.ts";

it('is not tried again where "on" gives the promise of an answer: only true is a yes', async () => {
  const rig = new RetryRig(neverTrips);
  const on = (async () => false) as unknown as () => boolean;
  const error = failing();
  const made = rig.execute([error], { retry: { on } });
  await rig.clock.advance(1_000);
  expect(await caught(made)).toBe(error);
  expect(rig.tries).toHaveLength(1);
});

describe("an open circuit", () => {
  const trips = { ...neverTrips, failureThreshold: 2, cooldown: { initial: "10s", jitter: 0 } } as const;

  it("stops at once the call whose own try tripped it: with the error of that try, and no wait", async () => {
    const rig = new RetryRig(trips);
    const errors = [failing(), failing()];
    const made = rig.execute(errors, { retry: { ...twice, attempts: 9 } });
    await rig.clock.advance(500);
    expect(await caught(made)).toBe(errors[1]);
    expect(rig.tries).toHaveLength(2);
  });

  it("rejects a try that comes back to it: with the error that was tried again as its cause", async () => {
    const rig = new RetryRig(trips);
    const error = failing();
    const seen: FallbackInfo[] = [];
    const made = rig.execute([error]);
    const fallback = (_: unknown, info: FallbackInfo): string => String(seen.push(info) && "instead");
    const covered = rig.execute([error], { retry: twice, fallback });
    await rig.clock.advance(1_000);
    const rejection = (await caught(made)) as CircuitOpenError;
    expect(rejection).toBeInstanceOf(CircuitOpenError);
    expect(rejection).toMatchObject({ reason: "open", cause: error });
    expect(await covered).toBe("instead");
    expect(rig.tries).toHaveLength(2);
    expect(seen).toMatchObject([{ open: null, outcome: { kind: "server-error" } }]);
  });

  it("tells the fallback so", async () => {
    const rig = new RetryRig(trips);
    const seen: FallbackInfo[] = [];
    const made = rig.execute([failing()], { retry: twice, fallback: (_, info) => seen.push(info) });
    await caught(rig.execute([failing()], {}));
    await rig.clock.advance(1_000);
    await made;
    expect(seen).toMatchObject([{ open: { reason: "open" }, outcome: null }]);
  });

  it("is no failure to try again: a call that is rejected is not made, and not waited for", async () => {
    const rig = new RetryRig({ ...neverTrips, shed: { maxInFlight: 1, adaptive: false } });
    await rig.breaker.forceOpen({ by: "ops", reason: "drill" });
    expect(await caught(rig.execute(["never"], { retry: { on: () => true } }))).toBeInstanceOf(CircuitOpenError);
    await rig.breaker.clearOverride({ by: "ops" });
    const permit = await rig.breaker.acquire();
    expect(await caught(rig.execute(["never"], { retry: { on: () => true } }))).toBeInstanceOf(ShedError);
    await permit[Symbol.asyncDispose]();
    expect([rig.tries, rig.events]).toEqual([[], []]);
  });

  it("is not probed twice by one call, and a later try of another may be the probe", async () => {
    const rig = new RetryRig(trips);
    await caught(rig.execute([failing()], {}));
    await caught(rig.execute([failing()], {}));
    await rig.clock.advance(10_000);
    const error = failing();
    expect(await caught(rig.execute([error]))).toBe(error);
    expect(rig.tries.at(-1)).toMatchObject({ attempt: 1, probe: true });
    expect(rig.breaker.state).toBe("open");
  });

  it("gives up a try that had shown nothing, and that is the end of the call", async () => {
    const rig = new RetryRig(trips);
    const first = failing();
    let made = 0;
    const hanging = rig.breaker.execute(() => (made++ === 0 ? Promise.reject(first) : new Promise(() => {})), {
      retry: twice,
    });
    const seen = caught(hanging);
    await rig.clock.advance(500);
    await caught(rig.execute([failing()], {}));
    expect(await seen).toBeInstanceOf(CircuitOpenError);
    expect(await seen).toMatchObject({ inFlight: true, cause: first });
    expect(made).toBe(2);
  });

  it("by an operator's word ends it too, at once", async () => {
    const rig = new RetryRig();
    const error = failing();
    const made = rig.breaker.execute(
      async () => {
        await rig.clock.sleep(100);
        throw error;
      },
      { retry: twice },
    );
    const seen = caught(made);
    await rig.breaker.forceOpen({ by: "ops", reason: "drill" });
    await rig.clock.advance(100);
    expect(await seen).toBe(error);
    expect(rig.events).toEqual([]);
  });

  it("stops nothing in observe mode", async () => {
    const rig = new RetryRig({ ...trips, mode: "observe" });
    const made = rig.execute([failing(), failing(), failing(), "answer"], { retry: { ...twice, attempts: 5 } });
    await rig.clock.advance(60_000);
    expect(await made).toBe("answer");
  });

  it("is not there in mode off, and retries work", async () => {
    const rig = new RetryRig({ mode: "off" });
    const made = rig.execute([failing(), "answer"], { retry: { on: "idempotent" } });
    await rig.clock.advance(60_000);
    expect(await made).toBe("answer");
  });
});

describe("the budget", () => {
  it("is spent by the calls that fail together: the others get their errors at once", async () => {
    const rig = new RetryRig();
    const retry: RetryOptions = { on: "idempotent" };
    const made = Array.from({ length: 1_000 }, () => caught(rig.execute([failing()], { retry })));
    await rig.clock.advance(60_000);
    await Promise.all(made);
    // 1 000 first tries, a fifth of them again, the floor of ten seconds at once and 1 a second for the time it took.
    expect(rig.tries.length).toBeGreaterThan(1_200);
    expect(rig.tries.length).toBeLessThanOrEqual(1_215);
    const { retries } = rig.breaker.snapshot();
    expect(retries).toMatchObject({ waiting: 0, made: rig.tries.length - 1_000 });
    expect(rig.events.filter(({ delayMs }) => delayMs === null)).toHaveLength(retries.overBudget);
  });

  it("belongs to the breaker: calls with other options draw on the same one", async () => {
    const rig = new RetryRig();
    const none = { ratio: 0, floorPerSecond: 1 };
    for (let i = 0; i < 10; i++) void rig.execute([failing()], { retry: { on: "idempotent", budget: none } });
    const error = failing();
    expect(await caught(rig.execute([error], { retry: { on: ["server-error"], budget: none } }))).toBe(error);
    expect(rig.events.at(-1)).toMatchObject({ attempt: 1, outcome: "server-error", delayMs: null });
  });

  it("counts no call that was rejected", async () => {
    const rig = new RetryRig();
    const retry: RetryOptions = { on: "idempotent", budget: { ratio: 1, floorPerSecond: 0 } };
    await rig.breaker.forceOpen({ by: "ops", reason: "drill" });
    for (let i = 0; i < 50; i++) await caught(rig.execute(["never"], { retry }));
    await rig.breaker.clearOverride({ by: "ops" });
    for (let i = 0; i < 5; i++) void rig.execute([failing()], { retry });
    expect(rig.breaker.snapshot().retries).toMatchObject({ made: 5, waiting: 5 });
    await rig.clock.advance(1_000);
    expect(rig.breaker.snapshot().retries.made).toBeLessThanOrEqual(5);
  });
});
