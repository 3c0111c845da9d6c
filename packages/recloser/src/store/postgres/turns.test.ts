import { expect, test } from "vitest";
import { Turns } from "./turns.ts";

test("Turns are taken so many at once, and in the order in which they were asked for", async () => {
  const turns = new Turns(2);
  const order: number[] = [];
  const [first, second] = [await turns.take(), await turns.take()];
  const third = turns.take().then((end) => (order.push(3), end));
  const fourth = turns.take().then((end) => (order.push(4), end));
  await Promise.resolve();
  expect(order).toEqual([]);
  second();
  second(); // once is enough
  await third;
  expect(order).toEqual([3]);
  first();
  await fourth;
  expect(order).toEqual([3, 4]);
});

test("Those that wait fail together, and the turns that are out come back", async () => {
  const turns = new Turns(1);
  const end = await turns.take();
  const waiting = [turns.take(), turns.take()];
  turns.failAll(new Error("no answer"));
  for (const one of waiting) await expect(one).rejects.toThrow("no answer");
  end();
  (await turns.take())();
  (await turns.take())();
});
