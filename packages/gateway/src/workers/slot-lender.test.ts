import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ClientConfig } from "../config/config.ts";
import { LentSlots } from "./lent-slots.ts";
import { type Borrower, SlotLender } from "./slot-lender.ts";

const client = (maxInFlight: number | null): ClientConfig => ({
  id: "team",
  keySha256: "",
  routes: null,
  maxInFlight,
  mayBypass: false,
  priority: "interactive",
});

class TestWorker implements Borrower {
  readonly slots: LentSlots;
  taken = 0;

  constructor(lender: SlotLender) {
    this.slots = new LentSlots(() => lender.borrow("team", this));
  }

  async take(): Promise<boolean> {
    const isTaken = this.slots.take() || (await this.slots.takeElsewhere());
    if (isTaken) this.taken++;
    return isTaken;
  }

  giveBack(): void {
    this.slots.giveBack();
    this.taken--;
  }

  // As over a channel: later.
  async recall(): Promise<number> {
    await Promise.resolve();
    return this.slots.release();
  }
}

function workers(maxInFlight: number, count: number): { lender: SlotLender; all: TestWorker[] } {
  const lender = new SlotLender([client(maxInFlight)], count);
  return { lender, all: Array.from({ length: count }, () => new TestWorker(lender)) };
}

function at(all: readonly TestWorker[], index: number): TestWorker {
  const one = all[index];
  if (one === undefined) throw new Error("there is no such worker");
  return one;
}

describe("A client's slots over several workers", () => {
  test("are as many as it may have, wherever its requests come in", async () => {
    const { all } = workers(3, 4);
    const [first, second] = all as [TestWorker, TestWorker];
    expect([await first.take(), await first.take(), await first.take(), await first.take()]).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(await second.take()).toBe(false);
    first.giveBack();
    expect([await second.take(), await second.take()]).toEqual([true, false]);
  });

  test("come back when the worker that had them ends", async () => {
    const { lender, all } = workers(2, 2);
    const [first, second] = all as [TestWorker, TestWorker];
    await first.take();
    await first.take();
    lender.ended(first);
    expect([await second.take(), await second.take(), await second.take()]).toEqual([true, true, false]);
    expect(await lender.borrow("team", first)).toBe(0);
  });

  test("come back from a worker that answers late: until then it keeps them, and nobody waits for it twice", async () => {
    const lender = new SlotLender([client(1)], 2, 5);
    let answer: (count: number) => void = () => {};
    let asked = 0;
    const hung: Borrower = {
      recall: () => {
        asked++;
        return new Promise((resolve) => (answer = resolve));
      },
    };
    const other = new TestWorker(lender);
    expect(await lender.borrow("team", hung)).toBe(1);
    expect([await other.take(), await other.take(), asked]).toEqual([false, false, 1]);
    answer(1);
    expect(await other.take()).toBe(true);
  });

  test("are nobody's for a client that has no limit, or is none", async () => {
    const lender = new SlotLender([client(null)], 2);
    expect(await lender.borrow("team", new TestWorker(lender))).toBe(0);
    expect(await lender.borrow("other", new TestWorker(lender))).toBe(0);
  });

  test("are never more than it may have, and none is refused one that is free while nothing else moves", async () => {
    const step = fc.record({ worker: fc.nat(3), takes: fc.boolean(), waits: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 12 }), fc.array(step, { maxLength: 60 }), async (most, steps) => {
        const { all } = workers(most, 4);
        const sum = (): number => all.reduce((total, { taken }) => total + taken, 0);
        const moving: Promise<unknown>[] = [];
        for (const { worker, takes, waits } of steps) {
          const one = at(all, worker);
          if (takes) moving.push(one.take());
          else if (one.taken > 0) one.giveBack();
          if (waits) await Promise.all(moving);
          expect(sum()).toBeLessThanOrEqual(most);
        }
        await Promise.all(moving);
        const free = most - sum();
        for (let taken = 0; taken < free; taken++) expect(await at(all, taken % 4).take()).toBe(true);
        expect(await at(all, 0).take()).toBe(false);
      }),
    );
  });
});
