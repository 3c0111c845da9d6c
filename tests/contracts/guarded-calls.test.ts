import { getEventListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { CallTimeoutError, CircuitOpenError, ShedError, StreamTruncatedError } from "recloser";
import { afterEach, describe, expect, test } from "vitest";
import { until } from "../support/guarded-openai.ts";
import { type Stand, type Way, WAYS } from "./guarded-clients.ts";

const named = WAYS.map((way) => [way.name, way] as const);
const streamed = named.filter(([, { streams }]) => streams);
const whole = named.filter(([, { streams }]) => !streams);

const stands: Stand[] = [];

async function standing(way: Way, options?: Parameters<Way["stand"]>[0]): ReturnType<Way["stand"]> {
  const stand = await way.stand(options);
  stands.push(stand);
  return stand;
}

afterEach(async () => {
  for (const { breaker } of stands.splice(0))
    await until(() => breaker.snapshot().inFlight === 0, "no permit left", 500);
});

/** What was thrown, also inside what a helper of the SDK made of it. */
async function thrown(call: Promise<unknown>): Promise<unknown> {
  const error: unknown = await call.then(
    () => new Error("nothing was thrown"),
    (reason: unknown) => reason,
  );
  return error;
}

/** A call rejects with the caller's reason; a stream that has begun ends, and a helper tells of it in the SDK's own way. */
function toldAsAbort(way: Way, kind: "hang" | "hang-mid-stream", error: unknown, { reason }: AbortSignal): boolean {
  if (way.helper) return error instanceof Error && error.constructor.name === "APIUserAbortError";
  if (way.streams && kind === "hang-mid-stream")
    return error instanceof Error && error.message === "nothing was thrown";
  return error === reason;
}

function causeOf(way: Way, error: unknown): unknown {
  return way.helper && error instanceof Error && error.cause !== undefined ? error.cause : error;
}

describe.each(named)("%s", (_name, way) => {
  test("answers, and counts one success", async () => {
    const { ask, breaker, provider } = await standing(way);
    await ask();
    expect(breaker.snapshot()).toMatchObject({ inFlight: 0, window: { calls: 1, successes: 1 } });
    expect(provider.stats()).toMatchObject({ requests: 1, completed: 1 });
  });

  test("is rejected by an open circuit at once, without one fetch", async () => {
    const { ask, breaker, fetches } = await standing(way);
    await breaker.forceOpen({ by: "test", reason: "test" });
    let error: unknown;
    let fastestMs = Infinity; // of a few: a busy machine proves nothing
    for (let i = 0; i < 5; i++) {
      const startMs = performance.now();
      error = await thrown(ask());
      fastestMs = Math.min(fastestMs, performance.now() - startMs);
    }
    expect(fastestMs).toBeLessThan(20);
    expect(causeOf(way, error)).toBeInstanceOf(CircuitOpenError);
    expect(CircuitOpenError.is(error)).toBe(true);
    expect(fetches()).toBe(0);
  });

  test("is shed without one fetch", async () => {
    const { ask, breaker, fetches } = await standing(way, { policy: { shed: { maxInFlight: 1 } } });
    const permit = await breaker.acquire();
    expect(causeOf(way, await thrown(ask()))).toBeInstanceOf(ShedError);
    permit.success();
    expect(fetches()).toBe(0);
  });

  test("that fails is one try where retries are off, and the error the SDK's own", async () => {
    const { ask, breaker, provider, fetches } = await standing(way);
    await provider.setFault({ kind: "status", status: 503 });
    expect(await thrown(ask())).toMatchObject({ status: 503 });
    expect(fetches()).toBe(1);
    expect(breaker.snapshot().window).toMatchObject({ calls: 1, failures: 1 });
  });

  test("is tried again as often as the SDK would, by the breaker", async () => {
    const { ask, breaker, provider, fetches } = await standing(way, { retry: { initial: 1 } });
    await provider.setFault({ kind: "status", status: 503 });
    expect(await thrown(ask())).toMatchObject({ status: 503 });
    expect(fetches()).toBe(3);
    expect(breaker.state).toBe("open");
  });

  test("is answered by the second try", async () => {
    const schedule = [{ requests: 1, fault: { kind: "status" as const, status: 503 } }];
    const { ask, breaker, fetches } = await standing(way, { retry: { initial: 1 }, provider: { schedule } });
    await ask();
    expect(fetches()).toBe(2);
    expect(breaker.snapshot().window).toMatchObject({ calls: 2, successes: 1, failures: 1 });
  });

  test("that hangs ends by our deadline, and closes its connection", async () => {
    const { ask, breaker, provider } = await standing(way, { policy: { timeouts: { total: 80 } } });
    await provider.setFault({ kind: "hang" });
    expect(causeOf(way, await thrown(ask()))).toBeInstanceOf(CallTimeoutError);
    expect(breaker.snapshot().window.byKind).toEqual({ timeout: 1 });
    await until(() => provider.stats().aborted === 1, "aborted upstream", 1_000);
  });

  test("that hangs in its body ends by our deadline, and closes its connection", async () => {
    const { ask, breaker, provider } = await standing(way, { policy: { timeouts: { total: 80 } } });
    await provider.setFault({ kind: "hang-mid-stream", afterChunks: 1 });
    expect(causeOf(way, await thrown(ask()))).toBeInstanceOf(CallTimeoutError);
    expect(breaker.snapshot().window.byKind).toEqual({ timeout: 1 });
    await until(() => provider.stats().aborted === 1, "aborted upstream", 1_000);
  });

  test.each(["hang", "hang-mid-stream"] as const)("of a caller who leaves at a %s is cancelled", async (kind) => {
    const { ask, breaker, provider } = await standing(way);
    await provider.setFault({ kind });
    const caller = new AbortController();
    const asked = thrown(ask(caller.signal));
    await until(() => provider.stats().requests === 1, "arrival");
    await sleep(20);
    caller.abort();
    expect(toldAsAbort(way, kind, await asked, caller.signal)).toBe(true);
    await until(() => provider.stats().aborted === 1, "aborted upstream", 1_000);
    // The content that came before has counted.
    expect(breaker.snapshot()).toMatchObject({ state: "closed", inFlight: 0, window: { failures: 0 } });
    expect(getEventListeners(caller.signal, "abort")).toHaveLength(0);
  });

  test("of a caller whose time is over is a timeout", async () => {
    const { ask, breaker, provider } = await standing(way);
    await provider.setFault({ kind: "hang" });
    await thrown(ask(AbortSignal.timeout(60)));
    expect(breaker.snapshot().window.byKind).toEqual({ timeout: 1 });
    await until(() => provider.stats().inFlight === 0, "aborted upstream", 1_000);
  });

  test("leaves no listener on a signal that many calls share", async () => {
    const { ask } = await standing(way);
    const caller = new AbortController();
    for (let i = 0; i < 3; i++) await ask(caller.signal);
    expect(getEventListeners(caller.signal, "abort").length).toBeLessThan(way.helper ? 4 : 1);
  });

  test("that breaks off is a failure and an error", async () => {
    const { ask, breaker, provider } = await standing(way);
    await provider.setFault({ kind: "cut-stream" });
    expect(await thrown(ask())).not.toMatchObject({ message: "nothing was thrown" });
    expect(breaker.snapshot().window).toMatchObject({ calls: 1, successes: 0, failures: 1 });
  });

  test("that says 200 and means an error is a failure", async () => {
    const { ask, breaker, provider } = await standing(way);
    await provider.setFault({ kind: "ok-with-error", error: "overloaded" });
    await ask().catch(() => {});
    expect(breaker.snapshot().window.byKind).toEqual({ overloaded: 1 });
  });

  test("that says 200 and means an error is tried again", async () => {
    const schedule = [{ requests: 1, fault: { kind: "ok-with-error" as const } }];
    const { ask, breaker } = await standing(way, { retry: { initial: 1 }, provider: { schedule } });
    await ask();
    expect(breaker.snapshot().window).toMatchObject({ calls: 2, successes: 1, failures: 1 });
  });
});

describe.each(streamed)("%s", (_name, way) => {
  test("that ends without its end marker is a failure, and an error", async () => {
    const { ask, breaker, provider } = await standing(way);
    await provider.setFault({ kind: "no-terminal-marker" });
    expect(causeOf(way, await thrown(ask()))).toBeInstanceOf(StreamTruncatedError);
    expect(breaker.snapshot().window.byKind).toEqual({ "stream-error": 1 });
  });

  test("that tells of a failure amid its answer is a failure", async () => {
    const { ask, breaker, provider } = await standing(way);
    await provider.setFault({ kind: "stream-error", error: "overloaded" });
    await ask().catch(() => {});
    expect(breaker.snapshot().window).toMatchObject({ calls: 1, successes: 0, failures: 1 });
  });

  test("of which an unreadable event comes is a failure", async () => {
    const { ask, breaker, provider } = await standing(way);
    await provider.setFault({ kind: "malformed-chunk" });
    await ask().catch(() => {});
    expect(breaker.snapshot().window).toMatchObject({ calls: 1, failures: 1 });
  });

  test("that falls silent ends by the idle deadline, with its error", async () => {
    const { ask, breaker, provider } = await standing(way, { policy: { timeouts: { idle: 80 } } });
    await provider.setFault({ kind: "hang-mid-stream" });
    expect(causeOf(way, await thrown(ask()))).toMatchObject({ code: "ERR_CALL_TIMEOUT", phase: "idle" });
    expect(breaker.snapshot().window.byKind).toEqual({ timeout: 1 });
    await until(() => provider.stats().aborted === 1, "aborted upstream", 1_000);
  });

  test("that sends a head and no more ends by the deadline of the first content", async () => {
    const { ask, provider } = await standing(way, { policy: { timeouts: { firstToken: 80 } } });
    await provider.setFault({ kind: "headers-only" });
    expect(causeOf(way, await thrown(ask()))).toMatchObject({ code: "ERR_CALL_TIMEOUT", phase: "first-token" });
    await until(() => provider.stats().aborted === 1, "aborted upstream", 1_000);
  });
});

describe.each(whole)("%s", (_name, way) => {
  test("that gets a web page counts as a server's failure", async () => {
    const { ask, breaker, provider } = await standing(way);
    await provider.setFault({ kind: "html", status: 200 });
    await ask().catch(() => {});
    expect(breaker.snapshot().window.byKind).toEqual({ "server-error": 1 });
  });
});
