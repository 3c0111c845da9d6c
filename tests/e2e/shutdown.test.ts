/** What a stopping gateway leaves behind: nothing. And what a starting one needs: nobody. */
import { createRecloser } from "recloser";
import { redisStore } from "recloser/redis";
import { simulatedProvider } from "recloser/testing";
import { describe, expect, test } from "vitest";
import { openRaw, post, sendRaw } from "../support/raw-http.ts";
import { ownTarget, serveProcess } from "../support/serve-process.ts";
import { freePort, hasRedis, redisServer } from "../support/servers/redis.ts";

const PATH = "/v1/chat/completions";
const ask = { model: "gpt-5", messages: [{ role: "user", content: "hello" }] };
const SOON = { timeout: 30_000 };

function configOf(baseUrl: string, other: object = {}): object {
  return { targets: { one: ownTarget(baseUrl) }, ...other };
}

describe("SIGTERM", () => {
  test("flips readiness at once, lets a stream end by itself, and ends with 0", async () => {
    await using provider = await simulatedProvider({ latency: { interToken: 40 } });
    await using gateway = await serveProcess(configOf(provider.baseUrl));
    expect((await fetch(`${gateway.adminUrl}/readyz`)).status).toBe(200);
    const open = openRaw(gateway.url, post(PATH, { ...ask, stream: true }));
    await open.seen('"content"');
    gateway.child.kill("SIGTERM");
    await gateway.logged("stopping");
    const [ready, alive] = await Promise.all(
      ["/readyz", "/healthz"].map((path) => fetch(`${gateway.adminUrl}${path}`)),
    );
    expect([ready?.status, alive?.status]).toEqual([503, 200]);
    await expect(sendRaw(gateway.url, post(PATH, ask))).rejects.toThrow("ECONNREFUSED");
    await open.closed;
    expect(open.text()).toContain("data: [DONE]");
    expect(await gateway.ended).toEqual({ code: 0, signal: null });
    expect(gateway.lines("request")).toMatchObject([{ end: "answered", status: 200 }]);
  });

  test("ends a stream at the limit with an error that its client can read", async () => {
    await using provider = await simulatedProvider({ fault: { kind: "hang-mid-stream" } });
    await using gateway = await serveProcess(configOf(provider.baseUrl, { drain: "300ms" }));
    const open = openRaw(gateway.url, post(PATH, { ...ask, stream: true }));
    await open.seen('"content"');
    gateway.child.kill("SIGTERM");
    await open.closed;
    expect(open.text()).toContain("stream_interrupted");
    expect(open.text()).not.toContain("[DONE]");
    expect(await gateway.ended).toEqual({ code: 0, signal: null });
  });

  test("a second one ends it where it stands", async () => {
    await using provider = await simulatedProvider({ fault: { kind: "hang" } });
    await using gateway = await serveProcess(configOf(provider.baseUrl));
    const open = openRaw(gateway.url, post(PATH, ask));
    await expect.poll(() => provider.requests.length, SOON).toBe(1);
    gateway.child.kill("SIGTERM");
    await gateway.logged("stopping");
    gateway.child.kill("SIGTERM");
    expect((await gateway.ended).code).toBe(143);
    await open.closed;
  });

  test("closes a connection that is kept alive once its answer is whole, so that its client takes another gateway", async () => {
    await using provider = await simulatedProvider({ latency: { answer: 500 } });
    await using gateway = await serveProcess(configOf(provider.baseUrl));
    const open = openRaw(gateway.url, post(PATH, ask));
    await expect.poll(() => provider.requests.length, SOON).toBe(1);
    gateway.child.kill("SIGTERM");
    await open.closed;
    expect(open.text()).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(open.text()).toMatch(/\r\nconnection: close\r\n/i);
    expect((await gateway.ended).code).toBe(0);
  });
});

describe.runIf(await hasRedis())("With a store", () => {
  test("a stopping gateway gives the lease of its probe back: the next replica probes at once", async () => {
    await using provider = await simulatedProvider({ fault: { kind: "status", status: 503 } });
    const redis = await redisServer();
    const store = { url: redis.url, namespace: "lease" };
    const breaker = { minimumCalls: 2, cooldown: { initial: "200ms", max: "200ms" }, probe: { lease: "60s" } };
    const config = configOf(provider.baseUrl, { store, breaker, retry: { perTarget: 0 }, drain: "100ms" });
    await using gateway = await serveProcess(config);
    for (let i = 0; i < 3; i++) await sendRaw(gateway.url, post(PATH, ask));
    await gateway.logged("transition");
    await provider.setFault({ kind: "hang" });
    const before = provider.requests.length;
    const calls = [openRaw(gateway.url, post(PATH, ask))];
    // Until the cooldown is over they are rejected; the first that is not is the probe, and hangs.
    const isProbing = (): boolean => {
      if (provider.requests.length === before) calls.push(openRaw(gateway.url, post(PATH, ask)));
      return provider.requests.length > before;
    };
    await expect.poll(isProbing, SOON).toBe(true);
    gateway.child.kill("SIGTERM");
    expect((await gateway.ended).code).toBe(0);
    for (const { socket } of calls) socket.destroy();
    const policy = { minimumCalls: 2, cooldown: { initial: 200, max: 200 }, probe: { lease: 60_000 } } as const;
    await using other = createRecloser({ store: redisStore({ url: redis.url }), namespace: "lease", defaults: policy });
    await other.ready();
    const next = other.breaker({ provider: "openai", model: "gpt-5", credential: "one" });
    // Far less than the lease that it held.
    await expect.poll(() => next.execute(() => "probed").catch(() => "rejected"), { timeout: 20_000 }).toBe("probed");
  });

  test("one whose Redis is down starts and answers all the same, and finds it when it is there", async () => {
    await using provider = await simulatedProvider();
    const port = await freePort();
    const store = { url: `redis://127.0.0.1:${port}`, namespace: "late" };
    await using gateway = await serveProcess(configOf(provider.baseUrl, { store }));
    expect((await sendRaw(gateway.url, post(PATH, ask))).status).toBe(200);
    expect((await fetch(`${gateway.adminUrl}/readyz`)).status).toBe(200);
    expect(await gateway.logged("store")).toMatchObject({ mode: "local" });
    await redisServer({ port: String(port) });
    expect(await gateway.logged("store", 2)).toMatchObject({ mode: "shared" });
    expect((await sendRaw(gateway.url, post(PATH, ask))).status).toBe(200);
  });
});
