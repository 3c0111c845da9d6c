import { setTimeout as sleep } from "node:timers/promises";
import OpenAI from "openai";
import { CallTimeoutError, createBreaker } from "recloser";
import { describe, expect, test } from "vitest";
import {
  endsOf,
  guardedOpenAI,
  many,
  readAll,
  traffic,
  tripAtThree,
  tripWith503,
  until,
  WAYS,
} from "../support/guarded-openai.ts";

// Below the SDK the deadline's error comes out as the SDK's own.
const isDeadline = (error: unknown, way: string): boolean =>
  way === "the breaker" ? CallTimeoutError.is(error) : error instanceof OpenAI.APIConnectionTimeoutError;

describe.each(WAYS)("The openai client through %s", (way) => {
  test("is answered as if nothing stood between while the provider is well", async () => {
    const { provider, breaker, chat } = await guardedOpenAI(way, tripAtThree, { provider: { answerTokens: 8 } });
    expect(await endsOf(many(100, () => chat()))).toEqual({ answered: 100, rejections: [], errors: [] });
    expect(await chat()).toMatch(/^simulated answer/);
    expect(provider.stats()).toMatchObject({ requests: 101, completed: 101 });
    expect(breaker.snapshot().window).toMatchObject({ calls: 101, successes: 101, failures: 0 });
    expect(breaker.snapshot().inFlight).toBe(0);
  });

  test("trips on 503s, and while it is open not one more request arrives", async () => {
    const guarded = await guardedOpenAI(way, tripAtThree);
    const { provider, breaker, chat } = guarded;
    await provider.setFault({ kind: "status", status: 503 });
    for (let i = 0; i < 3; i++) {
      const error: unknown = await chat().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(OpenAI.InternalServerError);
    }
    expect(breaker.state).toBe("open");
    await provider.setFault(null); // the provider's being well again is nobody's to know before the cooldown ends
    const ends = await endsOf(many(200, () => chat()));
    await sleep(30);
    expect(ends.rejections).toHaveLength(200);
    for (const { reason, state, key, retryAfterMs, generation } of ends.rejections) {
      expect({ reason, state, key }).toEqual({ reason: "open", state: "open", key: breaker.name });
      expect(retryAfterMs).toBeGreaterThan(20_000);
      expect(retryAfterMs).toBeLessThanOrEqual(30_000);
      expect(generation).toBeGreaterThanOrEqual(0);
    }
    expect(provider.stats().requests).toBe(3);
    expect(guarded.transitions).toMatchObject([
      { from: "closed", to: "open", reason: "failure-threshold", evidence: { failures: 3 } },
    ]);
  });

  test("trips with no option set, after at most 40 requests", async () => {
    const { provider, breaker, transitions, chat } = await guardedOpenAI(
      way,
      {},
      { provider: { latency: { error: 25 } } },
    );
    await provider.setFault({ kind: "status", status: 503 });
    const asking = Array.from({ length: 4 }, async () => {
      while (breaker.state === "closed") await chat().catch(() => {});
    });
    await Promise.all(asking);
    expect(breaker.state).toBe("open");
    expect(provider.stats().requests).toBeLessThanOrEqual(40);
    expect(transitions[0]?.evidence?.summary).toMatch(/failed.*: \d+ (server-error|overloaded)/);
  });

  test.each(["chatStream", "responseStream"] as const)("trips on 503s that answer a %s", async (stream) => {
    const guarded = await guardedOpenAI(way, tripAtThree);
    await guarded.provider.setFault({ kind: "status", status: 503 });
    const { errors } = await endsOf(many(3, () => readAll<unknown>(guarded[stream]())));
    expect(errors).toMatchObject([{ status: 503 }, { status: 503 }, { status: 503 }]);
    const { rejections } = await endsOf(many(20, () => readAll<unknown>(guarded[stream]())));
    expect(rejections).toHaveLength(20);
    expect(guarded.provider.stats().requests).toBe(3);
  });

  test("trips on refused connections", async () => {
    const { provider, breaker, chat } = await guardedOpenAI(way, tripAtThree);
    await provider.setFault({ kind: "down" });
    const { errors } = await endsOf(many(3, () => chat()));
    expect(errors).toHaveLength(3);
    expect(breaker.state).toBe("open");
    await provider.setFault(null);
    expect((await endsOf(many(10, () => chat()))).rejections).toHaveLength(10);
    expect(provider.stats().requestsTotal).toBe(0);
  });

  test("trips on a hang, and every silent call in flight is released at the trip and aborted upstream", async () => {
    const policy = { ...tripAtThree, failureThreshold: 5, silence: 200 };
    const { provider, breaker, chat } = await guardedOpenAI(way, policy);
    await provider.setFault({ kind: "hang" });
    const startMs = performance.now();
    const calls = many(5, () => chat());
    const { answered, rejections, errors } = await endsOf(calls);
    expect({ answered, errors }).toEqual({ answered: 0, errors: [] });
    expect(rejections.map(({ reason }) => reason)).toEqual(Array.from({ length: 5 }, () => "open"));
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(195);
    expect(performance.now() - startMs).toBeLessThan(1_500);
    await until(() => provider.stats().aborted === 5, "the provider hears of it", 1_000);
    expect(provider.stats()).toMatchObject({ requests: 5, inFlight: 0 });
    expect(breaker.snapshot()).toMatchObject({ inFlight: 0, evidence: { byKind: { timeout: 5 } } });
    await endsOf(many(50, () => chat()));
    expect(provider.stats().requests).toBe(5);
  });

  test("releases at the trip what began after the first failure and has shown nothing; what began before it is answered", async () => {
    const { provider, breaker, chat } = await guardedOpenAI(way, tripAtThree);
    await provider.setFault({ kind: "slow-first-token", ms: 600 });
    const before = many(5, () => chat());
    await until(() => provider.stats().requests === 5, "on their way");
    await provider.setFault({ kind: "status", status: 503 });
    await chat().catch(() => {});
    await provider.setFault({ kind: "hang" });
    const after = many(5, () => chat());
    await until(() => provider.stats().byOutcome.hang === 5, "on their way, too");
    await provider.setFault({ kind: "status", status: 503 });
    await endsOf(many(2, () => chat()));
    expect(breaker.state).toBe("open");
    const { rejections } = await endsOf(after);
    expect(rejections.map(({ reason }) => reason)).toEqual(["open", "open", "open", "open", "open"]);
    await until(() => provider.stats().aborted === 5, "aborted upstream", 1_000);
    expect(await endsOf(before)).toMatchObject({ answered: 5 });
    expect(provider.stats()).toMatchObject({ requests: 13, completed: 8, inFlight: 0 });
  });

  test("under steady traffic into a hang, no call outlasts the trip by more than `silence`", async () => {
    const silenceMs = 250;
    const policy = { ...tripAtThree, failureThreshold: 5, silence: silenceMs };
    const { provider, breaker, chat } = await guardedOpenAI(way, policy);
    await provider.setFault({ kind: "hang" });
    const calls = traffic(10, () => chat());
    await until(() => breaker.state === "open", "trip");
    const reached = provider.stats().requests;
    await sleep(silenceMs + 100);
    expect(provider.stats()).toMatchObject({ inFlight: 0, aborted: provider.stats().requests });
    // One may have been on its way to the provider when the circuit tripped.
    expect(provider.stats().requests - reached).toBeLessThanOrEqual(1);
    await provider.close(); // what still hangs must not hold the test
    const { answered } = await calls.stop();
    expect(answered).toBe(0);
  });

  test("trips on a hang by a deadline of the policy, and aborts upstream", async () => {
    const { provider, breaker, chat } = await guardedOpenAI(way, { ...tripAtThree, timeouts: { total: 150 } });
    await provider.setFault({ kind: "hang" });
    const { errors, rejections } = await endsOf(many(3, () => chat()));
    // At most: the third deadline trips the circuit, and those that have not met theirs by then are given up.
    expect(errors.length + rejections.length).toBe(3);
    expect(errors.every((error) => isDeadline(error, way))).toBe(true);
    expect(breaker.state).toBe("open");
    await until(() => provider.stats().aborted === 3, "abort", 1_000);
    await endsOf(many(10, () => chat()));
    expect(provider.stats()).toMatchObject({ requests: 3, inFlight: 0 });
  });

  test("trips on a head without a body, and on a first token that does not come", async () => {
    const policy = { ...tripAtThree, timeouts: { firstToken: 150 } };
    const faults = [{ kind: "headers-only" }, { kind: "slow-first-token", ms: 10_000 }] as const;
    for (const fault of way === "createFetch" ? faults.slice(0, 1) : faults) {
      const { provider, breaker, chatStream } = await guardedOpenAI(way, policy);
      await provider.setFault(fault);
      await endsOf(many(3, () => readAll(chatStream())));
      expect(breaker.state).toBe("open");
      await until(() => provider.stats().aborted === 3, "abort", 1_000);
    }
  });

  test("`onTrip: let-run` leaves the silent calls alone", async () => {
    const { provider, breaker, chat } = await guardedOpenAI(way, { ...tripAtThree, onTrip: "let-run", silence: 100 });
    await provider.setFault({ kind: "slow-first-token", ms: 500 });
    const calls = many(3, () => chat());
    await until(() => breaker.state === "open", "trip");
    expect(await endsOf(calls)).toEqual({ answered: 3, rejections: [], errors: [] });
    expect(provider.stats()).toMatchObject({ completed: 3, aborted: 0 });
    expect(breaker.state).toBe("open");
  });

  test("30 answers of 400 leave the circuit closed and the window empty", async () => {
    const { provider, breaker, transitions, chat } = await guardedOpenAI(way, tripAtThree);
    await provider.setFault({ kind: "bad-request" });
    const { errors } = await endsOf(many(30, () => chat()));
    expect(errors).toHaveLength(30);
    for (const error of errors) expect(error).toMatchObject({ status: 400 });
    expect(provider.stats().requests).toBe(30);
    expect(breaker.state).toBe("closed");
    expect(breaker.snapshot().window).toMatchObject({ calls: 0, successes: 0, failures: 0, young: 0 });
    expect(transitions).toEqual([]);
  });

  test.each([404, 422])("30 answers of %i count no failure", async (status) => {
    const { provider, breaker, chat } = await guardedOpenAI(way, tripAtThree);
    await provider.setFault({ kind: "status", status });
    await endsOf(many(30, () => chat()));
    expect(provider.stats().requests).toBe(30);
    expect(breaker.snapshot()).toMatchObject({ state: "closed", window: { failures: 0 } });
  });

  test("another model of the same provider stays usable", async () => {
    const guarded = await guardedOpenAI(way, tripAtThree);
    await tripWith503(guarded);
    await guarded.provider.setFault(null);
    const other = guarded.recloser.breaker({ provider: new URL(guarded.provider.url).host, model: "other" });
    const asked = { model: "other", messages: [{ role: "user" as const, content: "hi" }] };
    const completion = await (way === "createFetch"
      ? guarded.client.chat.completions.create(asked)
      : other.execute(({ signal }) => guarded.client.chat.completions.create(asked, { signal })));
    expect(completion.model).toBe("other");
    expect(other.snapshot().window.successes).toBe(1);
  });
});

test("A plain error of any other call trips with no option set", async () => {
  const breaker = createBreaker({ name: "db" });
  const error = new Error("db down");
  let reached = 0;
  const query = (): never => {
    reached++;
    throw error;
  };
  for (let i = 0; i < 100 && breaker.state === "closed"; i++) {
    await expect(breaker.execute(query)).rejects.toBe(error);
    await sleep(10);
  }
  expect(breaker.state).toBe("open");
  expect(reached).toBeLessThanOrEqual(40);
  const before = reached;
  await expect(breaker.execute(query)).rejects.toMatchObject({ code: "ERR_CIRCUIT_OPEN", reason: "open" });
  expect(reached).toBe(before);
});
