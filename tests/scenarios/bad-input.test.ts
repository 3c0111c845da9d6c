import { describe, expect, test } from "vitest";

import { atFourFailures, down, fleetOf, rigOf, watch } from "./support.ts";

describe("odd things thrown", () => {
  test.each([["a string"], [42], [null], [undefined], [Symbol.for("x")], [{ odd: true }], [false]])(
    "%s comes back as it was",
    async (thrown: unknown) => {
      const rig = rigOf();
      const result = watch(
        rig.breaker.execute(() => {
          throw thrown;
        }),
      );
      await rig.clock.advance(0);
      expect(result.status).toBe("rejected");
      expect(result.error).toBe(thrown);
    },
  );

  test("a non-Error counts as a failure of an external call", async () => {
    const rig = rigOf(atFourFailures);
    await rig.fails(4, "service unavailable");
    expect(rig.breaker.state).toBe("open");
  });

  test("an error whose fields throw when read is rethrown and counted", async () => {
    const rig = rigOf(atFourFailures);
    const trap = new Proxy(new Error("trap"), {
      get(target, field, receiver) {
        if (field === "status" || field === "code" || field === "cause") throw new Error("a getter that throws");
        return Reflect.get(target, field, receiver) as unknown;
      },
    });
    const seen = await rig.fails(4, trap);
    for (const error of seen) expect(error).toBe(trap);
    expect(rig.breaker.state).toBe("open");
  });

  test("an error that is its own cause is handled", async () => {
    const rig = rigOf(atFourFailures);
    const circle = new Error("circle");
    circle.cause = circle;
    expect(await rig.fails(4, circle)).toEqual([circle, circle, circle, circle]);
    expect(rig.breaker.state).toBe("open");
  });

  test("a revoked proxy is handled", async () => {
    const rig = rigOf(atFourFailures);
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const result = watch(
      rig.breaker.execute(() => {
        throw proxy as unknown;
      }),
    );
    await rig.clock.advance(0);
    expect(result.status).toBe("rejected");
    expect(result.error === proxy).toBe(true);
  });
});

describe("odd ways to answer", () => {
  test("a callback that throws at once gives a rejected promise, never a throw", async () => {
    const rig = rigOf(atFourFailures);
    const error = down();
    for (let i = 0; i < 4; i++) {
      let promise: Promise<unknown> | undefined;
      expect(() => {
        promise = rig.breaker.execute(() => {
          throw error;
        });
      }).not.toThrow();
      await expect(promise).rejects.toBe(error);
    }
    expect(rig.breaker.state).toBe("open");
  });

  test("an open circuit too gives a rejected promise, never a throw", async () => {
    const rig = rigOf(atFourFailures);
    await rig.fails(4);
    let promise: Promise<unknown> | undefined;
    expect(() => {
      promise = rig.breaker.execute(() => "never");
    }).not.toThrow();
    await expect(promise).rejects.toMatchObject({ code: "ERR_CIRCUIT_OPEN" });
  });

  const thenable = <T>(then: (resolve: (value: T) => void, reject: (error: unknown) => void) => void): PromiseLike<T> =>
    // oxlint-disable-next-line unicorn/no-thenable -- thenables are what is tested
    ({ then }) as PromiseLike<T>;

  test("a thenable that rejects counts; its error comes through", async () => {
    const rig = rigOf(atFourFailures);
    const error = down();
    for (let i = 0; i < 4; i++) {
      await expect(rig.breaker.execute(() => thenable((_, reject) => reject(error)))).rejects.toBe(error);
    }
    expect(rig.breaker.state).toBe("open");
  });

  test("a thenable that resolves gives its value", async () => {
    expect(await rigOf().breaker.execute(() => thenable<string>((resolve) => resolve("ok")))).toBe("ok");
  });

  test("a thenable whose `then` throws counts as rejected", async () => {
    const rig = rigOf({ ...atFourFailures, failureThreshold: 1 });
    const error = down();
    await expect(
      rig.breaker.execute(() =>
        thenable(() => {
          throw error;
        }),
      ),
    ).rejects.toBe(error);
    expect(rig.breaker.state).toBe("open");
  });

  test("a thenable that settles twice counts once", async () => {
    const rig = rigOf({ ...atFourFailures, failureThreshold: 1 });
    const twice = rig.breaker.execute(() =>
      thenable<string>((resolve, reject) => {
        resolve("first");
        reject(down());
      }),
    );
    expect(await twice).toBe("first");
    expect(rig.breaker.state).toBe("closed");
  });

  test("a call that never settles holds nobody and its caller can leave", async () => {
    const rig = rigOf();
    const caller = new AbortController();
    const hung = await rig.starts({ signal: caller.signal });
    expect(await rig.succeeds(3)).toEqual(["ok", "ok", "ok"]);
    caller.abort();
    await rig.clock.advance(0);
    expect(hung.result.status).toBe("rejected");
  });

  test("permits that are never settled hold nobody", async () => {
    const rig = rigOf(atFourFailures);
    for (let i = 0; i < 100; i++) rig.breaker.tryAcquire();
    await rig.clock.advance(3_600_000);
    expect(await rig.succeeds(1)).toEqual(["ok"]);
    await rig.fails(4);
    expect(rig.breaker.state).toBe("open");
  });

  test("a permit settled after its breaker is long past is harmless", async () => {
    const rig = rigOf();
    const permit = await rig.breaker.acquire();
    await rig.clock.advance(24 * 3_600_000);
    expect(() => permit.success({ durationMs: Number.NaN })).not.toThrow();
    const other = await rig.breaker.acquire();
    expect(() => other.success({ durationMs: -5 })).not.toThrow();
    expect(await permit.renew()).toBe(false);
  });

  test("disposing a permit that was not settled ignores it", async () => {
    const rig = rigOf({ ...atFourFailures, failureThreshold: 1 });
    for (let i = 0; i < 20; i++) await (await rig.breaker.acquire())[Symbol.asyncDispose]();
    expect(rig.breaker.state).toBe("closed");
    const permit = await rig.breaker.acquire();
    permit.failure(down());
    await permit[Symbol.asyncDispose]();
    expect(rig.breaker.state).toBe("open");
  });
});

describe("bad options of one call or act", () => {
  const invalid = expect.objectContaining({ code: "ERR_INVALID_OPTION" });
  const outcomeOf = async (act: () => unknown): Promise<unknown> => {
    try {
      await act();
    } catch (error) {
      return error;
    }
    return "accepted";
  };

  test.each([{ timeout: -1 }, { timeout: Number.NaN }, { timeout: "soon" }, { timeot: "1s" }])(
    "execute refuses %o and makes no call",
    async (options) => {
      const rig = rigOf();
      let made = 0;
      const error = await outcomeOf(() => rig.breaker.execute(() => ++made, options as never));
      expect(error).toEqual(invalid);
      expect(made).toBe(0);
      expect(await rig.succeeds(1)).toEqual(["ok"]);
    },
  );

  test.each([{ firstToken: 0 }, { idle: -1 }, { timeout: Number.NaN }])("stream refuses %o", async (options) => {
    const rig = rigOf();
    const error = await outcomeOf(async () => {
      for await (const chunk of rig.breaker.stream(async function* () {
        yield "never";
      }, options))
        expect(chunk).toBe("nothing");
    });
    expect(error).toEqual(invalid);
  });

  test.each([
    {},
    { by: "", reason: "x" },
    { by: "alice", reason: "x", for: -1 },
    { by: "alice", reason: "x", for: "soon" },
  ])("an override by %o is refused and changes nothing", async (options) => {
    const rig = rigOf();
    expect(await outcomeOf(() => rig.breaker.forceOpen(options as never))).toEqual(invalid);
    expect(rig.breaker.state).toBe("closed");
  });

  test.each([
    null,
    undefined,
    42,
    "",
    {},
    { provider: "" },
    { provider: 7 },
    { model: "x" },
    { provider: "a", modle: "x" },
  ])("%o is no key", async (key) => {
    const { recloser } = fleetOf();
    expect(await outcomeOf(() => recloser.breaker(key as never))).toEqual(invalid);
  });
});
