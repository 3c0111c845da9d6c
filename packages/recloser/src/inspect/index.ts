/**
 * `recloser/inspect`: a fleet's circuits, seen and operated through its store, without being one of its replicas.
 *
 * @example
 * import { operate, readRecords } from "recloser/inspect";
 * import { redisStore } from "recloser/redis";
 *
 * const store = redisStore({ url: "redis://localhost:6379" });
 * const { records } = await readRecords(store, "recloser");
 * const open = records.filter(({ effectiveState }) => effectiveState !== "closed");
 */
export { operate } from "./operate.ts";
export {
  changePolicy,
  fleetOptionsOf,
  freshPolicies,
  policiesIn,
  policiesOf,
  policyNameOf,
  readPolicies,
} from "./policies.ts";
export { policyRows } from "./policy-rows.ts";
export { policySources } from "../policy-sources.ts";
export { readRecords } from "./read.ts";
export type { Operated, OperatorCommand } from "./operate.ts";
export type { PolicyChanged, PolicyCommand, PolicyPlace } from "./policies.ts";
export type { FleetOption, FleetOptions, PolicyChange, StorePolicies } from "../store/fleet-policy.ts";
export type { GivenPolicy, PolicyOrigin, PolicyRow } from "./policy-rows.ts";
export type { PolicySources } from "../policy-sources.ts";
export type { Inspection } from "./read.ts";
export type { StoredRecord } from "./stored-record.ts";
export type { InspectableStore, RecordAddress, TripRules } from "../store/store.ts";
