import { getEventListeners } from "node:events";

import { CircuitOpenError, InvalidOptionError } from "recloser";
import type { RetryOptions, RejectedEvent } from "recloser";
import { describe, expect, test } from "vitest";

import { atFourFailures, down, fleetOf, httpError, refused, rigOf, scenarioPolicy, watch } from "./support.ts";

const idempotent: RetryOptions = { on: "idempotent", initial: "1s" };
/** A random part of one half of every wait. */
const half = (): number => 0.5;

/** A call that fails as told, one error per try, and then answers. */
function failing(...errors: Error[]): { call: () => string; readonly made: number } {
  let made = 0;
  return {
    call: () => {
      const error = errors[made++];
      if (error !== undefined) throw error;
      return "answer";
    },
    get made() {
      return made;
    },
  };
}

describe("R1 retries are off unless asked for", () => {
  test("R1 a call without the option, or with false, is made once", async () => {
    for (const options of [{}, { retry: false as const }]) {
      const rig = rigOf();
      const { call } = failing(refused());
      await expect(rig.breaker.execute(call, options)).rejects.toThrow("ECONNREFUSED");
    }
  });

  test("R1 what is not options is refused before the call is made", async () => {
    const calls = failing();
    const call = rigOf().breaker.execute(calls.call, { retry: true as never });
    await expect(call).rejects.toThrow(InvalidOptionError);
    expect(calls.made).toBe(0);
  });
});

describe("R2 without knowledge of the provider only what was not sent is tried again", () => {
  test("R2 a refused connection is: it is answered, and both tries are counted", async () => {
    const rig = rigOf({ ...atFourFailures }, half);
    const calls = failing(refused());
    const result = watch(rig.breaker.execute(calls.call, { retry: {} }));
    await rig.clock.advance(1_000);
    expect([result.value, calls.made]).toEqual(["answer", 2]);
    expect(rig.breaker.snapshot().window).toMatchObject({ successes: 1, failures: 1, byKind: { network: 1 } });
  });

  test.each([
    ["a reset connection", Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET", syscall: "read" })],
    ["a hang-up", Object.assign(new Error("socket hang up"), { code: "ECONNRESET" })],
    ["a 503", httpError(503)],
    ["a 429 with a hint", httpError(429, { "retry-after": "1" })],
    ["an error nobody knows", new Error("payment failed")],
  ])("R2 %s is not: a payment may have been made", async (_, error) => {
    const rig = rigOf({ ...atFourFailures }, half);
    const calls = failing(error);
    await expect(rig.breaker.execute(calls.call, { retry: {} })).rejects.toBe(error);
    expect(calls.made).toBe(1);
  });
});

describe("R3 a retry hint is waited for, and clamped", () => {
  test("R3 after a 429 with Retry-After: 2 the next try comes after two seconds and a random time, and finds the hold over", async () => {
    const rig = rigOf({ ...atFourFailures }, half);
    const calls = failing(httpError(429, { "retry-after": "2" }));
    const result = watch(rig.breaker.execute(calls.call, { retry: idempotent }));
    await rig.clock.advance(2_499);
    expect([result.status, calls.made]).toEqual(["pending", 1]);
    await rig.clock.advance(1);
    expect([result.value, calls.made]).toEqual(["answer", 2]);
  });

  test("R3 a hint beyond hintMax is not waited for: the 429 is the caller's at once", async () => {
    const rig = rigOf({ ...atFourFailures }, half);
    const error = httpError(429, { "retry-after": "3600" });
    await expect(rig.breaker.execute(failing(error).call, { retry: idempotent })).rejects.toBe(error);
    expect(rig.breaker.snapshot().retries.waiting).toBe(0);
    // The hold itself is as long as the provider said.
    expect((await rig.rejection()).retryAfterMs).toBe(3_600_000);
  });

  test("R3 callers that were refused together come back one after the other, and find a place", async () => {
    let roll = 0;
    const rig = rigOf({ ...atFourFailures }, () => (roll++ % 10) / 10);
    const backAtMs = new Set<number>();
    const call = async ({ attempt }: { attempt: number }): Promise<string> => {
      if (attempt > 1) backAtMs.add(rig.clock.now());
      else await rig.clock.sleep(50);
      if (attempt === 1) throw httpError(429, { "retry-after": "2" });
      return "answer";
    };
    const results = Array.from({ length: 10 }, () => watch(rig.breaker.execute(call, { retry: idempotent })));
    await rig.clock.advance(10_000);
    expect(results.map(({ value }) => value)).toEqual(Array.from({ length: 10 }, () => "answer"));
    expect(backAtMs.size).toBe(10);
  });
});

describe("R4 an open circuit ends it", () => {
  test("R4 the try that trips the circuit is the last one, and its error the caller's", async () => {
    const rig = rigOf({ ...atFourFailures }, half);
    const errors = [down(), down(), down(), down(), down()];
    const calls = failing(...errors);
    const result = watch(rig.breaker.execute(calls.call, { retry: { ...idempotent, attempts: 9 } }));
    await rig.clock.advance(60_000);
    expect([result.error, calls.made, rig.breaker.snapshot().generation]).toEqual([errors[3], 4, 1]);
  });

  test("R4 a circuit that opened meanwhile rejects the next try, with the error that led there as its cause", async () => {
    const rig = rigOf({ ...atFourFailures }, half);
    const error = down();
    const calls = failing(error);
    const rejected: RejectedEvent[] = [];
    rig.breaker.on("rejected", (event) => rejected.push(event));
    const result = watch(rig.breaker.execute(calls.call, { retry: idempotent }));
    await rig.fails(3);
    await rig.clock.advance(500);
    expect(CircuitOpenError.is(result.error)).toBe(true);
    expect(result.error).toMatchObject({ code: "ERR_CIRCUIT_OPEN", reason: "open", cause: error });
    expect([calls.made, rejected.length]).toEqual([1, 1]);
  });

  test("R4 a rejection is not tried again, not even by a function that always says yes", async () => {
    const rig = rigOf({ ...atFourFailures }, half);
    await rig.fails(4);
    const result = rig.breaker.execute(failing().call, { retry: { on: () => true } });
    await expect(result).rejects.toMatchObject({ code: "ERR_CIRCUIT_OPEN" });
  });

  test("R4 a try may be the probe of a circuit that is half-open by then", async () => {
    const rig = rigOf({ ...atFourFailures }, half);
    const calls = failing(httpError(503, { "retry-after": "10" }));
    const result = watch(rig.breaker.execute(calls.call, { retry: { ...idempotent } }));
    await rig.fails(3); // open for the 10 s of the cooldown; the wait is 10.5 s
    await rig.clock.advance(10_500);
    expect([result.value, rig.breaker.state]).toEqual(["answer", "closed"]);
  });
});

describe("R5 a stream is begun again only before it has delivered", () => {
  test("R5 an error before the first chunk is, one behind it is not", async () => {
    const rig = rigOf({ ...atFourFailures }, half);
    const error = down();
    let tries = 0;
    const source = async function* (chunks: number): AsyncGenerator<string> {
      if (++tries === 1) throw error;
      for (let i = 0; i < chunks; i++) yield "chunk";
      throw error;
    };
    const seen: string[] = [];
    const read = async (): Promise<void> => {
      for await (const chunk of rig.breaker.stream(() => source(2), { retry: idempotent })) seen.push(chunk);
    };
    const result = watch(read());
    await rig.clock.advance(60_000);
    expect([result.error, seen, tries]).toEqual([error, ["chunk", "chunk"], 2]);
  });
});

describe("R6 retries cost no more than their budget", () => {
  test("R6 a thousand calls that fail make a fifth more calls and the floor, not three thousand", async () => {
    const rig = rigOf({ ...scenarioPolicy, failureRate: false });
    let made = 0;
    const call = (): never => {
      made++;
      throw down();
    };
    for (let i = 0; i < 1_000; i++) {
      void rig.breaker.execute(call, { retry: { on: "idempotent" } }).catch(() => {});
      await rig.clock.advance(10);
    }
    await rig.clock.advance(60_000);
    const seconds = 10;
    expect(made).toBeGreaterThan(1_000);
    expect(made).toBeLessThanOrEqual(1_000 * 1.2 + (seconds + 10) * 1);
    expect(rig.breaker.snapshot().retries).toMatchObject({ waiting: 0, made: made - 1_000 });
  });

  test("R6 each breaker has its own", async () => {
    const fleet = fleetOf({ defaults: { failureThreshold: false } });
    const spend = (key: string): void => {
      for (let i = 0; i < 100; i++) {
        void fleet.recloser
          .breaker(key)
          .execute(() => Promise.reject(down()), { retry: { on: "idempotent", budget: { ratio: 0 } } })
          .catch(() => {});
      }
    };
    spend("a");
    spend("b");
    await fleet.clock.advance(0);
    const snapshots = ["a", "b"].map((key) => fleet.recloser.breaker(key).snapshot().retries.overBudget);
    expect(snapshots).toEqual([80, 80].map(() => snapshots[0]));
    expect(snapshots[0]).toBeGreaterThan(80);
  });
});

describe("R7 whoever gives up is let go at once", () => {
  test("R7 an abort between two tries rejects with its reason and leaves no listener", async () => {
    const rig = rigOf({ ...atFourFailures }, half);
    const caller = new AbortController();
    const calls = failing(down());
    const result = watch(rig.breaker.execute(calls.call, { retry: idempotent, signal: caller.signal }));
    await rig.clock.advance(100);
    caller.abort("tab closed");
    await rig.clock.advance(0);
    expect([result.error, calls.made]).toEqual(["tab closed", 1]);
    expect(getEventListeners(caller.signal, "abort")).toEqual([]);
    await rig.clock.advance(60_000);
    expect(calls.made).toBe(1);
  });

  test("R7 the deadline is that of the whole call, tries and waits together", async () => {
    const rig = rigOf({ ...atFourFailures }, half);
    let made = 0;
    const call = (): Promise<never> => (made++ === 0 ? Promise.reject(down()) : new Promise(() => {}));
    const result = watch(rig.breaker.execute(call, { retry: idempotent, timeout: "2s" }));
    await rig.clock.advance(1_999);
    expect([result.status, made]).toEqual(["pending", 2]);
    await rig.clock.advance(1);
    expect(result.error).toMatchObject({ code: "ERR_CALL_TIMEOUT", phase: "total", afterMs: 2_000 });
  });
});
