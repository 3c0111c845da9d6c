/** Kept answers in real stores: Keyv in memory and over a real Redis, which hangs, dies and comes back. */
import KeyvRedis from "@keyv/redis";
import { Keyv } from "keyv";
import { type Breaker, createBreaker } from "recloser";
import { type CacheFault, staleIfError } from "recloser/fallback";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { hasRedis, type RedisServer, startRedis } from "../support/servers/redis.ts";
import "../support/unhandled-rejections.ts";

const canRun = await hasRedis();
let server: RedisServer;
beforeAll(async () => {
  if (canRun) server = await startRedis();
});
afterAll(() => server?.kill());

const down = (): Promise<never> => Promise.reject(Object.assign(new Error("down"), { status: 503 }));
const patient = (): Breaker =>
  createBreaker({ name: "search", failureThreshold: false, failureRate: false, consecutiveFailures: false });

function keyvOn(url: string): Keyv {
  const keyv = new Keyv({ store: new KeyvRedis(url), namespace: "answers" });
  keyv.on("error", () => {}); // whoever has a Keyv listens for these
  onTestFinished(async () => {
    await Promise.race([keyv.disconnect(), new Promise((resolve) => void setTimeout(resolve, 100))]);
  });
  return keyv;
}

describe("Keyv in memory", () => {
  test("keeps an answer, gives it for a failure, and forgets it after its time", async () => {
    const answers = staleIfError<string, string[]>({ store: new Keyv(), ttl: 200 });
    const breaker = patient();
    await answers.execute(breaker, "q", async () => ["hit"]);
    expect(await answers.execute(breaker, "q", down)).toMatchObject({ value: ["hit"], stale: true, from: "store" });
    await expect
      .poll(() => answers.execute(breaker, "q", down).catch((error: unknown) => (error as Error).message), {
        timeout: 5_000,
      })
      .toBe("down");
  });
});

describe.runIf(canRun)("Keyv over Redis", () => {
  test("shares answers between processes, with Redis's own time to live, and nothing of the request in the key", async () => {
    const keyv = keyvOn(server.url);
    const [one, other] = [keyv, keyvOn(server.url)].map((store) =>
      staleIfError<string, string>({ store, ttl: "1h", storeTimeout: "2s" }),
    );
    await one?.execute(patient(), "a secret", async () => "hit");
    // It is written behind its caller's back.
    const client = await (keyv.store as KeyvRedis<string>).getClient();
    let keys: string[] = [];
    await expect.poll(async () => (keys = await client.keys("*"))).toHaveLength(1);
    expect(keys[0]).toMatch(/:recloser:stale:[0-9a-f]{64}$/);
    const ttlMs = await client.pTTL(keys[0] as string);
    expect(ttlMs > 3_000_000 && ttlMs <= 3_600_000).toBe(true);
    expect(await other?.execute(patient(), "a secret", down)).toMatchObject({ value: "hit", stale: true });
  });

  test("deletes there what exceeds maxEntries", async () => {
    const keyv = keyvOn(server.url);
    const client = await (keyv.store as KeyvRedis<string>).getClient();
    await client.flushAll();
    const answers = staleIfError<string, string>({ store: keyv, ttl: "1h", maxEntries: 3, storeTimeout: "2s" });
    for (const q of ["a", "b", "c", "d", "e"]) await answers.execute(patient(), q, async () => q);
    await expect.poll(async () => (await client.keys("*")).length).toBe(3);
    expect(await answers.execute(patient(), "e", down)).toMatchObject({ value: "e" });
    await expect(answers.execute(patient(), "a", down)).rejects.toThrow("down");
  });

  test("that hangs, dies and comes back fails no call and delays none beyond its bound", async () => {
    const own = await startRedis();
    onTestFinished(() => own.kill());
    const faults: CacheFault[] = [];
    const answers = staleIfError<string, string>({
      ...{ store: keyvOn(own.url), ttl: "1h", freshFor: 1, storeTimeout: 50 },
      onFault: (fault) => faults.push(fault),
    });
    const breaker = patient();
    const askedMs: number[] = [];
    const ask = async (q: string): Promise<string> => {
      const began = performance.now();
      const { value } = await answers.execute(breaker, q, async () => q);
      askedMs.push(performance.now() - began);
      return value;
    };
    await ask("warm");
    own.pause();
    for (let i = 0; i < 40; i++) expect(await ask(`hung ${i}`)).toBe(`hung ${i}`);
    await expect.poll(() => faults.length).toBeGreaterThan(0);
    own.resume();
    await own.kill();
    for (let i = 0; i < 40; i++) expect(await ask(`dead ${i}`)).toBe(`dead ${i}`);
    askedMs.sort((a, b) => a - b);
    // One in two waits for nothing: the store is not asked while its own circuit is open. Slack for a busy machine.
    expect(askedMs[40]).toBeLessThan(50);
    expect(askedMs.at(-1)).toBeLessThan(1_000);
    if (process.env["RECLOSER_FIGURES"] !== undefined) console.log(askedMs[40], askedMs.at(-1), faults.length);
    await own.restart();
    await expect
      .poll(
        async () => {
          await ask("back");
          return answers.execute(breaker, "back", down).then(
            ({ value }) => value,
            () => null,
          );
        },
        { timeout: 20_000, interval: 200 },
      )
      .toBe("back");
  });
});
