/** This process as a replica of its fleet. */
import { createHash } from "node:crypto";
import { hostname } from "node:os";
import type { Recloser } from "recloser";
import { shownText } from "./shown-text.ts";
import type { ReplicaView } from "./wire.ts";

export function ownReplica(recloser: Recloser, nowMs: number): ReplicaView {
  const { mode, sinceMs, lastError, roundTripMs } = recloser.storeHealth();
  const snapshots = [...recloser.breakers()].map((breaker) => breaker.snapshot());
  return {
    id: `${hostname()}-${process.pid}`,
    seenMs: nowMs,
    version: "",
    store: {
      kind: mode === "shared" || lastError !== null ? "shared" : "memory",
      mode,
      sinceMs,
      error: lastError === null ? null : shownText(lastError.message),
      roundTripMs,
    },
    policyHash: hashOf(snapshots.map(({ name, policy }) => [name, policy])),
    notClosed: snapshots
      .filter(({ state }) => state !== "closed")
      .map(({ name, state, scope }) => ({ key: name, state, scope })),
    breakers: snapshots.length,
  };
}

function hashOf(policies: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(policies)).digest("hex").slice(0, 8);
}
