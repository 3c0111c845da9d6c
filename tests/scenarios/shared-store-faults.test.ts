/** A store that answers nonsense, goes away at the wrong moment, or is closed: nobody waits for it, and nothing is left. */
import { describe, expect, test } from "vitest";
import { createRecloser, type Recloser } from "../../packages/recloser/src/index.ts";
import type { SharedStore } from "../../packages/recloser/src/store/store.ts";
import { manualClock, type ManualClock, seededRandom } from "../../packages/recloser/src/testing/index.ts";
import { StoreServer } from "../../packages/recloser/src/testing/simulation/store-server.ts";

type Broken = Partial<Record<"apply" | "read" | "changes" | "subscribe" | "ping", unknown>>;

/** A store at hand whose methods can be made to answer something else. */
class Bench {
  readonly clock: ManualClock = manualClock();
  readonly server = new StoreServer();
  readonly asked: string[] = [];
  broken: Broken = {};
  /** Commands that are never answered. */
  silent: readonly string[] = [];
  hint: ((hint: never) => void) | null = null;
  /** What the library wants to be told when a connection is there again. */
  connected: (() => void) | null = null;
  ended = 0;

  store(): SharedStore {
    const answer = (method: keyof Broken, what: string, run: () => unknown): Promise<never> => {
      this.asked.push(what);
      if (this.silent.includes(what)) return new Promise(() => {});
      return Promise.resolve((method in this.broken ? this.broken[method] : run()) as never);
    };
    return {
      kind: "bench",
      apply: ({ name }, command, policy, by) =>
        answer("apply", command.type, () => this.server.apply(name, command, policy, by, this.clock.now()).answer),
      read: (_namespace, names) =>
        answer("read", "read", () => ({ nowMs: this.clock.now(), records: this.server.read(names) })),
      changes: (_namespace, cursor) => answer("changes", "changes", () => this.server.changes(cursor)),
      subscribe: (_namespace, onHint) =>
        answer("subscribe", "subscribe", () => {
          this.hint = onHint;
          return () => void this.ended++;
        }),
      ping: () => answer("ping", "ping", () => true),
      onConnected: (listener) => {
        this.connected = listener;
        return () => void (this.connected = null);
      },
      close: () => Promise.resolve(),
    };
  }

  recloser(mode: "enforce" | "observe" = "enforce"): Recloser {
    return createRecloser({
      clock: this.clock,
      random: seededRandom(1),
      store: this.store(),
      defaults: { consecutiveFailures: 3, cooldown: { initial: "1s", jitter: 0 }, mode },
    });
  }

  async opened(recloser: Recloser): Promise<void> {
    await this.clock.advance(10);
    for (let i = 0; i < 3; i++) {
      await recloser
        .breaker("a")
        .execute(fails)
        .catch(() => {});
      await this.clock.advance(60);
    }
    await this.clock.advance(1_700);
  }
}

const fails = (): Promise<never> => Promise.reject(Object.assign(new Error("503"), { status: 503 }));
const works = (): Promise<string> => Promise.resolve("ok");

test("a consumer who leaves while a probe is being claimed for its stream has no call made", async () => {
  const bench = new Bench();
  const recloser = bench.recloser();
  await bench.opened(recloser);
  let made = 0;
  async function* open(): AsyncGenerator<string> {
    made++;
    yield "ok";
  }
  const pass = recloser.breaker("a").stream(open)[Symbol.asyncIterator]();
  const pulled = pass.next();
  await Promise.resolve(); // the claim is under way
  await pass.return?.();
  await bench.clock.advance(60);
  expect(await pulled).toEqual({ done: true, value: undefined });
  expect([made, recloser.breaker("a").snapshot().inFlight]).toEqual([0, 0]);
  await recloser.close();
});

describe("an answer that is none", () => {
  test("to a claim costs its caller 50 ms at most, and the next one probes", async () => {
    const bench = new Bench();
    const recloser = bench.recloser();
    await bench.opened(recloser);
    bench.broken = { apply: null };
    // Either the store is found out and this process probes for itself, or the caller hears of a probe under way.
    const caller = recloser
      .breaker("a")
      .execute(works)
      .catch((error: unknown) => (error as { reason: string }).reason);
    await bench.clock.advance(50);
    expect(["ok", "probing", "open"]).toContain(await caller);
    bench.broken = {};
    await bench.clock.advance(5_000);
    await expect(recloser.breaker("a").execute(works)).resolves.toBe("ok");
    await bench.clock.advance(300);
    expect(recloser.breaker("a").state).toBe("closed");
  });

  test.for([
    { read: {} },
    { changes: undefined },
    { changes: { names: "x" } },
    { subscribe: undefined },
  ] satisfies Broken[])(
    "from %o at the start leaves the process on its own, ready, and joins when the store makes sense",
    async (broken) => {
      const bench = new Bench();
      bench.broken = broken;
      const recloser = bench.recloser();
      await bench.clock.advance(200);
      await recloser.ready();
      await expect(recloser.breaker("a").execute(works)).resolves.toBe("ok");
      bench.broken = {};
      await bench.clock.advance(6_000);
      expect(recloser.storeHealth().mode).toBe("shared");
    },
  );

  test("as a push, or one after the end, changes nothing", async () => {
    const bench = new Bench();
    const recloser = bench.recloser();
    await bench.clock.advance(10);
    recloser.breaker("a");
    await bench.clock.advance(10);
    for (const hint of [null, {}, { name: "a", by: "x" }, { name: "a", by: "x", facts: {}, nowMs: 1 }])
      expect(() => bench.hint?.(hint as never)).not.toThrow();
    await recloser.close();
    expect(bench.ended).toBe(1);
    const before = bench.asked.length;
    bench.hint?.({ name: "a", by: "x", nowMs: 0, facts: { incarnation: 9, version: 9 } } as never);
    await bench.clock.advance(5_000);
    expect([recloser.breaker("a").state, bench.asked.length, bench.clock.sleeping]).toEqual(["closed", before, 0]);
  });
});

describe("a store that is not there", () => {
  test("at the start is told, once, and so is its coming", async () => {
    const bench = new Bench();
    bench.broken = { changes: null };
    const recloser = bench.recloser();
    const told: unknown[] = [];
    recloser.on("store", ({ mode, error }) => told.push([mode, error?.name ?? null]));
    await bench.clock.advance(5_000);
    expect(told).toEqual([["local", "StoreError"]]);
    bench.broken = {};
    await bench.clock.advance(2_500);
    expect(told).toEqual([
      ["local", "StoreError"],
      ["shared", null],
    ]);
  });

  test("is looked for at once when its connection is there again, and not left to the next look", async () => {
    const bench = new Bench();
    bench.broken = { changes: null };
    const recloser = bench.recloser();
    await bench.clock.advance(10_000); // looks come every two seconds by now
    bench.broken = {};
    expect(recloser.storeHealth().mode).toBe("local");
    bench.connected?.();
    await bench.clock.advance(101);
    expect(recloser.storeHealth().mode).toBe("shared");
    const before = bench.asked.length;
    bench.connected?.();
    await bench.clock.advance(101);
    expect(bench.asked.length).toBe(before);
    await recloser.close();
    expect(bench.connected).toBeNull();
  });

  test("is not asked for anything once its recloser is closed, even by a return that was under way", async () => {
    const bench = new Bench();
    let answer: (pong: true) => void = () => {};
    bench.broken = { ping: new Promise((resolve) => (answer = resolve)) };
    const recloser = bench.recloser();
    await bench.clock.advance(10);
    expect(bench.asked).toEqual(["changes", "ping"]);
    const closed = recloser.close();
    answer(true);
    await bench.clock.advance(1_000);
    await closed;
    expect(bench.asked).toEqual(["changes", "ping"]);
  });
});

describe("the end", () => {
  test("waits for what was sent, bounded, and leaves no lease with the store", async () => {
    const bench = new Bench();
    const recloser = bench.recloser();
    await bench.opened(recloser);
    expect(recloser.breaker("a").tryAcquire()).toBeNull();
    const closed = recloser.close().then(() => bench.server.records.get("a")?.circuit);
    await bench.clock.advance(1_000);
    expect(await closed).toMatchObject({ lease: null });
  });

  test("is bounded where the store says nothing any more", async () => {
    const bench = new Bench();
    const recloser = bench.recloser();
    await bench.opened(recloser);
    recloser.breaker("a").tryAcquire();
    await bench.clock.advance(1);
    bench.silent = ["report", "settle"];
    let isClosed = false;
    void recloser.close().then(() => (isClosed = true));
    await bench.clock.advance(700);
    expect(isClosed).toBe(true);
  });
});

describe("a shared circuit", () => {
  test("is probed in observe mode too, and holds nobody up", async () => {
    const bench = new Bench();
    const recloser = bench.recloser("observe");
    await bench.opened(recloser);
    for (let i = 0; i < 2; i++) {
      await expect(recloser.breaker("a").execute(works)).resolves.toBe("ok");
      await bench.clock.advance(20);
    }
    expect(recloser.breaker("a").state).toBe("closed");
  });

  test("answers a caller who leaves while the probe is claimed at once, with its own reason", async () => {
    const bench = new Bench();
    const recloser = bench.recloser();
    await bench.opened(recloser);
    bench.silent = ["claim"];
    const caller = new AbortController();
    const gone = recloser
      .breaker("a")
      .execute(works, { signal: caller.signal })
      .catch((error: unknown) => error);
    await bench.clock.advance(1);
    caller.abort(new Error("changed my mind"));
    expect(await gone).toMatchObject({ message: "changed my mind" });
  });

  test("says when to come again while its probe is being claimed", async () => {
    const bench = new Bench();
    const recloser = bench.recloser();
    await bench.opened(recloser);
    bench.silent = ["claim"];
    const [first, second] = [works, works].map((call) =>
      recloser
        .breaker("a")
        .execute(call)
        .catch((error: unknown) => error as { retryAfterMs: number }),
    );
    expect(await second).toMatchObject({ reason: "probing", retryAfterMs: 50 });
    await bench.clock.advance(50);
    expect(await first).toMatchObject({ reason: "probing" });
  });

  test("held open by an operator is let go here by another word, while the store is away", async () => {
    const bench = new Bench();
    const recloser = bench.recloser();
    await bench.clock.advance(10);
    const breaker = recloser.breaker("a");
    await bench.clock.advance(10);
    await breaker.forceOpen({ by: "ann", reason: "drill" });
    bench.broken = { apply: null, read: null, changes: null };
    await bench.clock.advance(3_000);
    expect([breaker.state, recloser.storeHealth().mode]).toEqual(["open", "local"]);
    await breaker.clearOverride({ by: "bob" });
    expect(breaker.state).toBe("closed");
    await expect(breaker.execute(works)).resolves.toBe("ok");
  });

  test("whose store can be read and not written closes all the same, each process for itself", async () => {
    const bench = new Bench();
    const recloser = bench.recloser();
    await bench.opened(recloser);
    bench.broken = { apply: null, ping: null };
    let ok = 0;
    for (let i = 0; i < 100; i++) {
      await recloser
        .breaker("a")
        .execute(works)
        .then(
          () => ok++,
          () => {},
        );
      await bench.clock.advance(100);
    }
    expect(recloser.breaker("a").state).toBe("closed");
    expect(ok).toBeGreaterThan(50);
    expect(recloser.storeHealth().mode).toBe("local");
  });

  test("takes no window of calls, not even later", async () => {
    const bench = new Bench();
    const recloser = bench.recloser();
    recloser.breaker("a");
    expect(() => recloser.configure({ defaults: { window: { calls: 20 } } })).toThrow("window");
  });
});
