/**
 * What tests of code that uses a breaker need: a clock that moves by hand, repeatable randomness, and a real HTTP server
 * that answers like an LLM provider and fails on demand.
 *
 * @example
 * const clock = manualClock();
 * const breaker = createBreaker({ clock, random: seededRandom(1) });
 */
export { manualClock, type ManualClock } from "./manual-clock.ts";
export { seededRandom } from "./seeded-random.ts";
export * from "./provider/index.ts";
export * from "./simulation/index.ts";
export {
  type ContractCheck,
  storeContract,
  type StoreContractOptions,
  type StoreClock,
} from "./store-contract/index.ts";
