import * as client from "prom-client";
import { createBreaker, createRecloser } from "recloser";
import { prometheusMetrics } from "recloser/prometheus";
import { type ManualClock, manualClock } from "recloser/testing";
import { describe, expect, it } from "vitest";
import { COUNTERS, GAUGES, HISTOGRAMS } from "../../packages/recloser/src/telemetry/metric-descriptions.ts";

async function valuesOf(registry: client.Registry, name: string): Promise<Record<string, number>> {
  const metrics = await registry.getMetricsAsJSON();
  const { values } = metrics.find((one) => one.name === name) as unknown as {
    values: { labels: object; value: number; metricName?: string }[];
  };
  return Object.fromEntries(
    values
      .filter(({ metricName = name }) => metricName === name || metricName.endsWith("_count"))
      .map(({ labels, value }) => [Object.values(labels).join(" "), value]),
  );
}

const overloaded = (): Promise<never> => Promise.reject(Object.assign(new Error("x"), { status: 503 }));
const defaults = { failureThreshold: 2, cooldown: { initial: 1_000, jitter: 0 } } as const;

async function trip(clock: ManualClock, registry: client.Registry): Promise<ReturnType<typeof createRecloser>> {
  const recloser = createRecloser({ clock, defaults });
  prometheusMetrics(recloser, { client, registry });
  const breaker = recloser.breaker("search");
  await breaker.execute(() => clock.advance(300));
  for (let i = 0; i < 2; i++) await breaker.execute(overloaded).catch(() => {});
  await breaker.execute(() => 1).catch(() => {});
  return recloser;
}

describe("the metrics of a recloser", () => {
  it("count calls by outcome, how long they took, and rejections by reason", async () => {
    const registry = new client.Registry();
    await using _ = await trip(manualClock(), registry);
    expect(await valuesOf(registry, "recloser_calls_total")).toEqual({ "search success": 1, "search overloaded": 2 });
    expect(await valuesOf(registry, "recloser_call_duration_seconds")).toEqual({
      "search success": 1,
      "search failure": 2,
    });
    expect(await valuesOf(registry, "recloser_rejections_total")).toEqual({ "search open": 1 });
    expect(await registry.metrics()).toContain(
      'recloser_call_duration_seconds_sum{breaker="search",result="success"} 0.3',
    );
  });

  it("show every state at once, and follow it through the outage", async () => {
    const clock = manualClock();
    const registry = new client.Registry();
    await using recloser = await trip(clock, registry);
    const states = (): Promise<Record<string, number>> => valuesOf(registry, "recloser_state");
    expect(await states()).toEqual({ "search closed": 0, "search open": 1, "search half-open": 0 });
    await clock.advance(1_000);
    expect(await states()).toMatchObject({ "search half-open": 1 });
    await recloser.breaker("search").execute(() => 1);
    expect(await states()).toEqual({ "search closed": 1, "search open": 0, "search half-open": 0 });
    expect(await valuesOf(registry, "recloser_transitions_total")).toEqual({
      "search open failure-threshold": 1,
      "search half-open claimed": 1,
      "search closed probe-passed": 1,
    });
    expect(await valuesOf(registry, "recloser_probes_total")).toEqual({ "search passed": 1 });
  });

  it("count open seconds up to the scrape, once", async () => {
    const clock = manualClock();
    const registry = new client.Registry();
    await using recloser = await trip(clock, registry);
    const seconds = async (): Promise<number | undefined> =>
      (await valuesOf(registry, "recloser_open_seconds_total"))["search"];
    await clock.advance(400);
    expect(await seconds()).toBeCloseTo(0.4);
    expect(await seconds()).toBeCloseTo(0.4);
    await clock.advance(1_600);
    await recloser.breaker("search").execute(() => 1);
    await clock.advance(5_000);
    expect(await seconds()).toBeCloseTo(2);
  });

  it("show holds, overrides, calls in flight and those who wait", async () => {
    const clock = manualClock();
    const registry = new client.Registry();
    await using recloser = createRecloser({ clock });
    prometheusMetrics(recloser, { client, registry });
    const breaker = recloser.breaker("search");
    const limited = Object.assign(new Error("x"), { status: 429, headers: { "retry-after": "30" } });
    await breaker.execute(() => Promise.reject(limited)).catch(() => {});
    await breaker.forceClosed({ by: "ann", reason: "drill" });
    await using _permit = await breaker.acquire();
    await clock.advance(10_000);
    expect(await valuesOf(registry, "recloser_hold_remaining_seconds")).toEqual({ "search rate-limited": 20 });
    expect(await valuesOf(registry, "recloser_holds_total")).toEqual({ "search rate-limited": 1 });
    expect(await valuesOf(registry, "recloser_override_age_seconds")).toEqual({ "search force-closed": 10 });
    expect(await valuesOf(registry, "recloser_in_flight")).toEqual({ search: 1 });
    expect(await valuesOf(registry, "recloser_waiting")).toEqual({ "search interactive": 0, "search batch": 0 });
    expect(await valuesOf(registry, "recloser_store_mode")).toEqual({ shared: 0, local: 1 });
  });

  it("count retries, fallbacks, streams and observe mode", async () => {
    const clock = manualClock();
    const registry = new client.Registry();
    await using recloser = createRecloser({ clock, defaults: { ...defaults, mode: "observe" } });
    prometheusMetrics(recloser, { client, registry });
    const breaker = recloser.breaker("search");
    const reset = (): Promise<never> => Promise.reject(Object.assign(new Error("x"), { code: "ECONNREFUSED" }));
    const answer = breaker.execute(reset, { retry: { attempts: 2 }, fallback: () => "instead" });
    await clock.advance(60_000);
    expect(await answer).toBe("instead");
    for (let i = 0; i < 3; i++) await breaker.execute(overloaded).catch(() => {});
    for await (const _ of breaker.stream(async function* () {
      await clock.advance(500);
      yield 1;
    }));
    expect(await valuesOf(registry, "recloser_retries_total")).toEqual({ "search made": 1 });
    expect(await valuesOf(registry, "recloser_fallbacks_total")).toEqual({ "search answered": 1 });
    expect(await valuesOf(registry, "recloser_first_content_seconds")).toEqual({ search: 1 });
    expect((await valuesOf(registry, "recloser_would_reject_total"))["search open"]).toBeGreaterThan(0);
  });

  it("name the breakers that enforce nothing, as long as they do not", async () => {
    const registry = new client.Registry();
    await using recloser = createRecloser({ policies: { search: { mode: "observe" } } });
    prometheusMetrics(recloser, { client, registry });
    for (const key of ["search", "chat"]) recloser.breaker(key);
    expect(await valuesOf(registry, "recloser_not_enforced")).toEqual({ "search observe": 1 });
    recloser.configure({ policies: { search: { mode: "enforce" } } });
    expect(await valuesOf(registry, "recloser_not_enforced")).toEqual({});
  });

  it("have a bounded number of names", async () => {
    const registry = new client.Registry();
    await using recloser = createRecloser();
    prometheusMetrics(recloser, { client, registry, maxNames: 2 });
    for (const name of ["a", "b", "c", "d"]) await recloser.breaker(name).execute(() => 1);
    expect(await valuesOf(registry, "recloser_calls_total")).toEqual({
      "a success": 1,
      "b success": 1,
      "other success": 2,
    });
  });

  it("are those of a breaker made alone, too, and leave nothing behind", async () => {
    const registry = new client.Registry();
    const breaker = createBreaker({ name: "alone" });
    const metrics = prometheusMetrics(breaker, { client, registry });
    await breaker.execute(() => 1);
    expect(await valuesOf(registry, "recloser_calls_total")).toEqual({ "alone success": 1 });
    const described = [...Object.values(GAUGES), ...Object.values(COUNTERS), ...Object.values(HISTOGRAMS)];
    expect(registry.getMetricsAsArray()).toHaveLength(described.length);
    metrics[Symbol.dispose]();
    expect(registry.getMetricsAsArray()).toEqual([]);
    await breaker.execute(() => 1);
  });
});

it("a wrong option is named", () => {
  const breaker = createBreaker();
  expect(() => prometheusMetrics(breaker, { client: {} as never })).toThrow("client: expected the module");
  expect(() => prometheusMetrics(breaker, { client, maxNames: 0 })).toThrow("maxNames: expected a whole number");
  expect(() => prometheusMetrics(breaker, { client, prefix: "x" } as never)).toThrow("prefix: expected one of");
});
