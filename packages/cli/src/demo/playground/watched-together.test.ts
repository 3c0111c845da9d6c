import { createRecloser, memoryStore } from "recloser";
import { expect, test } from "vitest";
import { watchedTogether } from "./watched-together.ts";

test("calls of all of them are told, a circuit's change once, and nothing any more when it is disposed", async () => {
  const store = memoryStore();
  const defaults = { consecutiveFailures: 2 } as const;
  const [first, second] = [createRecloser({ store, defaults }), createRecloser({ store, defaults })];
  const watched = watchedTogether(first, [second]);
  const told: string[] = [];
  const listening = (["call", "rejected", "transition"] as const).map((name) =>
    watched.on(name, () => told.push(name)),
  );
  const fail = (of: typeof first): Promise<unknown> =>
    of
      .breaker("llm")
      .execute(() => Promise.reject(Object.assign(new Error("no"), { status: 503 })))
      .catch(() => {});
  watched.breaker("llm");
  await fail(first);
  await fail(second);
  // The streak is judged among calls that did not begin together, so that it may take more of them.
  while (watched.breaker("llm").state === "closed") await fail(second);
  await fail(first);
  await fail(second);
  expect(told.filter((name) => name === "transition")).toEqual(["transition"]);
  expect(told.filter((name) => name === "rejected")).toEqual(["rejected", "rejected"]);
  for (const one of listening) one[Symbol.dispose]();
  const before = told.length;
  await fail(second);
  expect(told.length).toBe(before);
  expect([...watched.breakers()].map(({ name }) => name)).toEqual(["llm"]);
});
