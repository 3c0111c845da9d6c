/** A replica under load whose store fails: what must hold whatever the fault is, and what it cost. */
import { setTimeout as sleep } from "node:timers/promises";
import { createRecloser, type Breaker, type PolicyOptions, type Recloser, type Store, type StoreEvent } from "recloser";
import { postgresStore } from "recloser/postgres";
import { redisStore, type RedisPort } from "recloser/redis";
import { simulatedProvider, type SimulatedProvider } from "recloser/testing";
import { expect, onTestFinished } from "vitest";
import { recordFault } from "./faults/record.ts";
import type { StoreRow } from "./faults/rows.ts";
import { steadyCalls, type CallSpan, type SteadyCalls } from "./steady-calls.ts";
import "./unhandled-rejections.ts";

/** The deadline of a claim: the most that a store may cost a call. */
const CLAIM_MS = 50;
/** The design's bound for the return, and half as much again for a machine that others use. */
const BACK_WITHIN_MS = 3_000 * 1.5;

export const KEY = "openai:gpt-5";

/** Trips on five failures in a row, is open for 300 ms, and has nothing else that could reject a call. */
export const POLICY: PolicyOptions = {
  consecutiveFailures: 5,
  failureRate: false,
  cooldown: { initial: 300, max: 600, jitter: 0 },
  ramp: false,
  shed: { adaptive: false },
};

export interface FaultyReplica {
  readonly server: StoreRow["server"];
  readonly recloser: Recloser;
  readonly breaker: Breaker;
  readonly provider: SimulatedProvider;
  readonly calls: SteadyCalls;
  readonly storeEvents: StoreEvent[];
}

/** A replica without traffic; closed when the test is over. */
export function startReplica(store: string | RedisPort, namespace: string, policy: PolicyOptions = POLICY): Recloser {
  const recloser = createRecloser({
    store: storeAt(store),
    namespace,
    defaults: policy,
  });
  onTestFinished(() => recloser.close());
  return recloser;
}

function storeAt(store: string | RedisPort): Store {
  if (typeof store !== "string") return redisStore({ client: store });
  return store.startsWith("postgres:") ? postgresStore({ connectionString: store }) : redisStore({ url: store });
}

/** A replica by URL or on a client, with traffic; closed when the test is over. */
export async function replicaUnderLoad(
  store: string | RedisPort,
  namespace: string,
  perSecond = 300,
): Promise<FaultyReplica> {
  const provider = await simulatedProvider({ latency: { answer: 2, error: 2 } });
  const recloser = startReplica(store, namespace);
  const storeEvents: StoreEvent[] = [];
  recloser.on("store", (event) => storeEvents.push(event));
  const breaker = recloser.breaker(KEY);
  const calls = steadyCalls(breaker, provider, perSecond);
  onTestFinished(async () => {
    await calls.stop();
    await provider.close();
  });
  const server = typeof store === "string" && store.startsWith("postgres:") ? "PostgreSQL" : "Redis";
  return { server, recloser, breaker, provider, calls, storeEvents };
}

/** Resolves to how long it took; fails the test when it takes longer than that. @param look asked before each try */
export async function until(
  what: string,
  holds: () => boolean,
  withinMs: number,
  look: () => unknown = () => {},
): Promise<number> {
  const beganMs = performance.now();
  while ((await look(), !holds())) {
    if (performance.now() - beganMs > withinMs) throw new Error(`not within ${withinMs} ms: ${what}`);
    await sleep(5);
  }
  return Math.round(performance.now() - beganMs);
}

export interface StoreFault {
  /** The row's name. */
  readonly name: string;
  /** How it is made: the signal, command or proxy. */
  readonly injected: string;
  readonly begin: () => Promise<void> | void;
  readonly end: () => Promise<void> | void;
  /** What `storeHealth().lastError` must come to say. */
  readonly says: RegExp;
  /** How long it may take until the process knows. */
  readonly localWithinMs?: number;
}

/**
 * The store fails under load and comes back. Meanwhile no call fails, none waits longer than a claim may, the provider dies
 * and is found out by this process alone, and recovers; afterwards the replica shares with `other`, who has been well.
 */
export async function expectSurvival(replica: FaultyReplica, fault: StoreFault, other: Recloser): Promise<void> {
  const { recloser, breaker, calls, storeEvents } = replica;
  const spans: CallSpan[] = [];
  await until("shared before the fault", () => recloser.storeHealth().mode === "shared", 5_000);
  // The first failure makes the record: from then on successes are reported, so that a store that cannot be written shows.
  await failOnce(breaker);
  await sleep(200);
  calls.look();
  const eventsBefore = storeEvents.length;

  // The server may be another test's, too.
  let isOver = false;
  const end = async (): Promise<void> => {
    if (isOver) return;
    isOver = true;
    await fault.end();
  };
  onTestFinished(end);
  await fault.begin();
  const isLocal = (): boolean => recloser.storeHealth().mode === "local";
  const localAfterMs = await until("local", isLocal, fault.localWithinMs ?? 4_000);
  const said = (): string => String(recloser.storeHealth().lastError);
  await until(`${fault.says} in lastError, which is ${said()}`, () => fault.says.test(said()), 3_000);
  await sleep(300);
  const healthy = calls.look();
  spans.push(healthy);
  expect(healthy.ends, "calls while the store is away").toEqual({ ok: healthy.calls });

  const { tripsAfterMs, span } = await isProtected(replica);
  spans.push(span);

  await end();
  const sharedAfterMs = await until("shared again", () => !isLocal(), BACK_WITHIN_MS);
  await sleep(100);
  const returned = calls.look();
  spans.push(returned);
  expect(returned.ends, "calls while the store returns").toEqual({ ok: returned.calls });
  await isShared(replica, other);
  expect(storeEvents.slice(eventsBefore).map(({ mode }) => mode)).toEqual(["local", "shared"]);
  expect(storeEvents[eventsBefore]?.error).toBeInstanceOf(Error);

  const row: StoreRow = {
    ...{ table: "store", server: replica.server, fault: fault.name, injected: fault.injected },
    calls: spans.reduce((all, one) => all + one.calls, 0),
    failed: spans.reduce((all, { ends }) => all + failures(ends), 0),
    worstExtraMs: Math.round(Math.max(...spans.map((one) => one.worstExtraMs))),
    worstLagMs: Math.round(Math.max(...spans.map((one) => one.worstLagMs))),
    ...{ localAfterMs, tripsAfterMs, sharedAfterMs },
  };
  recordFault(row);
  expect(row.failed, "failed calls").toBe(0);
  for (const one of spans) assertCheap(one);
}

/** One call that fails. */
export async function failOnce(breaker: Breaker): Promise<void> {
  await breaker.execute(() => Promise.reject(Object.assign(new Error("one"), { status: 503 }))).catch(() => {});
}

/** Nothing but a claim may make a call longer, and no machine is quicker than its event loop. */
export function assertCheap({ worstExtraMs, worstLagMs }: CallSpan): void {
  expect(worstExtraMs, `extra latency, with the event loop late by ${worstLagMs} ms`).toBeLessThan(
    CLAIM_MS + 10 + 2 * worstLagMs,
  );
}

function failures(ends: CallSpan["ends"]): number {
  return Object.entries(ends).reduce((all, [end, count]) => all + (end.startsWith("failed") ? (count ?? 0) : 0), 0);
}

/** The provider dies: this process trips by itself, rejects, probes, and closes when the provider is well. */
export async function isProtected(replica: FaultyReplica): Promise<{ tripsAfterMs: number; span: CallSpan }> {
  const { breaker, provider, calls } = replica;
  await provider.setFault({ kind: "status", status: 503 });
  const tripsAfterMs = await until("tripped", () => breaker.state === "open", 3_000);
  await sleep(150);
  await provider.setFault(null);
  await until("closed again", () => breaker.state === "closed", 5_000);
  await sleep(30);
  const span = calls.look();
  const { ok: _ok, "provider: 503": dead = 0, ...rest } = span.ends;
  expect(dead, "calls that reached the dead provider").toBeGreaterThanOrEqual(5);
  expect(Object.keys(rest).filter((end) => !/^rejected: (?:open|probing)$/.test(end))).toEqual([]);
  return { tripsAfterMs, span };
}

/** What another replica does to the record is known here. */
async function isShared({ breaker, calls }: FaultyReplica, others: Recloser): Promise<void> {
  await until("the other shared", () => others.storeHealth().mode === "shared", 5_000);
  const other = others.breaker(KEY);
  await other.forceOpen({ by: "a test", reason: "to see whether it is shared" });
  await until("heard of the other's override", () => breaker.snapshot().override !== null, 3_000);
  await other.clearOverride({ by: "a test" });
  await until("heard of its end", () => breaker.snapshot().override === null, 3_000);
  await sleep(30);
  calls.look();
}
