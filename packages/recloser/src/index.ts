/**
 * A circuit breaker for calls to LLM providers and any other external call.
 *
 * @example
 * import { createBreaker, CircuitOpenError } from "recloser";
 *
 * const breaker = createBreaker({ name: "openai", timeouts: { total: "60s" } });
 * try {
 *   const answer = await breaker.execute(({ signal }) => client.responses.create(request, { signal }));
 * } catch (error) {
 *   const open = CircuitOpenError.from(error);
 *   if (open !== null) console.log(`not asked; next try in ${open.retryAfterMs} ms`);
 * }
 */
export { createBreaker, createRecloser } from "./recloser.ts";
export { failover } from "./failover.ts";
export { failoverStream } from "./failover-stream.ts";
export { AllRoutesFailedError } from "./failover-error.ts";
export { memoryStore } from "./store/memory.ts";
export {
  CallTimeoutError,
  CircuitOpenError,
  InvalidOptionError,
  RecloserError,
  ShedError,
  StoreError,
  StreamTruncatedError,
} from "./errors.ts";
export type {
  AcquireOptions,
  ActorOptions,
  Breaker,
  ExecuteOptions,
  OverrideOptions,
  Recloser,
  RecloserOptions,
  StoreHealth,
  StreamOptions,
} from "./api.ts";
export type { CallContext } from "./call.ts";
export type { Clock } from "./clock.ts";
export type { Duration } from "./duration.ts";
export type {
  CircuitOpenFacts,
  LastFailure,
  RecloserErrorCode,
  RejectReason,
  ShedCause,
  ShedReason,
  TimeoutPhase,
} from "./errors.ts";
export type {
  CallEvent,
  EventName,
  FallbackEvent,
  HoldEvent,
  ListenerOptions,
  OverrideEvent,
  PolicyEvent,
  ProbeEvent,
  RecloserEvents,
  RejectedEvent,
  RetryEvent,
  StoreEvent,
  TransitionEvent,
  TransitionReason,
  WaitEvent,
} from "./events.ts";
export type { TriedRoute } from "./failover-error.ts";
export type {
  FailoverOptions,
  FailoverReport,
  FailoverRoute,
  FailoverStreamOptions,
  FailoverStreamRoute,
} from "./failover-options.ts";
export type { Fallback, FallbackInfo, StreamFallback } from "./fallback.ts";
export type { BreakerKey } from "./key.ts";
export type { LoadSnapshot, ShedCounts } from "./load.ts";
export type {
  Classifier,
  ClassifyInput,
  FailureKind,
  HoldKind,
  NeutralKind,
  Outcome,
  OutcomeKind,
  OutcomeScope,
  OutcomeTrack,
} from "./outcome.ts";
export type { Permit } from "./permit.ts";
export type { Policy, PolicyOptions } from "./policy.ts";
export type { Priority } from "./priority.ts";
export type { Random } from "./random.ts";
export type { RetriesSnapshot } from "./retries.ts";
export type { RetryOptions } from "./retry-options.ts";
export type { BreakerSnapshot, HoldSnapshot, PolicySnapshot, RecordSnapshot } from "./snapshot.ts";
export type { CircuitState, Evidence, Override, TripReason } from "./state.ts";
export type { MemoryStore, Store } from "./store/store.ts";
export type { Sight, StreamInspector } from "./streams/inspector.ts";
