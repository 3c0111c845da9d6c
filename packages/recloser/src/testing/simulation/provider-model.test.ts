import { describe, expect, it } from "vitest";
import { classify } from "../../classify/index.ts";
import type { Outcome } from "../../outcome.ts";
import { SimulatedProcess } from "./process.ts";
import { ProviderModel } from "./provider-model.ts";
import type { ProviderMode } from "./provider-mode.ts";
import type { ProviderModelOptions } from "./provider-options.ts";
import { World } from "./world.ts";

interface Ended {
  readonly atMs: number;
  readonly value?: unknown;
  readonly error?: unknown;
}

function place(options: ProviderModelOptions = {}, seed = 1) {
  const world = new World({ seed });
  const replica = new SimulatedProcess(world, "replica");
  const provider = new ProviderModel(world, {
    latency: { answer: 1_000, firstToken: 300, interToken: 20 },
    ...options,
  });
  const ended: Ended[] = [];
  const watch = (work: Promise<unknown>): void =>
    void work.then(
      (value) => ended.push({ atMs: world.nowMs, value }),
      (error: unknown) => ended.push({ atMs: world.nowMs, error }),
    );
  const call = (signal?: AbortSignal, process = replica): void =>
    watch(provider.answer(process, signal === undefined ? {} : { signal }));
  const stream = (signal?: AbortSignal): void =>
    watch(read(provider.stream(replica, signal === undefined ? {} : { signal })));
  const outcome = (index = 0): Outcome => {
    const { error, value: result } = ended[index] ?? { error: "it has not ended" };
    return error === undefined ? classify({ result }) : classify({ error, nowMs: world.nowMs });
  };
  return { world, replica, provider, ended, call, stream, outcome };
}

async function read(stream: AsyncIterable<{ isEnd: boolean }>): Promise<string> {
  let seen = "";
  for await (const chunk of stream) seen += chunk.isEnd ? "." : "x";
  return seen;
}

const always = (does: ProviderMode): ProviderModelOptions => ({ schedule: [{ does }] });

describe("A simulated provider", () => {
  it("answers after its latency", async () => {
    const { world, provider, ended, call, outcome } = place();
    call();
    await world.run(5_000);
    expect(ended).toEqual([{ atMs: 1_000, value: { id: 1 } }]);
    expect(outcome().kind).toBe("success");
    expect(provider.counters).toMatchObject({ calls: 1, ok: 1, inService: 0, peakInService: 1 });
  });

  it("streams chunks and an end marker", async () => {
    const { world, provider, ended, stream } = place({ chunks: 3 });
    stream();
    await world.run(5_000);
    expect(ended).toEqual([{ atMs: 360, value: "xxx." }]);
    expect(provider.counters).toMatchObject({ ok: 1, inService: 0 });
  });

  it("frees the place of a call that its caller gives up, and rejects with the signal's reason", async () => {
    const { world, provider, ended, call, stream } = place({ log: true });
    const abort = new AbortController();
    call(abort.signal);
    stream(abort.signal);
    world.at(310, () => abort.abort("enough"));
    await world.run(5_000);
    expect(ended).toEqual([
      { atMs: 310, error: "enough" },
      { atMs: 310, error: "enough" },
    ]);
    expect(provider.counters).toMatchObject({ aborted: 2, ok: 0, inService: 0 });
    expect(provider.log.map(({ end, endMs }) => [end, endMs])).toEqual([
      ["aborted", 310],
      ["aborted", 310],
    ]);
    expect(world.pending).toBe(0);
  });

  it("does not see it, if it is one that does not", async () => {
    const { world, provider, call } = place({ seesAborts: false });
    const abort = new AbortController();
    call(abort.signal);
    world.at(310, () => abort.abort("enough"));
    await world.run(5_000);
    expect(provider.counters).toMatchObject({ aborted: 0, ok: 1 });
  });

  it("frees the place of a stream that its reader leaves", async () => {
    const { world, provider, replica } = place();
    const leave = async (): Promise<void> => {
      for await (const chunk of provider.stream(replica)) if (chunk.index === 1) break;
    };
    void leave();
    await world.run(5_000);
    expect(provider.counters).toMatchObject({ aborted: 1, inService: 0 });
  });

  it("loses the calls of a process that crashes, and answers one that is paused when it goes on", async () => {
    const { world, provider, ended, replica, call } = place();
    const paused = new SimulatedProcess(world, "paused");
    call();
    call(undefined, paused);
    world.at(10, () => {
      replica.crash();
      paused.pause();
    });
    world.at(3_000, () => paused.resume());
    await world.run(5_000);
    expect(ended).toEqual([{ atMs: 3_000, value: { id: 2 } }]);
    expect(provider.counters).toMatchObject({ lost: 1, ok: 1, inService: 0 });
  });

  it("may lose all connections at once", async () => {
    const { world, provider, ended, call, stream, outcome } = place();
    call();
    stream();
    world.at(310, () => provider.disconnectAll());
    await world.run(5_000);
    expect(ended.map(({ atMs }) => atMs)).toEqual([310, 310]);
    expect([outcome(0).kind, outcome(1).kind]).toEqual(["network", "stream-error"]);
    expect(provider.counters).toMatchObject({ failed: 2, inService: 0 });
  });

  it("gives the n-th call the same latency, whatever fails and whenever calls come", async () => {
    const answersOf = async (everyMs: number, options: ProviderModelOptions): Promise<Map<unknown, number>> => {
      const { world, provider, replica } = place({
        latency: { answer: { kind: "lognormal", p50Ms: 500, p95Ms: 900 } },
        ...options,
      });
      const took = new Map<unknown, number>();
      for (let i = 0; i < 200; i++) {
        const atMs = i * everyMs;
        const ask = (): void =>
          void provider.answer(replica).then(
            ({ id }) => took.set(id, Math.round((world.nowMs - atMs) * 1_000)),
            () => {},
          );
        world.at(atMs, ask);
      }
      await world.run(1_000_000);
      return took;
    };
    const all = await answersOf(10, {});
    const some = await answersOf(7, always({ kind: "status", probability: 0.5 }));
    expect(all.size).toBe(200);
    expect(some.size).toBeGreaterThan(60);
    expect(some.size).toBeLessThan(140);
    for (const [id, ms] of some) expect(ms).toBe(all.get(id));
  });
});

describe("Its modes", () => {
  it.each<[string, ProviderMode, Partial<Outcome>]>([
    ["503", { kind: "status" }, { kind: "overloaded", retryAfterMs: null }],
    ["503 with a hint", { kind: "status", retryAfterMs: 2_500 }, { kind: "overloaded", retryAfterMs: 2_500 }],
    ["500", { kind: "status", status: 500 }, { kind: "server-error" }],
    ["401", { kind: "status", status: 401 }, { kind: "auth" }],
    ["400", { kind: "status", status: 400 }, { kind: "caller-error" }],
    ["unreachable", { kind: "unreachable" }, { kind: "network" }],
    ["rate limit", { kind: "rate-limit", perSecond: 0.5 }, { kind: "rate-limited", retryAfterMs: null }],
    [
      "rate limit with a hint",
      { kind: "rate-limit", perSecond: 0.5, retryAfter: "next" },
      { kind: "rate-limited", retryAfterMs: 2_000 },
    ],
    [
      "rate limit with reset headers",
      { kind: "rate-limit", perSecond: 0.5, burst: 1, resetHeaders: true },
      { kind: "rate-limited", retryAfterMs: 2_000 },
    ],
    ["over capacity", { kind: "capacity", concurrent: 0 }, { kind: "overloaded" }],
  ])("are read by the classifier as what they are: %s", async (_, mode, expected) => {
    const { world, call, outcome } = place(always(mode));
    if (mode.kind === "rate-limit") call();
    call();
    await world.run(500);
    expect(outcome()).toMatchObject(expected);
  });

  it("cut streams, silently or with an error, or not at all by chance", async () => {
    const silent = place(always({ kind: "cut-stream", afterChunks: 2 }));
    silent.stream();
    await silent.world.run(5_000);
    expect(silent.ended).toEqual([{ atMs: 340, value: "xx" }]);
    expect(silent.provider.counters).toMatchObject({ cut: 1, inService: 0 });

    const loud = place(always({ kind: "cut-stream", how: "throw" }));
    loud.stream();
    loud.call();
    await loud.world.run(5_000);
    expect(loud.outcome(0).kind).toBe("stream-error");
    expect(loud.outcome(1).kind).toBe("success");

    const some = place({ ...always({ kind: "cut-stream", probability: 0.3 }), chunks: 2 });
    for (let i = 0; i < 1_000; i++) some.stream();
    await some.world.run(5_000);
    expect(some.provider.counters.cut / 1_000).toBeCloseTo(0.3, 1);
  });

  it("let calls hang until their callers give up", async () => {
    const { world, provider, ended, call, stream } = place({ ...always({ kind: "hang" }), log: true });
    const abort = new AbortController();
    call();
    stream(abort.signal);
    world.at(30_000, () => abort.abort("enough"));
    await world.run(100_000);
    expect(ended).toEqual([{ atMs: 30_000, error: "enough" }]);
    expect(provider.counters).toMatchObject({ hung: 2, callsWhileDead: 2, inService: 1, aborted: 1 });
    expect(provider.log[0]).toMatchObject({ end: null, endMs: null, refusedBy: "hang", dead: true });
  });

  it("slow everything down", async () => {
    const { world, ended, call, stream } = place({ ...always({ kind: "slow", factor: 3 }), chunks: 1 });
    call();
    stream();
    await world.run(5_000);
    expect(ended).toEqual([
      { atMs: 960, value: "x." },
      { atMs: 3_000, value: { id: 1 } },
    ]);
  });

  it("hold at most so many calls in service, and queue the rest if told to", async () => {
    const refusing = place(always({ kind: "capacity", concurrent: 2 }));
    for (let i = 0; i < 3; i++) refusing.call();
    await refusing.world.run(5_000);
    expect(refusing.ended.map(({ atMs }) => atMs)).toEqual([50, 1_000, 1_000]);

    const queueing = place(always({ kind: "capacity", concurrent: 2, whenFull: "queue" }));
    const abort = new AbortController();
    for (let i = 0; i < 5; i++) queueing.call(i === 2 ? abort.signal : undefined);
    queueing.world.at(10, () => abort.abort("enough"));
    await queueing.world.run(10_000);
    expect(queueing.ended.map(({ atMs }) => atMs)).toEqual([10, 1_000, 1_000, 2_000, 2_000]);
    expect(queueing.provider.counters).toMatchObject({ queued: 0, inService: 0, peakInService: 2, aborted: 1, ok: 4 });
  });

  it("recover with a capacity that grows, and fail what is above it", async () => {
    const { world, provider, call } = place(always({ kind: "capacity", perSecond: { from: 2, perSecond: 1 } }));
    for (let atMs = 0; atMs < 20_000; atMs += 50) world.at(atMs, () => call());
    await world.run(60_000);
    const { ok, failed } = provider.counters;
    expect(ok + failed).toBe(400);
    expect(ok).toBeGreaterThan(200); // 2 × 20 + 20² / 2, until demand is met
    expect(ok).toBeLessThan(240);
  });

  it("answer 429 above the limit, at its rate in the long run", async () => {
    const { world, provider, call } = place(always({ kind: "rate-limit", perSecond: 5, burst: 10 }));
    for (let atMs = 0; atMs < 20_000; atMs += 20) world.at(atMs, () => call());
    await world.run(60_000);
    expect(provider.counters).toMatchObject({ ok: 10 + 5 * 20 - 1, rateLimited: 1_000 - 109 });
  });

  it("flap, up first", async () => {
    const down: ProviderMode = { kind: "status" };
    const { world, provider, call } = place(always({ kind: "flapping", periodMs: 1_000, upShare: 0.75, down }));
    const dead: boolean[] = [];
    for (let atMs = 0; atMs < 4_000; atMs += 250) {
      world.at(atMs, () => {
        dead.push(provider.isDead());
        call();
      });
    }
    await world.run(10_000);
    expect(dead.map(Number).join("")).toBe("0001".repeat(4));
    expect(provider.counters).toMatchObject({ ok: 12, failed: 4, callsWhileDead: 4 });
  });

  it("apply together, each with its own share, and only in their span of time", async () => {
    const { world, provider, call } = place({
      log: true,
      schedule: [
        { does: { kind: "status", status: 500, probability: 0.2 } },
        { fromMs: 1_000, toMs: 2_000, does: { kind: "unreachable", probability: 0.5 } },
      ],
    });
    for (let atMs = 0; atMs < 3_000; atMs++) for (let i = 0; i < 3; i++) world.at(atMs, () => call());
    await world.run(10_000);
    const share = (by: string, second: number): number =>
      provider.log.filter((each) => each.refusedBy === by && Math.floor(each.atMs / 1_000) === second).length / 3_000;
    for (const second of [0, 1, 2]) expect(share("status", second)).toBeCloseTo(0.2, 1);
    expect([share("unreachable", 0), share("unreachable", 2)]).toEqual([0, 0]);
    expect(share("unreachable", 1)).toBeCloseTo(0.4, 1);
    expect(provider.isDead()).toBe(false);
  });

  it("are refused where they make no sense, naming the field", () => {
    const make = (does: unknown) => (): unknown => place(always(does as ProviderMode));
    expect(make({ kind: "hang", probability: 2 })).toThrow("schedule[0].does.probability");
    expect(make({ kind: "explode" })).toThrow("schedule[0].does.kind");
    expect(make({ kind: "flapping", periodMs: 10, upShare: 0.5, down: { kind: "slow" } })).toThrow(
      "schedule[0].does.down.factor",
    );
    expect(() => place({ latency: { answer: -1 } })).toThrow("latency.answer");
  });
});
