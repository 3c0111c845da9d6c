import { setTimeout as sleep } from "node:timers/promises";
import OpenAI from "openai";
import { CallTimeoutError, StreamTruncatedError } from "recloser";
import { describe, expect, test } from "vitest";
import { endsOf, guardedOpenAI, many, readAll, tripAtThree, until, WAYS } from "../support/guarded-openai.ts";

const STREAMS = ["chatStream", "responseStream"] as const;
const eightTokens = { provider: { answerTokens: 8 } };

describe.each(WAYS)("A stream through %s", (way) => {
  test.each(STREAMS)("arrives whole as a %s, and is one success", async (stream) => {
    const guarded = await guardedOpenAI(way, tripAtThree, eightTokens);
    const direct = new OpenAI({ baseURL: guarded.provider.baseUrl, apiKey: "any" });
    const expected = await readAll<{ choices?: unknown; type?: string }>(
      stream === "chatStream"
        ? await direct.chat.completions.create({
            model: "gpt-5",
            messages: [{ role: "user", content: "hi" }],
            stream: true,
          })
        : await direct.responses.create({ model: "gpt-5", input: "hi", stream: true }),
    );
    const received = await readAll<{ choices?: unknown; type?: string }>(guarded[stream]());
    const shape = (chunk: { choices?: unknown; type?: string }): unknown => chunk.choices ?? chunk.type;
    expect(received.map(shape)).toEqual(expected.map(shape));
    expect(guarded.breaker.snapshot()).toMatchObject({ inFlight: 0, window: { calls: 1, successes: 1, failures: 0 } });
    expect(guarded.provider.stats()).toMatchObject({ requests: 2, completed: 2 });
  });

  test("hands on each chunk as it comes, and has counted its success at the first content", async () => {
    const latency = { firstToken: 30, interToken: 30 };
    const { breaker, chatStream } = await guardedOpenAI(way, tripAtThree, { provider: { answerTokens: 8, latency } });
    const arrivedMs: number[] = [];
    let successesAtFirst = -1;
    for await (const chunk of chatStream()) {
      if ((chunk.choices[0]?.delta.content ?? "") === "") continue;
      if (arrivedMs.length === 0) successesAtFirst = breaker.snapshot().window.successes;
      arrivedMs.push(performance.now());
    }
    expect(successesAtFirst).toBe(1);
    expect(arrivedMs).toHaveLength(8);
    expect((arrivedMs.at(-1) ?? 0) - (arrivedMs[0] ?? 0)).toBeGreaterThan(150);
    expect(breaker.snapshot().window).toMatchObject({ calls: 1, successes: 1 });
  });

  test.each([{ kind: "cut-stream" }, { kind: "cut-stream", how: "reset" }] as const)(
    "that breaks as %j is a failure, also after its content, and three of them trip",
    async (fault) => {
      for (const stream of STREAMS) {
        const guarded = await guardedOpenAI(way, tripAtThree, eightTokens);
        const { provider, breaker } = guarded;
        await provider.setFault(fault);
        await expect(readAll<unknown>(guarded[stream]())).rejects.toThrow(Error);
        expect(breaker.snapshot().window).toMatchObject({ calls: 1, successes: 0, failures: 1 });
        await endsOf(many(2, () => readAll<unknown>(guarded[stream]())));
        expect(breaker.state).toBe("open");
        const { rejections } = await endsOf(many(10, () => readAll<unknown>(guarded[stream]())));
        expect(rejections).toHaveLength(10);
        expect(provider.stats().requests).toBe(3);
      }
    },
  );

  test("that is left at a `break` aborts upstream and counts no failure, nor does one read no further", async () => {
    const latency = { interToken: 50 };
    const { provider, breaker, chatStream } = await guardedOpenAI(way, tripAtThree, {
      provider: { answerTokens: 100, latency },
    });
    const leave = async (): Promise<void> => {
      for await (const chunk of chatStream()) if ((chunk.choices[0]?.delta.content ?? "") !== "") break;
    };
    await Promise.all(many(20, leave));
    await until(() => provider.stats().aborted === 20, "aborted upstream", 1_000);
    expect(provider.stats()).toMatchObject({ requests: 20, inFlight: 0 });
    // Each had shown content, which is success evidence; having been left is none of anything.
    expect(breaker.snapshot()).toMatchObject({ state: "closed", inFlight: 0, window: { calls: 20, failures: 0 } });
  });

  test("that is left before any content counts nothing at all", async () => {
    const { provider, breaker, chatStream } = await guardedOpenAI(way, tripAtThree);
    await provider.setFault({ kind: "headers-only" });
    const caller = new AbortController();
    const reading = readAll(chatStream(caller.signal)).catch(() => {});
    await until(() => provider.stats().requests === 1, "arrival");
    await sleep(20);
    caller.abort();
    await reading;
    await until(() => provider.stats().aborted === 1, "aborted upstream", 1_000);
    expect(breaker.snapshot()).toMatchObject({ state: "closed", inFlight: 0, window: { calls: 0, young: 0 } });
  });

  test("that falls silent midway ends by the policy's idle deadline, and counts as a timeout", async () => {
    const policy = { ...tripAtThree, timeouts: { idle: 150 } };
    const { provider, breaker, chatStream } = await guardedOpenAI(way, policy, eightTokens);
    await provider.setFault({ kind: "hang-mid-stream" });
    await expect(readAll(chatStream())).rejects.toSatisfy(CallTimeoutError.is.bind(CallTimeoutError));
    expect(breaker.snapshot().window).toMatchObject({ calls: 1, failures: 1, byKind: { timeout: 1 } });
    await until(() => provider.stats().aborted === 1, "aborted upstream", 1_000);
  });

  test("to a slow reader meets no deadline: only waiting for the provider counts", async () => {
    const policy = { ...tripAtThree, timeouts: { idle: 250, firstToken: 250 } };
    const { provider, breaker, chatStream } = await guardedOpenAI(way, policy, eightTokens);
    let content = 0;
    for await (const chunk of chatStream()) {
      if ((chunk.choices[0]?.delta.content ?? "") !== "" && content++ === 0) await sleep(350);
    }
    expect(content).toBe(8);
    expect(provider.stats()).toMatchObject({ completed: 1, aborted: 0 });
    expect(breaker.snapshot().window).toMatchObject({ successes: 1, failures: 0 });
  });

  test("settles a probe at its first content", async () => {
    const policy = { ...tripAtThree, cooldown: { initial: 60, jitter: 0 } };
    const guarded = await guardedOpenAI(way, policy, { provider: { answerTokens: 8, latency: { interToken: 20 } } });
    const { provider, breaker, chatStream } = guarded;
    await provider.setFault({ kind: "status", status: 503 });
    await endsOf(many(3, () => readAll(chatStream())));
    await provider.setFault(null);
    await until(() => breaker.state === "half-open", "end of the cooldown");
    let atFirstContent = "";
    let more = 0;
    for await (const chunk of chatStream()) {
      if ((chunk.choices[0]?.delta.content ?? "") === "") continue;
      if (atFirstContent === "") atFirstContent = breaker.state;
      else more++;
    }
    expect({ atFirstContent, more }).toEqual({ atFirstContent: "closed", more: 7 });
  });
});

describe("An error frame amid a stream", () => {
  // Of a response's stream the SDK hands the error on as one more event; what is missing then is the end.
  test.each([
    ["chatStream", (error: unknown) => error instanceof OpenAI.APIError],
    ["responseStream", (error: unknown) => StreamTruncatedError.is(error)],
  ] as const)("is a failure for the breaker around a %s", async (stream, isExpected) => {
    const guarded = await guardedOpenAI("the breaker", tripAtThree, eightTokens);
    await guarded.provider.setFault({ kind: "stream-error" });
    const { errors } = await endsOf(many(3, () => readAll<unknown>(guarded[stream]())));
    expect(errors).toHaveLength(3);
    expect(errors.every(isExpected)).toBe(true);
    expect(guarded.breaker.snapshot()).toMatchObject({ state: "open", evidence: { failures: 3 } });
  });

  // Below the SDK the frame is seen among the bytes; they reach the SDK as they came, which tells it in its own words.
  test("reaches the caller through createFetch, which counts it", async () => {
    const { provider, breaker, chatStream } = await guardedOpenAI("createFetch", tripAtThree, eightTokens);
    await provider.setFault({ kind: "stream-error" });
    const { errors } = await endsOf(many(3, () => readAll(chatStream())));
    expect(errors.every((error) => error instanceof OpenAI.APIError)).toBe(true);
    expect(errors).toHaveLength(3);
    expect(breaker.snapshot()).toMatchObject({ state: "open", inFlight: 0, evidence: { failures: 3 } });
  });

  // The SDK hands the event on and ends without an error: whoever looks at the text alone has half an answer.
  test("of a response's stream is counted by createFetch, though the SDK only hands it on", async () => {
    const { provider, breaker, responseStream } = await guardedOpenAI("createFetch", tripAtThree, eightTokens);
    await provider.setFault({ kind: "stream-error" });
    await endsOf(many(3, () => readAll<unknown>(responseStream())));
    expect(breaker.snapshot()).toMatchObject({ state: "open", inFlight: 0, evidence: { failures: 3 } });
  });
});

describe("A stream that ends without its end marker", () => {
  test.each(STREAMS)("as a %s is cut off for the breaker, which was told the marker by `isEnd`", async (stream) => {
    const guarded = await guardedOpenAI("the breaker", tripAtThree, eightTokens);
    await guarded.provider.setFault({ kind: "no-terminal-marker" });
    const { errors } = await endsOf(many(3, () => readAll<unknown>(guarded[stream]())));
    expect(errors.filter((error) => StreamTruncatedError.is(error))).toHaveLength(3);
    expect(guarded.breaker.state).toBe("open");
    expect(guarded.breaker.snapshot().evidence?.byKind).toEqual({ "stream-error": 3 });
  });

  // HTTP says that the body is whole, and the SDK alone would believe it.
  test.each(STREAMS)("as a %s breaks for the SDK above createFetch", async (stream) => {
    const guarded = await guardedOpenAI("createFetch", tripAtThree, eightTokens);
    await guarded.provider.setFault({ kind: "no-terminal-marker" });
    const { errors } = await endsOf(many(3, () => readAll<unknown>(guarded[stream]())));
    expect(errors.filter((error) => StreamTruncatedError.is(error))).toHaveLength(3);
    expect(guarded.breaker.snapshot()).toMatchObject({ state: "open", evidence: { byKind: { "stream-error": 3 } } });
  });

  test("but with its finish reason is whole without `[DONE]`", async () => {
    const { provider, breaker, chatStream } = await guardedOpenAI("createFetch", tripAtThree, eightTokens);
    await provider.setFault({ kind: "no-terminal-marker", omit: "marker" });
    expect(await endsOf(many(3, () => readAll(chatStream())))).toMatchObject({ answered: 3 });
    expect(breaker.snapshot()).toMatchObject({ state: "closed", window: { successes: 3 } });
  });
});
