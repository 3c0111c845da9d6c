import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { CHAT, endsOf, guardedOpenAI, many, tripAtThree, until, WAYS } from "../support/guarded-openai.ts";
import type { GuardedOpenAI } from "../support/guarded-openai.ts";

describe.each(WAYS)("A caller who gives up, through %s", (way) => {
  test("is answered at once, is heard upstream, and counts for nothing", async () => {
    const { provider, breaker, chat } = await guardedOpenAI(way, tripAtThree);
    await provider.setFault({ kind: "hang" });
    const caller = new AbortController();
    const calls = many(10, () => chat(caller.signal));
    await until(() => provider.stats().requests === 10, "arrival");
    const startMs = performance.now();
    caller.abort();
    const { errors } = await endsOf(calls);
    expect(errors).toHaveLength(10);
    await until(() => provider.stats().aborted === 10, "aborted upstream", 1_000);
    expect(performance.now() - startMs).toBeLessThan(1_000);
    expect(provider.stats().inFlight).toBe(0);
    expect(breaker.snapshot()).toMatchObject({
      state: "closed",
      inFlight: 0,
      consecutiveFailures: 0,
      window: { calls: 0, failures: 0, young: 0 },
    });
  });

  test("before the call was made makes none", async () => {
    const { provider, chat } = await guardedOpenAI(way, tripAtThree);
    const caller = AbortSignal.abort();
    expect((await endsOf(many(5, () => chat(caller)))).errors).toHaveLength(5);
    expect(provider.stats().requests).toBe(0);
  });

  test("while the answer's body is on its way aborts that, too", async () => {
    const { provider, breaker, chat } = await guardedOpenAI(way, tripAtThree);
    await provider.setFault({ kind: "slow-drip", everyMs: 30 });
    const caller = new AbortController();
    const call = chat(caller.signal).catch(() => "gave up");
    await until(() => provider.stats().requests === 1, "arrival");
    setTimeout(() => caller.abort(), 60);
    expect(await call).toBe("gave up");
    await until(() => provider.stats().aborted === 1, "aborted upstream", 1_000);
    expect(breaker.snapshot()).toMatchObject({ state: "closed", inFlight: 0, window: { failures: 0 } });
  });
});

describe("A time limit of the caller's own", () => {
  test("given to the breaker counts as the provider's timeout, and rejects with the caller's reason", async () => {
    const { provider, breaker, chat } = await guardedOpenAI("the breaker", tripAtThree);
    await provider.setFault({ kind: "hang" });
    const limit = AbortSignal.timeout(120);
    const error: unknown = await chat(limit).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "TimeoutError" });
    expect(error).toBe(limit.reason);
    expect(breaker.snapshot().window).toMatchObject({ failures: 1, byKind: { timeout: 1 } });
    await endsOf(many(2, () => chat(AbortSignal.timeout(30))));
    expect(breaker.state).toBe("open");
    await until(() => provider.stats().aborted === 3, "aborted upstream", 1_000);
  });

  test("given to a guarded fetch counts as the provider's timeout", async () => {
    const { provider, breaker, guardedFetch } = await guardedOpenAI("createFetch", tripAtThree);
    await provider.setFault({ kind: "hang" });
    const body = JSON.stringify(CHAT);
    const ask = (): Promise<Response> =>
      guardedFetch(`${provider.baseUrl}/chat/completions`, { method: "POST", body, signal: AbortSignal.timeout(80) });
    const { errors } = await endsOf(many(3, ask));
    expect(errors).toMatchObject([{ name: "TimeoutError" }, { name: "TimeoutError" }, { name: "TimeoutError" }]);
    expect(breaker.snapshot()).toMatchObject({ state: "open", evidence: { byKind: { timeout: 3 } } });
    await until(() => provider.stats().aborted === 3, "aborted upstream", 1_000);
  });

  test("of the SDK counts as the provider's timeout where the breaker stands around the call", async () => {
    const { provider, breaker, client } = await guardedOpenAI("the breaker", tripAtThree);
    await provider.setFault({ kind: "hang" });
    const ask = (): Promise<unknown> =>
      breaker.execute(({ signal }) => client.chat.completions.create(CHAT, { signal, timeout: 80 }));
    const { errors } = await endsOf(many(3, ask));
    expect(errors.every((error) => error instanceof OpenAI.APIConnectionTimeoutError)).toBe(true);
    expect(breaker.snapshot()).toMatchObject({ state: "open", evidence: { byKind: { timeout: 3 } } });
  });

  // The SDK turns both into an abort without a reason before fetch sees it (client.js `_makeAbort`); where the abort came
  // from tells them from a caller who lost interest. tests/contracts has the same for each SDK.
  test("of the SDK, or handed to it, counts as the provider's timeout for createFetch below it", async () => {
    const limits: readonly ((guarded: GuardedOpenAI) => Promise<unknown>)[] = [
      ({ client }) => client.chat.completions.create(CHAT, { timeout: 80 }),
      ({ chat }) => chat(AbortSignal.timeout(80)),
      ({ chat }) => chat(AbortSignal.any([new AbortController().signal, AbortSignal.timeout(80)])),
    ];
    for (const limit of limits) {
      const guarded = await guardedOpenAI("createFetch", tripAtThree);
      await guarded.provider.setFault({ kind: "hang" });
      await endsOf(many(3, () => limit(guarded)));
      expect(guarded.breaker.snapshot()).toMatchObject({ state: "open", evidence: { byKind: { timeout: 3 } } });
      await until(() => guarded.provider.stats().aborted === 3, "aborted upstream", 1_000);
    }
  });

  test("that he keeps with a timer of his own is his wish, for createFetch below the SDK", async () => {
    const { provider, breaker, chat } = await guardedOpenAI("createFetch", tripAtThree);
    await provider.setFault({ kind: "hang" });
    const leaving = (): Promise<unknown> => {
      const caller = new AbortController();
      setTimeout(() => caller.abort(), 80);
      return chat(caller.signal);
    };
    await endsOf(many(5, leaving));
    expect(breaker.snapshot()).toMatchObject({ state: "closed", inFlight: 0, window: { calls: 0, failures: 0 } });
  });

  test("of the SDK that it tells (x-stainless-timeout) counts as a timeout for createFetch below it", async () => {
    const { provider, breaker, client } = await guardedOpenAI("createFetch", { ...tripAtThree, silence: false });
    await provider.setFault({ kind: "hang" });
    const { errors } = await endsOf(many(3, () => client.chat.completions.create(CHAT, { timeout: 1_000 })));
    expect(errors.map((error) => (error as Error).constructor.name)).toEqual(
      Array(3).fill("APIConnectionTimeoutError"),
    );
    expect(breaker.snapshot()).toMatchObject({ state: "open", evidence: { byKind: { timeout: 3 } } });
  });
});
