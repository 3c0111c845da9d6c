import { getEventListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { CallTimeoutError, CircuitOpenError, createBreaker, InvalidOptionError, StreamTruncatedError } from "recloser";
import type { OutcomeKind } from "recloser";
import { breakerMiddleware, guardRunnable } from "recloser/langchain";
import type { BreakerMiddleware } from "recloser/langchain";
import type { Fault } from "recloser/testing";
import { describe, expect, test } from "vitest";
import { until } from "../support/guarded-openai.ts";
import { plainServer } from "../support/plain-server.ts";
import { guardedLangChain, openedLangChain, readAll, runnables, thrownBy } from "./guarded-langchain.ts";
import type { GuardedLangChain, Given } from "./guarded-langchain.ts";
import { load } from "./sdks.ts";

// LangChain's own next try would come a second later at the soonest. Alone it takes a few milliseconds, and the best of some
// tells that on a busy machine too.
const AT_ONCE_MS = 20;
const HI = { messages: [{ role: "user" as const, content: "hi" }] };
const SCHEMA = { title: "answer", type: "object", properties: { text: { type: "string" } }, required: ["text"] };

/** What is made once, and then asks. */
type Way = (at: GuardedLangChain) => Promise<() => PromiseLike<unknown>>;

const asTool = async () => {
  const { tool } = await load("langchain");
  return tool(() => "42", { name: "sum", description: "adds", schema: { type: "object", properties: {} } });
};
const counted = async () => {
  const { RunnableLambda } = await runnables();
  return RunnableLambda.from((message: { content: unknown }) => String(message.content).length);
};

const WAYS: Readonly<Record<string, Way>> = {
  invoke:
    async ({ guarded }) =>
    () =>
      guarded.invoke("hi"),
  stream:
    async ({ guarded }) =>
    () =>
      readAll(guarded.stream("hi")),
  batch:
    async ({ guarded }) =>
    () =>
      guarded.batch(["hi", "ho"]),
  "streamEvents of the newest protocol":
    async ({ guarded }) =>
    async () =>
      guarded.streamEvents("hi"),
  "streamEvents of the second version": async ({ guarded }) => {
    const { RunnableLambda } = await runnables();
    // Of a model they are deprecated, of a chain they are not.
    const chain = guarded.pipe(RunnableLambda.from((message: object) => message));
    return () => readAll(chain.streamEvents("hi", { version: "v2" }));
  },
  generate: async ({ guarded }) => {
    const { HumanMessage } = await load("langchain");
    return () => guarded.generate([[new HumanMessage("hi")]]);
  },
  bindTools: async ({ guarded }) => {
    const bound = guarded.bindTools([await asTool()]);
    return () => bound.invoke("hi");
  },
  withConfig:
    async ({ guarded }) =>
    () =>
      guarded.withConfig({ stop: ["\n"] }).invoke("hi"),
  withStructuredOutput: async ({ guarded }) => {
    const structured = guarded.withStructuredOutput(SCHEMA, { method: "functionCalling" });
    return () => structured.invoke("hi");
  },
  pipe: async ({ guarded }) => {
    const chain = guarded.pipe(await counted());
    return () => chain.invoke("hi");
  },
  "pipe, stream": async ({ guarded }) => {
    const chain = guarded.pipe(await counted());
    return () => readAll(chain.stream("hi"));
  },
  withRetry:
    async ({ guarded }) =>
    () =>
      guarded.withRetry({ stopAfterAttempt: 4 }).invoke("hi"),
  "an agent's model": async ({ guarded }) => {
    const { createAgent } = await load("langchain");
    const agent = createAgent({ model: guarded, tools: [] });
    return () => agent.invoke(HI);
  },
  "an agent's model, streamed": async ({ guarded }) => {
    const { createAgent } = await load("langchain");
    const agent = createAgent({ model: guarded, tools: [] });
    return () => readAll(agent.stream(HI, { streamMode: "messages" }));
  },
  "the middleware": async ({ model, recloser, options }) => {
    const { createAgent } = await load("langchain");
    const agent = createAgent({ model, tools: [], middleware: [breakerMiddleware(recloser, options)] });
    return () => agent.invoke(HI);
  },
  "the middleware before modelRetryMiddleware": async ({ model, recloser, options }) => {
    const { createAgent, modelRetryMiddleware } = await load("langchain");
    // LangChain's own does not compile with `exactOptionalPropertyTypes`.
    const retries = modelRetryMiddleware({ onFailure: "error", initialDelayMs: 1 }) as unknown as BreakerMiddleware;
    const agent = createAgent({ model, tools: [], middleware: [breakerMiddleware(recloser, options), retries] });
    return () => agent.invoke(HI);
  },
};

test("A model whose words are half a document is nobody's failure, and is not asked again", async () => {
  const { ChatOpenAI } = await load("@langchain/openai");
  const { url, received } = await plainServer((response) => {
    const message = { role: "assistant", content: '{"text":' };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ choices: [{ index: 0, message, finish_reason: "stop" }] }));
  });
  const breaker = createBreaker();
  const model = new ChatOpenAI({ model: "m", apiKey: "any", configuration: { baseURL: url } });
  const guarded = guardRunnable(model, breaker, { retry: { initial: 1 } });
  const structured = guarded.withStructuredOutput(SCHEMA, { method: "jsonSchema" });
  expect(await thrownBy(structured.invoke("hi"))).toBeInstanceOf(SyntaxError);
  expect(received).toHaveLength(1);
  expect(breaker.snapshot()).toMatchObject({ inFlight: 0, window: { failures: 0 } });
});

/** An answer in prose has no tool's call to be parsed, and a length cannot be added up. */
const ANSWERED = Object.keys(WAYS).filter((name) => !["withStructuredOutput", "pipe, stream"].includes(name));
/** Some ask again on purpose, or for each of several inputs. */
const ASKED_ONCE = Object.keys(WAYS).filter(
  (name) => !["withRetry", "batch"].includes(name) && !name.includes("Retry"),
);

describe("An open circuit", () => {
  test.each(Object.entries(WAYS))(
    "ends %s at once and without a request, whatever LangChain retries",
    async (_, way) => {
      const at = await openedLangChain();
      const ask = await way(at);
      expect(at.model.caller).toMatchObject({ maxRetries: 6 });
      let bestMs = Infinity;
      for (let i = 0; i < 3 || (bestMs >= AT_ONCE_MS && i < 30); i++) {
        const startMs = performance.now();
        const error = await thrownBy(ask());
        bestMs = Math.min(bestMs, performance.now() - startMs);
        expect(CircuitOpenError.from(error)).toMatchObject({ reason: "open", key: at.breaker.name });
      }
      expect(bestMs).toBeLessThan(AT_ONCE_MS);
      expect(at.provider.stats().requests).toBe(0);
    },
  );

  test("comes as the error itself from a model, and inside LangChain's own from a middleware", async () => {
    const at = await openedLangChain();
    expect(await thrownBy(at.guarded.invoke("hi"))).toBeInstanceOf(CircuitOpenError);
    expect(await thrownBy(at.guarded.stream("hi"))).toBeInstanceOf(CircuitOpenError);
    const ask = await WAYS["the middleware"]!(at);
    const wrapped = await thrownBy(ask());
    const { MiddlewareError } = await load("langchain");
    expect(wrapped).toBeInstanceOf(MiddlewareError);
    expect(CircuitOpenError.from(wrapped)).toBe((wrapped as Error).cause);
  });

  test("goes on to the next model of withFallbacks", async () => {
    const open = await openedLangChain();
    const other = await guardedLangChain();
    const answer = await open.guarded.withFallbacks([other.guarded]).invoke("hi");
    expect(answer.content).not.toBe("");
    expect([open.provider.stats().requests, other.provider.stats().requests]).toEqual([0, 1]);
  });

  test("still lets LangChain's cache answer", async () => {
    const at = await guardedLangChain({ fields: { cache: true } });
    const first = await at.guarded.invoke("remember this");
    await at.breaker.forceOpen({ by: "test", reason: "cached" });
    expect((await at.guarded.invoke("remember this")).content).toBe(first.content);
    expect(await thrownBy(at.guarded.invoke("something else"))).toBeInstanceOf(CircuitOpenError);
  });
});

describe("A guarded model", () => {
  test.each(ANSWERED)("answers %s with one request, counted as one success", async (name) => {
    const at = await guardedLangChain();
    const ask = await WAYS[name]!(at);
    await ask();
    const calls = name === "batch" ? 2 : 1;
    expect(at.provider.stats().requests).toBe(calls);
    expect(at.breaker.snapshot()).toMatchObject({ inFlight: 0, window: { calls, successes: calls } });
  });

  test.each(ASKED_ONCE)("asks a provider that fails once by %s, not seven times", async (name) => {
    const at = await guardedLangChain({ fault: { kind: "status", status: 503 } });
    const ask = await WAYS[name]!(at);
    await thrownBy(ask());
    expect(at.provider.stats().requests).toBe(1);
    expect(at.breaker.snapshot()).toMatchObject({ inFlight: 0, window: { calls: 1, byKind: { overloaded: 1 } } });
  });

  test("is asked once whatever the options of a call say of retries", async () => {
    const at = await guardedLangChain({ fault: { kind: "status", status: 500 } });
    await thrownBy(at.guarded.invoke("hi", { maxRetries: 3 }));
    expect(at.provider.stats().requests).toBe(1);
  });

  test("leaves the user's own as it was", async () => {
    const at = await guardedLangChain({ fault: { kind: "status", status: 400 } });
    const { ChatOpenAI } = await load("@langchain/openai");
    expect(at.guarded).toBeInstanceOf(ChatOpenAI);
    expect(at.model.caller).toMatchObject({ maxRetries: 6 });
    await thrownBy(at.guarded.invoke("hi"));
    const before = JSON.stringify(at.breaker.snapshot().window);
    await thrownBy(at.model.invoke("hi"));
    expect(JSON.stringify(at.breaker.snapshot().window)).toBe(before);
  });

  test("shares the limit of its concurrency with the user's own", async () => {
    const at = await guardedLangChain({ fields: { maxConcurrency: 1 } });
    await Promise.all([at.guarded.invoke("a"), at.model.invoke("b"), at.guarded.invoke("c")]);
    expect(at.provider.stats()).toMatchObject({ requests: 3, peakInFlight: 1 });
  });

  test("is not guarded twice", async () => {
    const at = await guardedLangChain();
    const twice = guardRunnable(guardRunnable(at.guarded, at.recloser).bindTools([]), at.recloser);
    await twice.invoke("hi");
    const { createAgent } = await load("langchain");
    await createAgent({ model: at.guarded, tools: [], middleware: [breakerMiddleware(at.recloser)] }).invoke(HI);
    expect(at.breaker.snapshot().window.calls).toBe(2);
  });

  test("gives the very error that LangChain throws", async () => {
    const at = await guardedLangChain({ fault: { kind: "bad-request" } });
    const { OpenAI } = await load("openai");
    const error = await thrownBy(at.guarded.invoke("hi"));
    expect(error).toBeInstanceOf(OpenAI.BadRequestError);
    expect(at.breaker.snapshot().window.failures).toBe(0);
  });
});

describe("Retries are ours", () => {
  const retry = { initial: 1, max: 2 };

  test.each(["invoke", "stream", "streamEvents of the newest protocol", "an agent's model", "the middleware"])(
    "and by %s a failure that passes is not seen",
    async (name) => {
      const at = await guardedLangChain({ fault: { kind: "status", status: 503 }, retry });
      let retries = 0;
      at.breaker.on("retry", () => {
        if (++retries === 2) void at.provider.setFault(null);
      });
      const ask = await WAYS[name]!(at);
      await ask();
      expect(at.provider.stats().requests).toBe(3);
      const window = { calls: 3, successes: 1, byKind: { overloaded: 2 } };
      expect(at.breaker.snapshot()).toMatchObject({ inFlight: 0, window });
    },
  );

  test.each(ASKED_ONCE)("and a provider that is down gets a question of %s three times, no more", async (name) => {
    const at = await guardedLangChain({ fault: { kind: "down" }, retry, policy: { failureThreshold: 9 } });
    const ask = await WAYS[name]!(at);
    await thrownBy(ask());
    expect(at.breaker.snapshot().window.calls).toBe(3);
  });

  test("and end when the circuit opens, with what opened it", async () => {
    const at = await guardedLangChain({ fault: { kind: "status", status: 503 }, retry: { ...retry, attempts: 9 } });
    expect(await thrownBy(at.guarded.invoke("hi"))).toMatchObject({ status: 503 });
    expect(at.provider.stats().requests).toBe(3);
    expect(at.breaker.state).toBe("open");
  });

  test("and not for what would come out the same, nor after the first content", async () => {
    for (const fault of [{ kind: "bad-request" }, { kind: "auth" }, { kind: "cut-stream" }] as const) {
      const at = await guardedLangChain({ fault, retry });
      await thrownBy(readAll(at.guarded.stream("hi")));
      expect(at.provider.stats().requests).toBe(1);
    }
  });

  test("and fewer where LangChain is told to make fewer", async () => {
    const fault = { kind: "status", status: 503 } as const;
    const model = await guardedLangChain({ fault, retry, fields: { maxRetries: 0 } });
    await thrownBy(model.guarded.invoke("hi"));
    expect(model.provider.stats().requests).toBe(1);
    const call = await guardedLangChain({ fault, retry });
    await thrownBy(call.guarded.invoke("hi", { maxRetries: 1 }));
    expect(call.provider.stats().requests).toBe(2);
  });

  test("and do not multiply with those of modelRetryMiddleware", async () => {
    const at = await guardedLangChain({
      fault: { kind: "status", status: 503 },
      retry,
      policy: { failureThreshold: 9 },
    });
    const ask = await WAYS["the middleware before modelRetryMiddleware"]!(at);
    await thrownBy(ask());
    expect(at.provider.stats().requests).toBe(3);
  });

  test("and off for what is no model, unless asked for", async () => {
    const { RunnableLambda } = await runnables();
    let asked = 0;
    const lambda = RunnableLambda.from(async (query: string) => {
      asked++;
      throw Object.assign(new Error(`${query} is down`), { status: 503 });
    });
    await thrownBy(guardRunnable(lambda, createBreaker()).invoke("x"));
    expect(asked).toBe(1);
    await thrownBy(guardRunnable(lambda, createBreaker(), { retry: { ...retry, on: "idempotent" } }).invoke("x"));
    expect(asked).toBe(4);
  });
});

describe("How calls are counted", () => {
  const HOLDS: readonly (readonly [Fault, OutcomeKind, number])[] = [
    [{ kind: "rate-limit", retryAfter: 5 }, "rate-limited", 3_000],
    [{ kind: "quota" }, "quota-exhausted", 0],
    [{ kind: "auth" }, "auth", 0],
  ];

  test.each(HOLDS)("%j holds as %s through what LangChain makes of it", async (fault, kind, leastMs) => {
    const at = await guardedLangChain({ fault });
    const guarded = guardRunnable(at.model, createBreaker({ name: "one" }), at.options);
    await thrownBy(guarded.invoke("hi"));
    const error = CircuitOpenError.from(await thrownBy(guarded.invoke("hi")));
    expect(error?.reason).toBe(kind);
    expect(error?.retryAfterMs).toBeGreaterThan(leastMs);
    expect(at.provider.stats().requests).toBe(1);
  });

  const STREAMS = ["stream", "streamEvents of the newest protocol", "an agent's model, streamed"];

  describe.each([false, true])("with the Responses API: %s", (useResponsesApi) => {
    const given = (fault: Fault): Given => ({ fault, fields: { useResponsesApi } });

    test.each(STREAMS)("a truncated %s is a failure, and an error for its reader", async (name) => {
      const at = await guardedLangChain(given({ kind: "no-terminal-marker" }));
      const ask = await WAYS[name]!(at);
      expect(await thrownBy(ask())).toBeInstanceOf(StreamTruncatedError);
      expect(at.breaker.snapshot()).toMatchObject({ inFlight: 0, window: { calls: 1, byKind: { "stream-error": 1 } } });
    });

    test("a stream without what only follows the end is whole", async () => {
      const at = await guardedLangChain(given({ kind: "no-terminal-marker", omit: "marker" }));
      await readAll(at.guarded.stream("hi"));
      expect(at.breaker.snapshot().window).toMatchObject({ successes: 1, failures: 0 });
    });

    test.each(["cut-stream", "stream-error", "malformed-chunk"] as const)("%s is a failure", async (kind) => {
      const at = await guardedLangChain(given({ kind }));
      await thrownBy(readAll(at.guarded.stream("hi")));
      expect(at.breaker.snapshot()).toMatchObject({ inFlight: 0, window: { calls: 1, failures: 1 } });
    });

    test.each(["ok-with-error", "html", "cut-stream", "no-terminal-marker"] as const)(
      "an answer in one piece that is none (%s) is a failure",
      async (kind) => {
        const at = await guardedLangChain(given({ kind }));
        await thrownBy(at.guarded.invoke("hi"));
        expect(at.breaker.snapshot()).toMatchObject({ inFlight: 0, window: { calls: 1, failures: 1 } });
      },
    );
  });

  test("a truncated answer of a model that streams by itself is a failure", async () => {
    const fields = { streaming: true, useResponsesApi: true };
    const at = await guardedLangChain({ fault: { kind: "no-terminal-marker" }, fields });
    expect(await thrownBy(at.guarded.invoke("hi"))).toBeInstanceOf(StreamTruncatedError);
    expect(at.breaker.snapshot().window.byKind).toEqual({ "stream-error": 1 });
  });
});

describe("Deadlines and aborts", () => {
  const ASKS: Readonly<Record<string, (at: GuardedLangChain, options: object) => Promise<unknown>>> = {
    invoke: ({ guarded }, options) => guarded.invoke("hi", options),
    stream: ({ guarded }, options) => readAll(guarded.stream("hi", options)),
    "an agent": async ({ model, recloser, options: given }, options) => {
      const { createAgent } = await load("langchain");
      const middleware = [breakerMiddleware(recloser, given)];
      return createAgent({ model, tools: [], middleware }).invoke(HI, options);
    },
  };
  const hang = { kind: "hang" } as const;

  const releases = async ({ breaker, provider }: GuardedLangChain): Promise<void> => {
    expect(breaker.snapshot().inFlight).toBe(0);
    await until(() => provider.stats().inFlight === 0, "the connection is closed");
  };

  test.each(Object.entries(ASKS))("our deadline ends %s, and counts", async (_, ask) => {
    const at = await guardedLangChain({ fault: hang, policy: { timeouts: { total: 40 } } });
    const error = await thrownBy(ask(at, {}));
    expect(CallTimeoutError.is(error) || CallTimeoutError.is((error as Error).cause)).toBe(true);
    expect(at.breaker.snapshot().window.byKind).toEqual({ timeout: 1 });
    await releases(at);
  });

  test("the deadlines of streams are the policy's", async () => {
    const first = await guardedLangChain({ fault: hang, policy: { timeouts: { firstToken: 40 } } });
    expect(await thrownBy(readAll(first.guarded.stream("hi")))).toMatchObject({ phase: "first-token" });
    const idle = await guardedLangChain({ fault: { kind: "hang-mid-stream" }, policy: { timeouts: { idle: 40 } } });
    expect(await thrownBy(readAll(idle.guarded.stream("hi")))).toMatchObject({ phase: "idle" });
    await releases(first);
    await releases(idle);
  });

  test.each(Object.entries(ASKS))("a plain abort cancels %s, and counts for nothing", async (name, ask) => {
    const at = await guardedLangChain({ fault: hang });
    const caller = new AbortController();
    const asked = thrownBy(ask(at, { signal: caller.signal }));
    await until(() => at.provider.stats().inFlight === 1, "it is asked");
    const reason = new Error("the user left");
    caller.abort(reason);
    // LangGraph makes an error of its own of it.
    expect(await asked).toBe(name === "an agent" ? await asked : reason);
    await until(() => at.breaker.snapshot().inFlight === 0, "the permit is back");
    expect(at.breaker.snapshot().window.calls).toBe(0);
    expect(getEventListeners(caller.signal, "abort")).toEqual([]);
    await releases(at);
  });

  test.each(Object.entries(ASKS))("a caller's time limit over %s counts as a timeout", async (_, ask) => {
    for (const options of [{ signal: AbortSignal.timeout(40) }, { timeout: 40 }]) {
      const at = await guardedLangChain({ fault: hang });
      await thrownBy(ask(at, options));
      await until(() => at.breaker.snapshot().inFlight === 0, "the permit is back");
      expect(at.breaker.snapshot().window.byKind).toEqual({ timeout: 1 });
      await releases(at);
    }
  });

  test("the model's own time limit counts as a timeout", async () => {
    const at = await guardedLangChain({ fault: hang, fields: { timeout: 40 } });
    await thrownBy(at.guarded.invoke("hi"));
    expect(at.breaker.snapshot().window.byKind).toEqual({ timeout: 1 });
  });
});

describe("A stream that is left", () => {
  test.each([null, { kind: "hang-mid-stream" }] as const)("by `break` releases everything (%j)", async (fault) => {
    const at = await guardedLangChain({ fault });
    const caller = new AbortController();
    let chunks = 0;
    for await (const chunk of await at.guarded.stream("hi", { signal: caller.signal })) {
      if (chunk.content !== "") chunks++;
      if (chunks < 3) continue;
      await sleep(20); // by now the next chunk is awaited, and LangChain's own generators would wait for it
      break;
    }
    expect(at.breaker.snapshot()).toMatchObject({ inFlight: 0, window: { successes: 1, failures: 0 } });
    expect(getEventListeners(caller.signal, "abort")).toEqual([]);
    await until(() => at.provider.stats().inFlight === 0, "the connection is closed");
  });

  test("leaves no listener on a signal that lives on when it was read to its end", async () => {
    const at = await guardedLangChain();
    const caller = new AbortController();
    for (let i = 0; i < 3; i++) await readAll(at.guarded.stream("hi", { signal: caller.signal }));
    expect(getEventListeners(caller.signal, "abort")).toEqual([]);
  });

  test("unread gives its permit back when it is collected", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const at = await guardedLangChain({ fault: { kind: "slow-drip", everyMs: 5, bytes: 20 } });
    await (async () => {
      const stream = await at.guarded.stream("hi");
      expect(stream.locked).toBe(false);
    })();
    expect(at.breaker.snapshot().inFlight).toBe(1);
    await until(
      () => {
        collect();
        return at.breaker.snapshot().inFlight === 0;
      },
      "it is collected",
      20_000,
    );
  });
});

describe("Other runnables", () => {
  test("what binds a model, and what has one among its steps, is guarded at the model", async () => {
    const at = await openedLangChain();
    const length = await counted();
    const given = [
      at.model.bindTools([await asTool()]),
      at.model.withRetry({ stopAfterAttempt: 2 }),
      at.model.pipe(length),
      at.model.withStructuredOutput(SCHEMA, { method: "functionCalling" }),
    ] as const;
    for (const runnable of given) {
      const guarded = guardRunnable(runnable as typeof at.model, at.recloser);
      expect(CircuitOpenError.from(await thrownBy(guarded.invoke("hi")))?.key).toBe(at.breaker.name);
    }
    expect(at.provider.stats().requests).toBe(0);
  });

  test("a parser that fails behind a model is no failure of the provider's", async () => {
    const at = await guardedLangChain();
    const { RunnableLambda } = await runnables();
    const picky = RunnableLambda.from(() => {
      throw new Error("not what I wanted");
    });
    await thrownBy(guardRunnable(at.model.pipe(picky), at.recloser).invoke("hi"));
    expect(at.breaker.snapshot().window).toMatchObject({ calls: 1, failures: 0 });
  });

  test("what has no model is guarded as a whole, by a breaker or a key", async () => {
    const { RunnableLambda } = await runnables();
    const breaker = createBreaker({ name: "search", failureThreshold: 2 });
    let asked = 0;
    const lambda = RunnableLambda.from(async (query: string) => {
      asked++;
      if (query === "bad") throw Object.assign(new Error("down"), { code: "ECONNREFUSED" });
      return query.length;
    });
    const search = guardRunnable(lambda, breaker);
    expect(await search.invoke("four")).toBe(4);
    expect(await readAll(search.stream("four"))).toEqual([4]);
    expect(await search.batch(["a", "bb"])).toEqual([1, 2]);
    const more = RunnableLambda.from((n: number) => n + 1);
    expect(await search.pipe(more).invoke("four")).toBe(5);
    expect(breaker.snapshot().window).toMatchObject({ calls: 5, successes: 5 });
    // A sequence has a batch of its own.
    const chain = guardRunnable(lambda.pipe(more), breaker);
    expect(await chain.batch(["a", "bb"])).toEqual([2, 3]);
    expect(breaker.snapshot().window).toMatchObject({ calls: 7, successes: 7 });
    await thrownBy(search.invoke("bad"));
    await thrownBy(search.stream("bad"));
    const before = asked;
    for (const ask of [search.invoke("x"), search.stream("x"), search.batch(["x"]), search.pipe(more).invoke("x")])
      expect(await thrownBy(ask)).toBeInstanceOf(CircuitOpenError);
    expect(asked).toBe(before);
    expect(breaker.snapshot().inFlight).toBe(0);
  });

  test("what tells nothing of its provider needs a key, and says so", async () => {
    const { recloser } = await guardedLangChain();
    const { RunnableLambda } = await runnables();
    const lambda = RunnableLambda.from((x: string) => x);
    expect(() => guardRunnable(lambda, recloser)).toThrow(InvalidOptionError);
    expect(await guardRunnable(lambda, recloser, { key: "search" }).invoke("x")).toBe("x");
    expect(recloser.breaker("search").snapshot().window.successes).toBe(1);
  });

  test("a model that is made call by call (initChatModel) is guarded each time", async () => {
    const { initChatModel } = await load("langchain");
    const at = await openedLangChain();
    const fields = { modelProvider: "openai", apiKey: "sk-test", configuration: { baseURL: at.provider.baseUrl } };
    const model = guardRunnable(await initChatModel("gpt-5", fields), at.recloser);
    for (const ask of [model.invoke("hi"), model.stream("hi"), model.bindTools([await asTool()]).invoke("hi")])
      expect(await thrownBy(ask)).toBeInstanceOf(CircuitOpenError);
    expect(at.provider.stats().requests).toBe(0);
    await at.breaker.reset({ by: "test" });
    expect((await model.invoke("hi")).content).not.toBe("");
    expect(at.breaker.snapshot().window.successes).toBe(1);
  });
});

describe("Whose breaker", () => {
  test("is by provider and model, or as `key` says", async () => {
    const at = await guardedLangChain();
    await at.guarded.invoke("hi");
    expect([...at.recloser.breakers()].map(({ name }) => name)).toEqual([at.breaker.name]);
    await guardRunnable(at.model, at.recloser, { key: ({ model }) => `mine-${model}` }).invoke("hi");
    expect(at.recloser.breaker("mine-gpt-5").snapshot().window.successes).toBe(1);
  });

  test("is the provider's, by LangChain's word for it, where the model has no URL of its own", async () => {
    const { ChatOpenAI, AzureChatOpenAI } = await load("@langchain/openai");
    const { recloser } = await guardedLangChain();
    const azure = { azureOpenAIApiKey: "x", azureOpenAIApiInstanceName: "i", azureOpenAIApiVersion: "2024-10-21" };
    const models = [
      new ChatOpenAI({ model: "gpt-5", apiKey: "x" }),
      new AzureChatOpenAI({ model: "gpt-5", azureOpenAIApiDeploymentName: "d", ...azure }),
    ];
    const keys: unknown[] = [];
    for (const model of models) {
      const key = (facts: object) => (keys.push(facts), "away");
      const guarded = guardRunnable(model, recloser, { key });
      await recloser.breaker("away").forceOpen({ by: "test", reason: "nobody is asked" });
      await thrownBy(guarded.invoke("hi"));
    }
    expect(keys).toEqual([
      { provider: "openai", model: "gpt-5" },
      { provider: "azure-openai", model: "gpt-5" },
    ]);
  });

  test("is told wrong with an error that says what was expected", async () => {
    const { model, recloser, breaker } = await guardedLangChain();
    const bad: readonly (() => unknown)[] = [
      () => guardRunnable(model, {} as typeof recloser),
      () => guardRunnable({} as typeof model, recloser),
      () => guardRunnable(model, breaker, { key: "two" }),
      () => guardRunnable(model, recloser, { key: "" }),
      () => guardRunnable(model, recloser, { keys: "x" } as object),
      () => breakerMiddleware(recloser, { key: { provider: "" } }),
      () => guardRunnable(model, recloser, { retry: { attempts: 0 } }),
    ];
    for (const make of bad) expect(make).toThrow(InvalidOptionError);
  });
});
