/**
 * What a machine must be after any sequence of calls: `transition()` fed with one report per outcome, and a list of the
 * calls in flight. Everything is asked for by walking the list.
 */
import type { FailureKind } from "../../packages/recloser/src/outcome.ts";
import type { Policy } from "../../packages/recloser/src/policy.ts";
import type { Tail } from "../../packages/recloser/src/report.ts";
import { type Bucket, type Facts, NO_RECORD } from "../../packages/recloser/src/state.ts";
import type { RecordEvent, Reply } from "../../packages/recloser/src/record-event.ts";
import { transition } from "../../packages/recloser/src/transition.ts";

export interface ModelCall {
  /** How many had begun before it. */
  readonly order: number;
  readonly startedAtMs: number;
  readonly generation: number;
  phase: "young" | "silent" | "shown" | "uncounted";
  token: string | null;
  /** Where its success was counted, once it has shown content. */
  success: Bucket | null;
}

export const RANDOM = 0.5;

/** A failure that may belong to a streak. */
interface Failure {
  readonly order: number;
  readonly startedAtMs: number;
  readonly atMs: number;
  /** Whether its call had shown nothing before: only then does it say where others began. */
  readonly quiet: boolean;
}

export class MachineModel {
  facts: Facts = { ...NO_RECORD, incarnation: 1 };
  calls: ModelCall[] = [];
  /** The failures of the streak, and those of all runs. */
  streak: Failure[] = [];
  #runs: Failure[] = [];
  #latest: Failure | null = null;
  #begun = 0;
  /** The latest begun call that succeeded. */
  #succeeded = -1;
  /** How many calls had begun when the policy last changed. */
  #configured = 0;
  #policy: Policy;

  constructor(policy: Policy) {
    this.#policy = policy;
  }

  /** Another policy with the same window. */
  configure(policy: Policy): void {
    this.#policy = policy;
    this.#configured = this.#begun;
  }

  apply(event: RecordEvent, nowMs: number): Reply {
    const { facts, reply } = transition(this.facts, event, this.#policy, nowMs);
    // No call from before is young or can fail any more; a streak goes on under an override.
    if (facts.generation !== this.facts.generation) [this.#runs, this.#latest] = [[], null];
    if (facts.streak.failures === 0) this.streak = [];
    this.facts = facts;
    return reply;
  }

  /** protocol.md §3: override, holds, state. */
  admits(nowMs: number): string | null {
    const { override } = this.facts;
    if (override !== null && override.untilMs !== null && override.untilMs <= nowMs)
      this.apply({ type: "clear" }, nowMs);
    const inForce = this.facts.override;
    if (inForce !== null) return inForce.mode === "force-open" ? "override" : null;
    const holds = Object.entries(this.facts.holds).filter(([, hold]) => hold.untilMs > nowMs);
    const longest = Math.max(...holds.map(([, hold]) => hold.untilMs));
    if (holds.length > 0) return (holds.find(([, hold]) => hold.untilMs === longest) as [string, unknown])[0];
    const { circuit } = this.facts;
    if (circuit.is === "closed") return null;
    if (nowMs < circuit.openUntilMs) return "open";
    return circuit.lease !== null && nowMs < circuit.lease.expiresAtMs ? "probing" : "claim";
  }

  get young(): number {
    return this.#youngCalls.length;
  }

  /** The young calls that began between the streak's earliest begun failed call and its latest. */
  get beside(): number {
    const orders = this.streak.filter(({ quiet }) => quiet).map(({ order }) => order);
    const isBetween = ({ order }: ModelCall): boolean => Math.min(...orders) < order && order < Math.max(...orders);
    return this.#youngCalls.filter(isBetween).length;
  }

  /** The failures of the latest's run. */
  get run(): readonly Failure[] {
    return this.#latest === null ? [] : this.#runOf(this.#latest);
  }

  /** Failed calls with no young one between them and another. */
  #runOf(one: Failure): Failure[] {
    const isYoungBetween = (a: number, b: number): boolean =>
      this.#youngCalls.some(({ order }) => Math.min(a, b) < order && order < Math.max(a, b));
    return this.#runs.filter(({ order }) => !isYoungBetween(order, one.order));
  }

  get #youngCalls(): ModelCall[] {
    return this.calls.filter((call) => call.phase === "young" && call.generation === this.facts.generation);
  }

  begin(nowMs: number, token: string | null): void {
    const counted = token === null && this.facts.circuit.is === "closed";
    const { generation } = this.facts;
    const phase = counted ? "young" : "uncounted";
    this.calls.push({ order: this.#begun++, startedAtMs: nowMs, generation, phase, token, success: null });
  }

  /** Time has moved and somebody looked: calls that have been quiet for `silence` are evidence at this moment. */
  look(nowMs: number): void {
    const { silenceMs, windowMs } = this.#policy;
    const youngForMs = silenceMs === false ? 0.9 * (windowMs as number) : silenceMs;
    for (const call of this.calls) {
      if (call.phase !== "young" || call.generation !== this.facts.generation) continue;
      if (nowMs - call.startedAtMs < youngForMs) continue;
      call.phase = "silent";
      if (silenceMs !== false) this.#failed(call, true, [this.#bucket(nowMs, "timeout", false)], null, nowMs);
    }
  }

  content(at: number, nowMs: number): void {
    const call = this.calls[at] as ModelCall;
    if (call.token !== null) {
      if (this.#policy.probe.settleOn === "first-token") this.#settle(call, "passed", null, nowMs);
    } else if (call.phase === "young" || call.phase === "silent") {
      this.#success(call, nowMs);
    }
  }

  succeed(at: number, nowMs: number): void {
    const call = this.calls[at] as ModelCall;
    if (call.token !== null) this.#settle(call, "passed", null, nowMs);
    else if (call.phase === "young" || call.phase === "silent") this.#success(call, nowMs);
    this.#over(at);
  }

  fail(at: number, kind: FailureKind, retryAfterMs: number | null, nowMs: number): void {
    const call = this.#over(at);
    if (call.token !== null) return this.#settle(call, "failed", retryAfterMs, nowMs);
    if (call.phase === "uncounted") return;
    // A call is counted once: one that broke after its first content is a failure, and its success is taken back. If it
    // was slow already, it stays slow where it was counted so.
    const success = call.order < this.#configured ? null : call.success;
    const counts = success !== null && this.#isInWindow(success, nowMs);
    const slow = this.#isSlow(call, nowMs) && !(counts && success.slow > 0);
    const back = success === null ? [] : [{ ...success, successes: -1, slow: 0 }];
    const quiet = call.phase !== "shown";
    this.#failed(call, quiet, [...back, this.#bucket(nowMs, kind, slow)], retryAfterMs, nowMs);
  }

  ignore(at: number, nowMs: number): void {
    const call = this.#over(at);
    if (call.token !== null) this.#settle(call, "void", null, nowMs);
  }

  #over(at: number): ModelCall {
    return this.calls.splice(at, 1)[0] as ModelCall;
  }

  #success(call: ModelCall, nowMs: number): void {
    const counts = call.generation === this.facts.generation;
    // While it is still young: it stands between the runs before it and after it.
    if (counts) this.#endRuns(call.order);
    call.phase = "shown";
    if (!counts) return;
    call.success = this.#bucket(nowMs, null, this.#isSlow(call, nowMs));
    this.#succeeded = Math.max(this.#succeeded, call.order);
    if (this.streak.some(({ order }) => order <= call.order)) this.streak = [];
    this.#report(call, [call.success], null, nowMs);
    this.apply({ type: "lift", startedAtMs: call.startedAtMs }, nowMs);
  }

  /** A success ends every run with a call from before it. */
  #endRuns(order: number): void {
    const ended = new Set(this.#runs.filter((one) => this.#runOf(one).some((other) => other.order <= order)));
    this.#runs = this.#runs.filter((one) => !ended.has(one));
    this.#latest = null;
  }

  #failed(call: ModelCall, quiet: boolean, buckets: Bucket[], retryAfterMs: number | null, nowMs: number): void {
    if (call.generation === this.facts.generation) {
      if (this.counts(nowMs).failures === 0) [this.streak, this.#runs, this.#latest] = [[], [], null];
      const failure = { order: call.order, startedAtMs: call.startedAtMs, atMs: nowMs, quiet };
      if (call.order >= this.#succeeded) this.streak.push(failure);
      if (quiet && call.order >= this.#succeeded) this.#runs.push((this.#latest = failure));
    }
    this.#report(call, buckets, retryAfterMs, nowMs);
  }

  /** What a trip is judged by: the latest failure's run if that is an outage, else the streak. */
  #judged(nowMs: number): Tail {
    const { consecutiveFailures: length } = this.#policy;
    const { run } = this;
    const sinceMs = Math.min(...run.map(({ atMs }) => atMs));
    const isOutage = length !== false && run.length >= length && (length === 1 || nowMs - sinceMs >= 50);
    const failures = isOutage ? run : this.streak;
    if (failures.length === 0) return { failures: 0, sinceMs: 0, startedMs: 0, begun: 0, beforeMs: [] };
    return {
      failures: failures.length,
      sinceMs: Math.min(...failures.map(({ atMs }) => atMs)),
      startedMs: Math.min(...failures.map(({ startedAtMs }) => startedAtMs)),
      begun: failures.length + (isOutage ? 0 : this.beside),
      beforeMs: [],
    };
  }

  #settle(call: ModelCall, verdict: "passed" | "failed" | "void", retryAfterMs: number | null, nowMs: number): void {
    const token = call.token as string;
    call.token = null;
    const lease = { incarnation: this.facts.incarnation, token };
    this.apply({ type: "settle", ...lease, verdict, retryAfterMs, random: RANDOM }, nowMs);
  }

  /** There is one reporter, and each of its reports says the whole streak. */
  #report(call: ModelCall, buckets: Bucket[], retryAfterMs: number | null, nowMs: number): void {
    this.apply(
      {
        type: "report",
        by: null,
        incarnation: this.facts.incarnation,
        generation: call.generation,
        buckets: [...buckets, ...this.#youngChanges(nowMs)],
        lastSuccessMs: null,
        lastSuccessStartedMs: Infinity,
        tail: this.#judged(nowMs),
        retryAfterMs,
        notAfterMs: Infinity,
        random: RANDOM,
      },
      nowMs,
    );
  }

  /** What makes the record's young calls, by the bucket they began in, those of the list. */
  #youngChanges(nowMs: number): Bucket[] {
    const began = this.#youngCalls.map((call) => this.#bucket(call.startedAtMs, null, false).startMs);
    const known = this.facts.buckets.map(({ startMs }) => startMs);
    return [...new Set([...began, ...known])].map((startMs) => {
      const reported = this.facts.buckets.find((bucket) => bucket.startMs === startMs)?.young ?? 0;
      const young = began.filter((start) => start === startMs).length - reported;
      return { ...this.#bucket(nowMs, null, false), startMs, successes: 0, young };
    });
  }

  #isSlow(call: ModelCall, nowMs: number): boolean {
    const { slowCall } = this.#policy;
    return slowCall !== false && nowMs - call.startedAtMs > slowCall.afterMs;
  }

  #bucket(nowMs: number, kind: FailureKind | null, slow: boolean): Bucket {
    const widthMs = (this.#policy.windowMs as number) / 10;
    return {
      startMs: Math.floor(nowMs / widthMs) * widthMs,
      successes: kind === null ? 1 : 0,
      slow: slow ? 1 : 0,
      failures: kind === null ? {} : { [kind]: 1 },
      young: 0,
    };
  }

  #isInWindow({ startMs }: Bucket, nowMs: number): boolean {
    const widthMs = (this.#policy.windowMs as number) / 10;
    return Math.round(startMs / widthMs) > Math.floor(nowMs / widthMs) - 10;
  }

  counts(nowMs: number): { successes: number; failures: number; slow: number } {
    const buckets = this.facts.buckets.filter((bucket) => this.#isInWindow(bucket, nowMs));
    const sum = (of: (bucket: Bucket) => number): number => buckets.reduce((all, bucket) => all + of(bucket), 0);
    return {
      successes: sum((bucket) => bucket.successes),
      failures: sum((bucket) => Object.values(bucket.failures).reduce((all, count) => all + count, 0)),
      slow: sum((bucket) => bucket.slow),
    };
  }
}
