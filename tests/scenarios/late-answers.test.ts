/** Answers that were long in coming, as to a process that stood still: what they say was true when the store gave them. */
import { beforeEach, describe, expect, test } from "vitest";
import { type Breaker, createRecloser } from "../../packages/recloser/src/index.ts";
import { createPolicy } from "../../packages/recloser/src/policy.ts";
import type { Facts } from "../../packages/recloser/src/state.ts";
import type { StoreCommand } from "../../packages/recloser/src/store/command.ts";
import type { SharedStore } from "../../packages/recloser/src/store/store.ts";
import { manualClock, type ManualClock, seededRandom } from "../../packages/recloser/src/testing/index.ts";
import { StoreServer } from "../../packages/recloser/src/testing/simulation/store-server.ts";

const COOLDOWN_MS = 20_000;
const LEASE_MS = 10_000;
const HOUR_MS = 3_600_000;
const LATE_MS = 1_000;

let clock: ManualClock;
let server: StoreServer;
let commands: StoreCommand[];
/** How long the next answer to each is on its way. */
let late: Record<string, number>;
let breaker: Breaker;
/** The store's clock minus this one. */
let aheadMs: number;

beforeEach(async () => {
  clock = manualClock();
  server = new StoreServer();
  commands = [];
  late = {};
  aheadMs = HOUR_MS;
  const storeMs = (): number => clock.now() + aheadMs;
  const answer = async <T>(what: string, given: T): Promise<T> => {
    const { [what]: ms = 0 } = late;
    delete late[what];
    if (ms > 0) await clock.sleep(ms);
    return given;
  };
  const store: SharedStore = {
    kind: "bench",
    apply({ name }, command, policy, by) {
      commands.push(command);
      return answer(command.type, server.apply(name, command, policy, by, storeMs()).answer);
    },
    read: (_namespace, names) => answer("read", { nowMs: storeMs(), records: server.read(names) }),
    changes: (_namespace, cursor) => answer("changes", server.changes(cursor)),
    subscribe: () => Promise.resolve(() => {}),
    ping: () => Promise.resolve(true),
    close: () => Promise.resolve(),
  };
  const recloser = createRecloser({ clock, random: seededRandom(1), store });
  const policy = { failureThreshold: 2, probe: { lease: LEASE_MS } };
  breaker = recloser.breaker("a", { ...policy, cooldown: { initial: COOLDOWN_MS, jitter: 0 } });
  await clock.advance(10);
});

const fail = (): Promise<unknown> =>
  breaker.execute(() => Promise.reject(Object.assign(new Error("503"), { status: 503 }))).catch(() => {});

describe("an answer that was a second on its way", () => {
  test("does not make what is reported next too late for the store", async () => {
    late = { report: LATE_MS };
    await fail();
    await clock.advance(LATE_MS);
    await fail();
    await clock.advance(1);
    const reports = commands.filter(({ type }) => type === "report");
    expect(reports).toHaveLength(2);
    expect(server.read(["a"]).get("a")?.circuit.is).toBe("tripped");
  });

  test("does not lengthen the lease of the probe it gives: the store may have given another by then", async () => {
    for (let i = 0; i < 2; i++) {
      await fail();
      await clock.advance(50);
    }
    await clock.advance(COOLDOWN_MS);
    late = { claim: LATE_MS };
    const claimedMs = clock.now();
    expect(breaker.tryAcquire()).toBeNull();
    await clock.advance(LATE_MS);
    const permit = breaker.tryAcquire();
    expect(permit?.kind).toBe("probe");
    expect(permit?.expiresAtMs).toBe(claimedMs + LEASE_MS);
  });

  test("is no use when the lease it gives is over", async () => {
    for (let i = 0; i < 2; i++) {
      await fail();
      await clock.advance(50);
    }
    await clock.advance(COOLDOWN_MS);
    late = { claim: LEASE_MS + 1 };
    expect(breaker.tryAcquire()).toBeNull();
    await clock.advance(LEASE_MS + 1);
    expect(breaker.tryAcquire()).toBeNull();
  });

  test.each([-HOUR_MS, 2 * HOUR_MS])(
    "is set right by the next one when the store's clock has been set, by %d ms",
    async (byMs) => {
      await fail();
      await clock.advance(50);
      aheadMs += byMs;
      const trippedMs = clock.now();
      await fail();
      await clock.advance(1_500);
      await fail();
      await clock.advance(50);
      await fail();
      await clock.advance(50);
      expect(breaker.state).toBe("open");
      expect(breaker.snapshot().openUntilMs).toBeLessThanOrEqual(trippedMs + 1_600 + COOLDOWN_MS);
    },
  );
});

describe("a probe that ends when another one has closed the shared circuit", () => {
  test("opens nothing by its failure: not even the circuit of its own process, which the next call closes", async () => {
    for (let i = 0; i < 2; i++) {
      await fail();
      await clock.advance(50);
    }
    await clock.advance(COOLDOWN_MS);
    let failLate: (error: Error) => void = () => {};
    const probe = breaker.execute(() => new Promise<never>((_, reject) => (failLate = reject))).catch(() => {});
    await clock.advance(1);
    const claim = commands.findLast(({ type }) => type === "claim") as StoreCommand & { type: "claim" };
    const { incarnation } = server.read(["a"]).get("a") as Facts;
    const settle = {
      type: "settle",
      incarnation,
      token: claim.token,
      verdict: "passed",
      retryAfterMs: null,
      random: 0,
    } as const;
    expect(server.apply("a", settle, createPolicy(), "another", clock.now() + aheadMs).answer.reply.code).toBe(
      "closed",
    );
    await clock.advance(1_500);
    failLate(new Error("late"));
    await probe;
    expect(breaker.state).toBe("half-open");
    await breaker.execute(() => Promise.resolve());
    expect(breaker.state).toBe("closed");
  });
});
