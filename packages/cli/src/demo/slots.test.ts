import { expect, test } from "vitest";
import { Slots } from "./slots.ts";

function work(): { promise: Promise<void>; end: () => void } {
  let end = (): void => {};
  const promise = new Promise<void>((resolve) => (end = resolve));
  return { promise, end };
}

test("whoever finds no slot waits in line and goes in the order of coming", async () => {
  const slots = new Slots(1);
  const first = work();
  const order: number[] = [];
  const runs = [0, 1, 2].map((n) =>
    slots.run(async () => {
      order.push(n);
      if (n === 0) await first.promise;
    }),
  );
  await Promise.resolve();
  expect(slots).toMatchObject({ busy: 1, waiting: 2 });
  first.end();
  await Promise.all(runs);
  expect(order).toEqual([0, 1, 2]);
  expect(slots).toMatchObject({ busy: 0, waiting: 0 });
});

test("a call that fails gives its slot back", async () => {
  const slots = new Slots(1);
  await expect(slots.run(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  await expect(slots.run(async () => "next")).resolves.toBe("next");
});

test("once closed, nobody in line gets in", async () => {
  const slots = new Slots(1);
  const first = work();
  let entered = false;
  void slots.run(() => first.promise);
  void slots.run(async () => {
    entered = true;
  });
  slots.close();
  first.end();
  await first.promise;
  await Promise.resolve();
  expect(slots.waiting).toBe(0);
  expect(entered).toBe(false);
});
