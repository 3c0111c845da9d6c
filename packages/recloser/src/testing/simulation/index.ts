/**
 * A deterministic simulation: the real library code in virtual time, with processes that pause and crash, clocks that are
 * wrong, a network that loses messages and a provider that fails on schedule. The same seed gives the same run.
 *
 * @example
 * const world = new World({ seed: 1 });
 * const replica = new SimulatedProcess(world, "replica 1");
 * const provider = new ProviderModel(world, { schedule: [{ fromMs: 30_000, toMs: 90_000, does: { kind: "hang" } }] });
 * const breaker = createBreaker({ clock: replica.clock, random: world.random("breaker 1") });
 * const callers = new Workload(replica, {
 *   arrivals: { kind: "poisson", perSecond: 10 },
 *   call: executeThrough(breaker, provider, replica),
 * });
 * await world.run(180_000);
 * console.log(callers.counters, provider.counters);
 */
export { World } from "./world.ts";
export { SimulatedProcess } from "./process.ts";
export { SimulatedNetwork } from "./network.ts";
export { randomStreams } from "./random-streams.ts";
export { latencies } from "./latencies.ts";
export { ProviderModel } from "./provider-model.ts";
export { SimulatedApiError } from "./provider-errors.ts";
export { StoreModel } from "./store-model.ts";
export { StoreServer } from "./store-server.ts";
export { startArrivals } from "./arrivals.ts";
export { Workload } from "./workload.ts";
export { simulate } from "./simulate.ts";
export { executeThrough, streamThrough, unguarded } from "./calls.ts";

export type { Scheduled, WorldOptions } from "./world.ts";
export type { RandomStreams } from "./random-streams.ts";
export type { Rules, StoreImage, StoreOperation } from "./store-server.ts";
export type { ClockError } from "./process.ts";
export type { LinkConditions, NetworkCounters } from "./network.ts";
export type { Growing, ProviderMode, ProviderSegment, Sometimes } from "./provider-mode.ts";
export type { ProviderModelOptions } from "./provider-options.ts";
export type { ProviderCall, ProviderCounters, ServiceEnd } from "./provider-record.ts";
export type { CallFacts } from "./provider-model.ts";
export type { SimulatedAnswer } from "./unary-call.ts";
export type { SimulatedChunk } from "./streamed-call.ts";
export type { ArrivalPlan, RateStep } from "./arrivals.ts";
export type { CallerEnd, CallerRecord, MakeCall, WorkloadCounters, WorkloadOptions } from "./workload.ts";
export type { SimulatedTransition, SimulationPlan, SimulationResult } from "./simulate.ts";
