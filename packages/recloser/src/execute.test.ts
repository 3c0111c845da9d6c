import { describe, expect, it } from "vitest";
import { createBreaker } from "./recloser.ts";

class Broken<T> extends Promise<T> {
  // oxlint-disable-next-line unicorn/no-thenable -- the point of the test
  override then(): never {
    throw new Error("no then today");
  }
}

describe("a call whose promise is not what it seems", () => {
  it("whose then throws fails like any call, and keeps no place", async () => {
    const breaker = createBreaker({ shed: { maxInFlight: 1 } });
    for (let i = 0; i < 3; i++) {
      await expect(breaker.execute(() => new Broken(() => {}) as never)).rejects.toThrow("no then today");
    }
    expect(breaker.snapshot()).toMatchObject({ inFlight: 0, window: { failures: 3 } });
  });

  it("behind a Proxy that throws fails too", async () => {
    const breaker = createBreaker();
    const hostile = new Proxy(
      // oxlint-disable-next-line unicorn/no-thenable -- the point of the test
      { then: () => {} },
      {
        getPrototypeOf: () => {
          throw new Error("who asks?");
        },
      },
    );
    await expect(breaker.execute(() => hostile as never)).rejects.toThrow("who asks?");
    expect(breaker.snapshot().inFlight).toBe(0);
  });
});
