/**
 * A replica: a process of its own that calls the provider through a breaker whose circuit is in Redis. Everything from the
 * recloser on is what an application would write.
 *
 * It ends with the demo, however that ends: the channel to it closes even when it is killed.
 */
import { type Breaker, CircuitOpenError, createRecloser, type Recloser, ShedError } from "recloser";
import { redisStore } from "recloser/redis";
import { askWhole } from "../client.ts";
import { everyMs, machineClock } from "../clock.ts";
import { sendTraffic } from "../traffic.ts";
import { EndingCounts } from "./ending-counts.ts";
import type { FromReplica, Order, ToReplica } from "./messages.ts";

const CALL_TIMEOUT_MS = 10_000;
const TELL_EVERY_MS = 100;
// The first connection of a busy machine takes longer than the store's own deadline.
const SHARED_WITHIN_MS = 5_000;
const LAST_ANSWERS_MS = 2_000;

let redisPid: number | null = null;

function tell(message: FromReplica): void {
  if (process.connected) process.send?.(message);
}

process.on("disconnect", () => {
  try {
    if (redisPid !== null) process.kill(redisPid, "SIGKILL");
  } catch {} // it has ended before
  process.exit(0);
});
// A terminal's Ctrl-C reaches all of its processes; the demo says when to end.
process.on("SIGINT", () => {});

process.once("message", (order: Order) => {
  redisPid = order.redisPid;
  void work(order);
});

async function work(order: Order): Promise<void> {
  const recloser = createRecloser({
    store: redisStore({ url: order.redisUrl }),
    namespace: order.namespace,
    replicaId: order.name,
  });
  const breaker = recloser.breaker(order.key, { timeouts: { total: CALL_TIMEOUT_MS } });
  const counts = new EndingCounts();
  await shared(recloser);
  const { mode, lastError } = recloser.storeHealth();
  tellEvents(recloser, breaker, counts);
  const standing = (): void => tellStanding(recloser, breaker, counts);
  const finish = new AbortController();
  process.on("message", ({ type }: ToReplica) => {
    if (type === "finish") finish.abort();
    if (type === "begin") void callThrough(breaker, order, counts, finish.signal);
  });
  finish.signal.addEventListener("abort", () => void end(recloser, counts, standing));
  everyMs(TELL_EVERY_MS, standing);
  standing();
  tell({ type: "ready", mode, error: lastError?.message ?? null });
}

async function shared(recloser: Recloser): Promise<void> {
  await recloser.ready();
  const untilMs = machineClock.now() + SHARED_WITHIN_MS;
  while (recloser.storeHealth().mode === "local" && machineClock.now() < untilMs) await machineClock.sleep(20);
}

function tellEvents(recloser: Recloser, breaker: Breaker, counts: EndingCounts): void {
  recloser.on("store", ({ mode, error }) =>
    tell({ type: "store", mode, error: error?.message ?? null, atMs: machineClock.now() }),
  );
  recloser.on("transition", ({ from, to, reason, generation, cooldownMs, origin, scope, evidence }) => {
    const { step } = breaker.snapshot();
    const facts = { from, to, reason, generation, cooldownMs, step, origin, scope };
    const atMs = machineClock.now();
    const ownFailures = counts.tally.failed;
    const cause = { closed: counts.lastFailureMs, "half-open": counts.lastProbeEndMs, open: null }[from];
    tell({
      type: "transition",
      ...facts,
      evidence: evidence?.headline ?? null,
      ownFailures,
      causedAtMs: cause ?? atMs,
      atMs,
    });
  });
}

function tellStanding(recloser: Recloser, breaker: Breaker, { tally }: EndingCounts): void {
  const { state, step, retryAfterMs } = breaker.snapshot();
  const { mode } = recloser.storeHealth();
  tell({ type: "standing", standing: { state, mode, step, retryAfterMs, tally } });
}

async function callThrough(
  breaker: Breaker,
  { providerUrl, rps, seed }: Order,
  counts: EndingCounts,
  signal: AbortSignal,
): Promise<void> {
  const ask = (): void => {
    const call = counts.begin();
    const sent = breaker.execute(({ signal: whole, probe }) => {
      call.decided();
      if (probe) {
        call.probes();
        tell({ type: "probe", atMs: machineClock.now() });
      }
      return askWhole(providerUrl, whole);
    });
    sent.then(
      () => call.ended("good"),
      (error: unknown) => {
        const isRejected = CircuitOpenError.is(error) || ShedError.is(error);
        if (isRejected) call.decided();
        call.ended(isRejected ? "rejected" : endingOf(error));
      },
    );
  };
  try {
    await sendTraffic({ clock: machineClock, rps, seed, untilMs: Infinity, signal }, ask);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

// What is not the provider's doing is counted against the store: there is nothing else that these calls touch.
function endingOf(error: unknown): "failed" | "storeFailed" {
  const { name, code } = error as { readonly name?: unknown; readonly code?: unknown };
  const isTheProviders = name === "ProviderError" || name === "AbortError" || code === "ERR_CALL_TIMEOUT";
  return isTheProviders || isFetchFailure(error) ? "failed" : "storeFailed";
}

function isFetchFailure(error: unknown): boolean {
  return error instanceof TypeError && error.message === "fetch failed";
}

async function end(recloser: Recloser, counts: EndingCounts, standing: () => void): Promise<void> {
  const untilMs = machineClock.now() + LAST_ANSWERS_MS;
  while (counts.underWay > 0 && machineClock.now() < untilMs) await machineClock.sleep(20);
  standing();
  await recloser.close();
  process.disconnect();
  process.exit(0);
}
