import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { caught, Failure, failing, neverTrips, RetryRig, twice } from "../../../tests/support/retry-rig.ts";
import type { OutcomeKind } from "./outcome.ts";
import type { RetryOptions } from "./retry-options.ts";
import { seededRandom } from "./testing/seeded-random.ts";

describe("a call that is tried again", () => {
  it("gives what its last try came to, and each try knows its number", async () => {
    const rig = new RetryRig();
    const made = rig.execute([failing(), failing(), "answer"]);
    await rig.clock.advance(10_000);
    expect(await made).toBe("answer");
    expect(rig.tries.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(rig.breaker.snapshot()).toMatchObject({ inFlight: 0, window: { successes: 1, failures: 2 } });
  });

  it("is off unless asked for, and with `false`", async () => {
    const refused = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
    for (const options of [undefined, {}, { retry: false as const }]) {
      const rig = new RetryRig();
      expect(await caught(rig.execute([refused], options ?? {}))).toBe(refused);
      expect(rig.tries).toHaveLength(1);
    }
  });

  it("rejects with the error of the last try, the very object", async () => {
    const rig = new RetryRig();
    const last = failing();
    const made = rig.execute([failing(), failing(), last]);
    await rig.clock.advance(60_000);
    await expect(made).rejects.toBe(last);
    expect(rig.tries).toHaveLength(3);
  });

  it("holds no place between its tries", async () => {
    const rig = new RetryRig({ ...neverTrips, shed: { maxInFlight: 1, adaptive: false } });
    const made = rig.execute([failing(), "second"]);
    await rig.clock.advance(0);
    expect(rig.breaker.snapshot()).toMatchObject({ inFlight: 0, retries: { waiting: 1, made: 1, overBudget: 0 } });
    expect(await rig.breaker.execute(() => "another")).toBe("another");
    await rig.clock.advance(1_000);
    expect(await made).toBe("second");
    expect(rig.breaker.snapshot().retries).toEqual({ waiting: 0, made: 1, overBudget: 0 });
  });

  it("goes by the policy's classifier and the call's own", async () => {
    const rig = new RetryRig();
    const classify = (): OutcomeKind => "caller-error";
    await caught(rig.execute([failing()], { retry: twice, classify }));
    expect(rig.tries).toHaveLength(1);
  });

  it("works for a wrapped function, with its arguments and its `this`", async () => {
    const rig = new RetryRig();
    const ask = rig.breaker.wrap(
      function (this: { left: number }, word: string) {
        if (this.left-- > 0) throw failing();
        return word;
      },
      { retry: twice },
    );
    const made = ask.call({ left: 1 }, "hello");
    await rig.clock.advance(10_000);
    expect(await made).toBe("hello");
  });

  it("asks a function of the user's with the outcome and the error", async () => {
    const rig = new RetryRig();
    const asked: unknown[] = [];
    const error = new Failure("auth");
    const on: RetryOptions["on"] = ({ kind }, ended) => asked.push(kind, ended) < 0;
    await caught(rig.execute([error], { retry: { on } }));
    expect(asked).toEqual(["auth", error]);
    expect(rig.tries).toHaveLength(1);
  });

  it("takes it for a no when that function throws", async () => {
    const rig = new RetryRig();
    const error = failing();
    const on = (): never => {
      throw new Error("no idea");
    };
    expect(await caught(rig.execute([error], { retry: { on } }))).toBe(error);
    expect(rig.tries).toHaveLength(1);
  });
});

describe("an answer that counts as a failure", () => {
  const answers = (...statuses: number[]): (() => Response) => {
    let at = 0;
    return () => new Response("body", { status: statuses[at++] ?? 200, headers: { "retry-after": "2" } });
  };

  it("is asked for again, and its body given back unread", async () => {
    const rig = new RetryRig();
    const seen: Response[] = [];
    const next = answers(503, 200);
    const ask = (): Response => {
      const response = next();
      seen.push(response);
      return response;
    };
    const made = rig.breaker.execute(ask, { retry: twice });
    await rig.clock.advance(2_500);
    expect((await made).status).toBe(200);
    expect(rig.events).toMatchObject([{ attempt: 1, outcome: "overloaded", delayMs: 2_500 }]);
    expect(seen[0]?.bodyUsed).toBe(true);
    expect(await (await made).text()).toBe("body");
  });

  it("is given where it is the last one, whole", async () => {
    const rig = new RetryRig();
    const next = answers(503, 503, 503, 503);
    const made = rig.breaker.execute(next, { retry: { ...twice, attempts: 2 }, fallback: () => Response.error() });
    await rig.clock.advance(10_000);
    const last = await made;
    expect([last.status, await last.text()]).toEqual([503, "body"]);
  });

  it("is not asked for again where nothing but what was not sent is", async () => {
    const rig = new RetryRig();
    expect((await rig.breaker.execute(answers(503, 200), { retry: {} })).status).toBe(503);
  });
});

describe("any calls that are tried again", { timeout: 30_000 }, () => {
  const KINDS = ["server-error", "overloaded", "timeout", "network", "unknown", "caller-error", "cancelled"] as const;

  it("are made as often as their options say and never more, and each try is counted once", async () => {
    const end = fc.constantFrom<"answer" | OutcomeKind>("answer", ...KINDS);
    const call = fc.record({
      ends: fc.array(end, { minLength: 1, maxLength: 6 }),
      attempts: fc.integer({ min: 1, max: 5 }),
      on: fc.subarray([...KINDS], { minLength: 1 }),
      isAsync: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.array(call, { minLength: 1, maxLength: 8 }), async (seed, calls) => {
        const rig = new RetryRig({ ...neverTrips, window: { calls: 1_000 } }, seededRandom(seed));
        const made: Record<string, number> = {};
        let expected = 0;
        for (const { ends, attempts, on, isAsync } of calls) {
          const endOf = (attempt: number): string => ends.at((attempt - 1) % ends.length) ?? "answer";
          let most = 1;
          while (most < attempts && on.includes(endOf(most) as (typeof KINDS)[number])) most++;
          expected += most;
          const play = ({ attempt }: { attempt: number }): string => {
            const kind = endOf(attempt);
            made[kind] = (made[kind] ?? 0) + 1;
            if (kind !== "answer") throw new Failure(kind as OutcomeKind);
            return kind;
          };
          void caught(
            rig.breaker.execute(isAsync ? async (context) => play(context) : play, {
              retry: { attempts, on, budget: false },
            }),
          );
        }
        await rig.clock.advance(1_000_000);
        const { window, inFlight, retries } = rig.breaker.snapshot();
        expect(Object.values(made).reduce((all, n) => all + n, 0)).toBe(expected);
        expect(retries).toEqual({ waiting: 0, made: expected - calls.length, overBudget: 0 });
        const { answer = 0, "caller-error": _mistakes, cancelled: _cancelled, ...failures } = made;
        expect({ ...window.byKind, answer: window.successes }).toEqual({ ...failures, answer });
        expect([inFlight, window.young]).toEqual([0, 0]);
      }),
      { numRuns: 300 },
    );
  });
});
