/** What examples/fallbacks show, on real sockets. The one with a queue is in tests/stores, where Redis is. */
import { createBreaker, type PolicyOptions } from "recloser";
import { describe, expect, test } from "vitest";
import { databaseBreaker, type Pool, related, save } from "../../examples/fallbacks/database.ts";
import { type Later, type Order, pay } from "../../examples/fallbacks/payments.ts";
import { searchHandler } from "../../examples/fallbacks/search.ts";
import { freePort } from "../support/servers/redis.ts";
import { plainServer } from "../support/plain-server.ts";

const policy: PolicyOptions = { failureThreshold: 3, consecutiveFailures: false, timeouts: { total: "20s" } };

describe("A payment", () => {
  const order: Order = { id: "17", cents: 500 };

  function later(): Later & { readonly paid: Order[]; readonly lookedUp: Order[] } {
    const [paid, lookedUp]: [Order[], Order[]] = [[], []];
    return {
      ...{ paid, lookedUp },
      payLater: async (one) => void paid.push(one),
      lookUpLater: async (one) => void lookedUp.push(one),
    };
  }

  test("is sent once with its idempotency key", async () => {
    const server = await plainServer((response) => void response.end('{"id":"ch_1"}'));
    const queue = later();
    const breaker = createBreaker({ name: "payments", ...policy });
    expect(await pay(breaker, server.url, order, queue)).toEqual({ state: "paid", id: "ch_1" });
    expect(server.received.map(({ headers }) => headers["idempotency-key"])).toEqual(["order-17"]);
  });

  test("that gets no answer is not sent again, and is looked up later", async () => {
    const server = await plainServer(() => {});
    const queue = later();
    const breaker = createBreaker({ name: "payments", ...policy, timeouts: { total: "500ms" } });
    expect(await pay(breaker, server.url, order, queue)).toEqual({ state: "unclear" });
    expect([server.received.length, queue.lookedUp, queue.paid]).toEqual([1, [order], []]);
  });

  test("at an open circuit is not sent, and is paid later", async () => {
    const server = await plainServer();
    const queue = later();
    const breaker = createBreaker({ name: "payments", ...policy });
    await breaker.forceOpen({ by: "test", reason: "x" });
    expect(await pay(breaker, server.url, order, queue)).toEqual({ state: "queued" });
    expect([server.received.length, queue.lookedUp, queue.paid]).toEqual([0, [], [order]]);
  });

  test("that was refused for its rate is paid later", async () => {
    const server = await plainServer((response) => void response.writeHead(429).end());
    const queue = later();
    const breaker = createBreaker({ name: "payments", ...policy });
    expect(await pay(breaker, server.url, order, queue)).toEqual({ state: "queued" });
    expect([server.received.length, queue.paid]).toEqual([1, [order]]);
  });

  test("that was refused for what it is fails as it is", async () => {
    const server = await plainServer((response) => void response.writeHead(422).end());
    const queue = later();
    const breaker = createBreaker({ name: "payments", ...policy });
    await expect(pay(breaker, server.url, order, queue)).rejects.toThrow("charge: 422");
    expect([...queue.lookedUp, ...queue.paid]).toEqual([]);
  });
});

test("A search gives the last good answer while its server is away, says so, and a problem where there is none", async () => {
  let status = 200;
  const server = await plainServer((response) => void response.writeHead(status).end('["hit"]'));
  const breaker = createBreaker({ name: "search", ...policy });
  const store = new Map<string, unknown>();
  const search = searchHandler(breaker, server.url, store);
  expect(await (await search("Breakers")).json()).toEqual({ hits: ["hit"], stale: false });
  expect(await (await search(" breakers ")).json()).toEqual({ hits: ["hit"], stale: false });
  expect(server.received.length).toBe(1); // fresh, and the same question
  status = 503;
  for (const [key, text] of store) {
    const kept = JSON.parse(text as string) as { savedAtMs: number };
    store.set(key, JSON.stringify({ ...kept, savedAtMs: kept.savedAtMs - 60_000 }));
  }
  const old = await search("breakers");
  expect([Number(old.headers.get("age")) >= 60, await old.json()]).toEqual([true, { hits: ["hit"], stale: true }]);
  await breaker.forceOpen({ by: "test", reason: "x", for: "30s" });
  const none = await search("something else");
  expect([none.status, none.headers.get("retry-after")]).toEqual([503, "30"]);
  expect(await none.json()).toMatchObject({ detail: "Search is not available. Please try again in a moment." });
});

describe("A database's breaker", () => {
  function pool(answers: (() => Promise<{ rows: unknown[] }>)[]): Pool & { asked: number } {
    const one = {
      asked: 0,
      query: () => {
        one.asked++;
        const answer = answers.length > 1 ? answers.shift() : answers[0];
        return answer === undefined ? Promise.resolve({ rows: [] }) : answer();
      },
    };
    return one;
  }
  const failing = (code: string) => (): Promise<never> =>
    Promise.reject(Object.assign(new Error(code), { name: "error", severity: "FATAL", code }));

  test("leaves rows away while the server is down, and asks it no more", async () => {
    const breaker = databaseBreaker();
    const down = pool([failing("57P03")]);
    for (let i = 0; i < 20; i++) expect(await related(breaker, down, 1)).toEqual([]);
    expect([breaker.state, down.asked]).toEqual(["open", 5]);
  });

  test("does not open for rows that are there twice, and they fail as they are", async () => {
    const breaker = databaseBreaker();
    const twice = pool([failing("23505")]);
    for (let i = 0; i < 20; i++) await expect(related(breaker, twice, 1)).rejects.toMatchObject({ code: "23505" });
    expect([breaker.state, twice.asked]).toEqual(["closed", 20]);
  });

  test("lets an import wait until the server is back", async () => {
    const breaker = databaseBreaker();
    for (let i = 0; i < 5; i++) await breaker.execute(failing("57P03")).catch(() => {});
    expect(breaker.state).toBe("open");
    const back = pool([]);
    await Promise.all([1, 2, 3].map((id) => save(breaker, back, { id, name: "x" })));
    expect([breaker.state, back.asked]).toEqual(["closed", 3]);
  });

  test("has a server that is not there too", async () => {
    const breaker = databaseBreaker();
    const port = await freePort();
    const refused = pool([() => fetch(`http://127.0.0.1:${port}`).then(() => ({ rows: [] }))]);
    for (let i = 0; i < 6; i++) expect(await related(breaker, refused, 1)).toEqual([]);
    expect([breaker.state, refused.asked]).toEqual(["open", 5]);
  });
});
