/**
 * `recloser/history`: what a store keeps beside its records, for programs that look at a fleet from outside, such as
 * `@recloser/dashboard`. A store that can (Redis) writes it by itself; no call waits for it and nothing decides by it.
 *
 * @example
 * import { redisStore } from "recloser/redis";
 *
 * const { history } = redisStore({ url: "redis://localhost:6379" });
 * const { events } = await history.events("recloser", { withinMs: null, most: 50 });
 */
export { type AvoidedWait, AvoidedWaits } from "../avoided-wait.ts";
export { fleetWindows } from "./fleet-windows.ts";
export { historyOf } from "./recorder.ts";
export { reportOf } from "./report.ts";
export { withoutHistory } from "./without-history.ts";
export type { InspectableStore, SharedStore } from "../store/store.ts";
export type { FleetWindow } from "./fleet-windows.ts";
export type {
  Followed,
  HistoryEvent,
  KeptEvent,
  KeptPoint,
  KeptReplica,
  ReplicaNote,
  ReplicaReport,
  ReportedRules,
  StoreHistory,
} from "./history.ts";
