/** What the replay and the sweep use of the simulation: the source, so that a change shows without a build. */
export * from "../../packages/recloser/src/testing/simulation/index.ts";
export type { Distribution, Latency } from "../../packages/recloser/src/testing/provider/latency.ts";
