/** The store that replicas share: whether it answers, how fast, by which clock, and what its user may. */
import type { Inspection } from "recloser/inspect";
import { CommandFailure } from "../command-failure.ts";
import { lengthText } from "../terminal/time-text.ts";
import type { OpenStore } from "../verbs/source/open-store.ts";
import type { StoreSettings } from "../verbs/source/options.ts";
import { storeFailure, storeTimedOut } from "../verbs/source/failures.ts";
import { within } from "../verbs/within.ts";
import { failure, type Finding, warning, well } from "./finding.ts";

const LOOKS = 5;
// What a call that is the probe waits for its claim, and what the background waits (protocol.md §4).
const CLAIM_MS = 50;
const SLOW_MS = 20;
const SKEW_MS = 2_000;

export interface StoreSeen {
  readonly findings: readonly Finding[];
  /** Null: it cannot be read. */
  readonly inspection: Inspection | null;
}

/** @param localMs this machine's clock */
export async function storeChecks(
  { url, limitMs }: StoreSettings,
  read: () => Promise<Inspection>,
  localMs: () => number,
): Promise<StoreSeen> {
  const where = `${url.protocol}//${url.host}`;
  const trips: number[] = [];
  let inspection: Inspection | null = null;
  let aheadMs = 0;
  try {
    // The first look makes the connection.
    for (let look = 0; look <= LOOKS; look++) {
      const [before, startedMs] = [localMs(), performance.now()];
      inspection = await within(limitMs, read(), () => storeTimedOut(limitMs, where));
      const tripMs = performance.now() - startedMs;
      if (look > 0) trips.push(tripMs);
      aheadMs = inspection.nowMs - (before + tripMs / 2);
    }
  } catch (error) {
    const { message } = error instanceof CommandFailure ? error : storeFailure(error, where);
    const [text = "", ...fix] = message.split("\n");
    const why = "replicas that cannot reach it go on alone: each finds out by itself that a provider is down";
    return { findings: [failure("store", text, why, fix.join(" "))], inspection: null };
  }
  const roundTripMs = trips.toSorted((a, b) => a - b)[Math.floor(trips.length / 2)] ?? 0;
  const count = inspection?.records.length ?? 0;
  return {
    findings: [
      well("store", `${where} answers: ${count} ${count === 1 ? "circuit" : "circuits"}`),
      roundTripCheck(roundTripMs),
      clockCheck(aheadMs),
    ],
    inspection,
  };
}

export function roundTripCheck(roundTripMs: number): Finding {
  const text = `${roundTripMs.toFixed(1)} ms from here, the middle of ${LOOKS}`;
  const fix = "put replicas and store into one region; look at the store's load: redis-cli --latency";
  if (roundTripMs >= CLAIM_MS)
    return failure(
      "round trip",
      text,
      `a probe's claim waits ${CLAIM_MS} ms at most: no replica here would get one, and each probes by itself`,
      fix,
    );
  if (roundTripMs >= SLOW_MS)
    return warning("round trip", text, `a probe's claim waits ${CLAIM_MS} ms at most, and loads vary`, fix);
  return well("round trip", text);
}

/** @param aheadMs the store's clock minus this machine's */
export function clockCheck(aheadMs: number): Finding {
  const apart = lengthText(Math.abs(aheadMs));
  if (Math.abs(aheadMs) < SKEW_MS) return well("clock", "this machine's is the store's");
  return warning(
    "clock",
    `this machine's is ${apart} ${aheadMs > 0 ? "behind" : "ahead of"} the store's`,
    "circuits go by the store's clock and are right; logs and times on this machine are not",
    "timedatectl set-ntp true, here or where the store runs",
  );
}

/** Whether changes can be heard. What may be written is asked where a kind of store has a way to ask it. */
export async function hearingCheck({ store }: OpenStore, namespace: string, limitMs: number): Promise<Finding> {
  try {
    const stop = await within(
      limitMs,
      store.subscribe(namespace, () => {}),
      () => new Error("no answer"),
    );
    stop();
    return well("pushes", "changes are heard at once");
  } catch {
    return warning(
      "pushes",
      "this user may not hear them, or nothing passes them on",
      "a change is known by the poll: within about a second instead of milliseconds",
      "Redis: ACL SETUSER name &rc1:* +publish +subscribe +unsubscribe; PostgreSQL: no transaction pooler in between",
    );
  }
}
