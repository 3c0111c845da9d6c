export { simulatedProvider } from "./simulated-provider.ts";
export { FAULT_KINDS } from "./fault.ts";

export type { SimulatedProvider } from "./simulated-provider.ts";
export type { AskedOfProvider, SimulatedProviderOptions } from "./options.ts";
export type { DialectName } from "./dialects/by-name.ts";
export type { Capacity } from "./capacity.ts";
export type { ProviderStats, RequestOutcome, RequestRecord } from "./stats.ts";
export type { AfterChunks, ErrorWithin, Fault, FaultKind, RetryHint, Targeted } from "./fault.ts";
export type { Distribution, Latency } from "./latency.ts";
export type { CountedStep, DelayedStep, RepeatedSteps, ScheduleStep, TimedStep } from "./schedule.ts";
