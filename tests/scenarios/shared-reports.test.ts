/** Reports that come to nothing: what provably was not applied is sent again, anything else never is. */
import { describe, expect, test } from "vitest";
import { createRecloser, type Recloser, StoreError } from "../../packages/recloser/src/index.ts";
import type { SharedStore, StoreAnswer } from "../../packages/recloser/src/store/store.ts";
import { manualClock, type ManualClock, seededRandom } from "../../packages/recloser/src/testing/index.ts";
import { StoreServer } from "../../packages/recloser/src/testing/simulation/store-server.ts";

/** How a report fares: `run` lets the store carry it out, as often as it is called. */
type Fate = (run: () => StoreAnswer, clock: ManualClock) => Promise<StoreAnswer>;

class Bench {
  readonly clock: ManualClock = manualClock();
  readonly server = new StoreServer();
  readonly codes: string[] = [];
  /** Of the next reports, in turn; then all goes well. */
  fates: Fate[] = [];
  aheadMs = 0;

  nowMs(): number {
    return this.clock.now() + this.aheadMs;
  }

  store(): SharedStore {
    return {
      kind: "bench",
      apply: async ({ name }, command, policy, by) => {
        const run = (): StoreAnswer => {
          const { answer } = this.server.apply(name, command, policy, by, this.nowMs());
          if (command.type === "report") this.codes.push(answer.reply.code);
          return answer;
        };
        const fate = command.type === "report" ? this.fates.shift() : undefined;
        return fate === undefined ? run() : fate(run, this.clock);
      },
      read: async (_namespace, names) => ({ nowMs: this.nowMs(), records: this.server.read(names) }),
      changes: async (_namespace, cursor) => this.server.changes(cursor),
      subscribe: async () => () => {},
      ping: async () => true,
      close: () => Promise.resolve(),
    };
  }

  /** A replica that has shared its first failure. Nothing trips, so that what is counted stays to be read. */
  async replica(): Promise<Recloser> {
    const defaults = { consecutiveFailures: false, failureRate: false, window: "60s" } as const;
    const recloser = createRecloser({ clock: this.clock, random: seededRandom(1), store: this.store(), defaults });
    await this.clock.advance(10);
    await this.fails(recloser);
    await this.clock.advance(500);
    if (this.counted() !== 1) throw new Error("its first failure is not counted");
    return recloser;
  }

  async fails(recloser: Recloser): Promise<void> {
    const failing = (): Promise<never> => Promise.reject(Object.assign(new Error("503"), { status: 503 }));
    await recloser
      .breaker("a")
      .execute(failing)
      .catch(() => {});
  }

  /** Failures in the record. */
  counted(): number {
    const buckets = this.server.records.get("a")?.buckets ?? [];
    return buckets.flatMap(({ failures }) => Object.values(failures)).reduce((all, count) => all + count, 0);
  }
}

const never = (): Promise<never> => new Promise(() => {});

const SENT_AGAIN: readonly (readonly [string, Fate, dropped: number])[] = [
  [
    "carried out only after its last instant",
    async (run, clock) => {
      await clock.sleep(300);
      return run();
    },
    1, // as nobody knew for a while
  ],
  ["never sent, for want of a connection", () => Promise.reject(new StoreError("offline", { isUnsent: true })), 0],
];

const NOT_SENT_AGAIN: readonly (readonly [string, Fate, counted: number])[] = [
  ["not answered", never, 1],
  [
    "carried out, and its answer lost",
    (run) => {
      run();
      return never();
    },
    2,
  ],
  ["failed, for all that is known on its way back", () => Promise.reject(new StoreError("ECONNRESET")), 1],
  [
    "carried out, lost on its way back, sent once more by its client, and carried out late then",
    async (run, clock) => {
      run();
      await clock.sleep(300);
      return run();
    },
    2,
  ],
  [
    "answered too late for the store to know whether it had been there",
    async (run, clock) => {
      await clock.sleep(200 + 1_000);
      return run();
    },
    1,
  ],
];

describe("A report that was", () => {
  test.each(SENT_AGAIN)("%s is sent again, and counts once", async (_what, fate, dropped) => {
    const bench = new Bench();
    const recloser = await bench.replica();
    bench.fates = [fate];
    await bench.fails(recloser);
    await bench.clock.advance(6_000);
    expect(bench.counted()).toBe(2);
    expect(recloser.storeHealth()).toMatchObject({ mode: "shared", droppedReports: dropped });
    await recloser.close();
    expect(bench.counted()).toBe(2);
  });

  test.each(NOT_SENT_AGAIN)("%s is not sent again", async (_what, fate, counted) => {
    const bench = new Bench();
    const recloser = await bench.replica();
    bench.fates = [fate];
    await bench.fails(recloser);
    await bench.clock.advance(6_000);
    expect(bench.counted()).toBe(counted);
    expect(recloser.storeHealth()).toMatchObject({ mode: "shared", droppedReports: 1 });
    await recloser.close();
    expect(bench.counted()).toBe(counted);
  });

  test("late for a store whose clock was set forward is sent again at once, by that clock", async () => {
    const bench = new Bench();
    const recloser = await bench.replica();
    bench.aheadMs = 900; // further, and the store would not know the report any more
    await bench.fails(recloser);
    await bench.clock.advance(50);
    expect(bench.codes.slice(-2)).toEqual(["expired", "ok"]);
    expect(bench.counted()).toBe(2);
    expect(recloser.storeHealth()).toMatchObject({ mode: "shared", droppedReports: 0 });
    await recloser.close();
  });

  test("late in a round that is over by now is evidence of nothing", async () => {
    const bench = new Bench();
    const recloser = await bench.replica();
    bench.fates = [SENT_AGAIN[0]?.[1] as Fate];
    await bench.fails(recloser);
    await recloser.breaker("a").reset({ by: "a test" });
    await bench.clock.advance(6_000);
    expect(bench.counted()).toBe(0);
    await recloser.close();
  });

  test("late when nobody uses its record any more is left alone", async () => {
    const bench = new Bench();
    const recloser = await bench.replica();
    bench.fates = [SENT_AGAIN[0]?.[1] as Fate];
    await bench.fails(recloser);
    const closed = recloser.close();
    await bench.clock.advance(6_000);
    await closed;
    expect([bench.counted(), bench.clock.sleeping]).toEqual([1, 0]);
  });
});
