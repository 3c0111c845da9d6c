import { describe, expect, it } from "vitest";
import type { SharedStore } from "./store.ts";
import { Subscription } from "./subscription.ts";

// Whatever was resolved has come through.
async function turn(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

/** A store whose subscriptions come about, fail, or hang, as told. */
function desk(): {
  readonly subscription: Subscription;
  readonly open: Set<number>;
  readonly attempts: () => number;
  readonly givenUp: () => number[];
  next: "works" | "fails" | "hangs";
  readonly let: (attempt: number) => void;
} {
  const open = new Set<number>();
  const hanging = new Map<number, () => void>();
  const givenUp: number[] = [];
  let attempts = 0;
  const bench = {
    open,
    attempts: () => attempts,
    givenUp: () => givenUp,
    next: "works" as "works" | "fails" | "hangs",
    let: (attempt: number) => hanging.get(attempt)?.(),
    subscription: null as unknown as Subscription,
  };
  const subscribe = (_namespace: string, _onHint: unknown, signal: AbortSignal): Promise<() => void> => {
    const attempt = ++attempts;
    signal.addEventListener("abort", () => givenUp.push(attempt));
    const come = (): (() => void) => {
      open.add(attempt);
      return () => void open.delete(attempt);
    };
    if (bench.next === "fails") throw new Error("NOPERM");
    if (bench.next === "works") return Promise.resolve(come());
    return new Promise((resolve) => hanging.set(attempt, () => resolve(come())));
  };
  bench.subscription = new Subscription({ subscribe } as unknown as SharedStore, "ns", () => {});
  return bench;
}

describe("a subscription", () => {
  it("that is begun anew ends the old one when the new one is there, and not before", async () => {
    const bench = desk();
    bench.subscription.begin(0);
    await turn();
    bench.next = "hangs";
    bench.subscription.begin(1);
    await turn();
    expect([...bench.open]).toEqual([1]);
    bench.let(2);
    await turn();
    expect([...bench.open]).toEqual([2]);
  });

  it("that comes about when nobody waits for it any more is ended", async () => {
    const bench = desk();
    bench.next = "hangs";
    bench.subscription.begin(0);
    bench.next = "works";
    bench.subscription.begin(1);
    await turn();
    bench.let(1);
    await turn();
    expect([...bench.open]).toEqual([2]);
    bench.next = "hangs";
    bench.subscription.begin(2);
    bench.subscription.end();
    bench.let(3);
    await turn();
    expect([...bench.open]).toEqual([]);
  });

  it("that hangs is given up when another one is begun, or at the end, and one that came about is not", async () => {
    const bench = desk();
    bench.subscription.begin(0);
    await turn();
    bench.next = "hangs";
    bench.subscription.begin(1);
    expect(bench.givenUp()).toEqual([]);
    bench.subscription.begin(2);
    expect(bench.givenUp()).toEqual([2]);
    bench.subscription.end();
    expect(bench.givenUp()).toEqual([2, 3]);
    await turn();
    expect([...bench.open]).toEqual([]);
  });

  it("is begun anew when a push did not come, five seconds apart at least, whatever became of the last try", async () => {
    const bench = desk();
    bench.next = "fails";
    bench.subscription.begin(0);
    bench.subscription.missed(4_999);
    expect(bench.attempts()).toBe(1);
    bench.subscription.missed(5_000);
    bench.subscription.missed(5_001);
    bench.next = "works";
    bench.subscription.missed(10_000);
    await turn();
    expect([bench.attempts(), ...bench.open]).toEqual([3, 3]);
  });
});
