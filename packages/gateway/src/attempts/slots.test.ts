import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { firstFree, Slots } from "./slots.ts";

const full = (most = 1): Slots => {
  const slots = new Slots(most);
  while (slots.take());
  return slots;
};
const never = new AbortController().signal;

describe("Waiting for a slot", () => {
  test("ends with the first that is given back, which is the waiter's then", async () => {
    const [one, two] = [full(), full()];
    const free = firstFree([one, two], 60_000, never);
    two.giveBack();
    expect(await free).toBe(two);
    expect([two.taken, two.take()]).toEqual([1, false]);
    // And the other place in the queue is given up.
    one.giveBack();
    expect(one.taken).toBe(0);
  });

  test("is in the order of coming", async () => {
    const slots = full(2);
    const order: number[] = [];
    const waits = [1, 2].map((at) => firstFree([slots], 60_000, never).then(() => order.push(at)));
    slots.giveBack();
    await waits[0];
    // Nobody gets in between.
    expect([order, slots.take()]).toEqual([[1], false]);
    slots.giveBack();
    await waits[1];
    expect(order).toEqual([1, 2]);
  });

  test("takes what is free already", async () => {
    expect(await firstFree([full(), new Slots(1)], 0, never)).toMatchObject({ taken: 1 });
  });

  test("leaves nothing behind when its time is over, or its caller leaves", async () => {
    const slots = full();
    const caller = new AbortController();
    const waits = [firstFree([slots], 0, caller.signal), firstFree([slots], 60_000, caller.signal)];
    expect(await waits[0]).toBeNull();
    caller.abort();
    expect(await waits[1]).toBeNull();
    expect(await firstFree([new Slots(1)], 60_000, caller.signal)).toBeNull();
    expect(getEventListeners(caller.signal, "abort")).toEqual([]);
    slots.giveBack();
    expect(slots.taken).toBe(0);
  });

  test("is for as many as there are slots; one more waits out its time", async () => {
    const slots = full();
    const first = firstFree([slots], 60_000, never);
    const second = firstFree([slots], 0, never);
    expect(await second).toBeNull();
    slots.giveBack();
    expect(await first).toBe(slots);
  });
});
