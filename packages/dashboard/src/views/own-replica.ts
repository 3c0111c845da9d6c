/** This process as a replica of its fleet, as it is now. */
import type { Recloser } from "recloser";
import { reportOf } from "recloser/history";
import { replicaView } from "./replica-view.ts";
import type { ReplicaView } from "./wire.ts";

/** @param isShared whether there is a store beside this process at all */
export function ownReplica(recloser: Recloser, id: string, isShared: boolean, nowMs: number): ReplicaView {
  const view = replicaView({ id, seenMs: nowMs, report: reportOf(recloser, {}, nowMs) }, 0);
  return isShared ? view : { ...view, store: { ...view.store, kind: "memory" } };
}
