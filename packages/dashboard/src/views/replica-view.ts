/** A replica as the page shows it, from what it told of itself. */
import type { KeptReplica } from "recloser/history";
import { shownText } from "./shown-text.ts";
import type { ReplicaView } from "./wire.ts";

/** @param aheadMs the store's clock minus this one */
export function replicaView({ id, seenMs, report }: KeptReplica, aheadMs: number): ReplicaView {
  const { version, store, policyHash, notClosed, breakers } = report;
  const atMs = seenMs - aheadMs;
  return {
    id: shownText(id, 100),
    seenMs: atMs,
    version: shownText(version, 30),
    store: {
      kind: "shared",
      mode: store.mode,
      sinceMs: atMs - store.forMs,
      error: store.error === null ? null : shownText(store.error),
      roundTripMs: store.roundTripMs,
    },
    policyHash: shownText(policyHash, 16),
    notClosed: notClosed.map(({ key, state, scope }) => ({ key, state, scope })),
    breakers,
    behindOn: [],
  };
}
