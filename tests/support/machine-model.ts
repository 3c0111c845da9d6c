/**
 * What a machine must be after any sequence of calls: `transition()` fed with one report per outcome, and a list of the
 * calls in flight. Everything is asked for by walking the list.
 */
import type { FailureKind } from "../../packages/recloser/src/outcome.ts";
import type { Policy } from "../../packages/recloser/src/policy.ts";
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

export class MachineModel {
  facts: Facts = { ...NO_RECORD, incarnation: 1 };
  calls: ModelCall[] = [];
  /** The failures of the streak: which call each was, and when it was counted. */
  failed: { order: number; bucket: Bucket }[] = [];
  #begun = 0;
  #begunBySuccess = 0;
  readonly #policy: Policy;

  constructor(policy: Policy) {
    this.#policy = policy;
  }

  apply(event: RecordEvent, nowMs: number): Reply {
    const { facts, reply } = transition(this.facts, event, this.#policy, nowMs);
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

  /** Of the calls from the streak's first failed call to its latest, those that may yet succeed; all begun after the last success. */
  get spared(): number {
    const orders = this.failed.map(({ order }) => order).filter((order) => order >= this.#begunBySuccess);
    const isBetween = ({ order }: ModelCall): boolean => Math.min(...orders) < order && order < Math.max(...orders);
    return this.#youngCalls.filter(isBetween).length;
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
      if (silenceMs !== false) this.#report(call, [this.#bucket(nowMs, "timeout", false)], null, nowMs);
    }
  }

  content(at: number, nowMs: number): void {
    const call = this.calls[at] as ModelCall;
    if (call.token !== null) {
      if (this.#policy.probe.settleOn === "first-token") this.#settle(call, "passed", null, nowMs);
    } else if (call.phase === "young" || call.phase === "silent") {
      call.phase = "shown";
      this.#succeeded(call, nowMs);
    }
  }

  succeed(at: number, nowMs: number): void {
    const call = this.#over(at);
    if (call.token !== null) this.#settle(call, "passed", null, nowMs);
    else if (call.phase === "young" || call.phase === "silent") this.#succeeded(call, nowMs);
  }

  fail(at: number, kind: FailureKind, retryAfterMs: number | null, nowMs: number): void {
    const call = this.#over(at);
    if (call.token !== null) return this.#settle(call, "failed", retryAfterMs, nowMs);
    if (call.phase === "uncounted") return;
    // A call is counted once: one that broke after its first content is a failure, and its success is taken back. If it
    // was slow already, it stays slow where it was counted so.
    const { success } = call;
    const counts = success !== null && this.#isInWindow(success, nowMs);
    const slow = this.#isSlow(call, nowMs) && !(counts && success.slow > 0);
    const back = success === null ? [] : [{ ...success, successes: -1, slow: 0 }];
    this.#report(call, [...back, this.#bucket(nowMs, kind, slow)], retryAfterMs, nowMs);
  }

  ignore(at: number, nowMs: number): void {
    const call = this.#over(at);
    if (call.token !== null) this.#settle(call, "void", null, nowMs);
  }

  #over(at: number): ModelCall {
    return this.calls.splice(at, 1)[0] as ModelCall;
  }

  #succeeded(call: ModelCall, nowMs: number): void {
    if (call.generation !== this.facts.generation) return;
    call.success = this.#bucket(nowMs, null, this.#isSlow(call, nowMs));
    [this.failed, this.#begunBySuccess] = [[], this.#begun];
    this.#report(call, [call.success], null, nowMs);
    this.apply({ type: "lift", startedAtMs: call.startedAtMs }, nowMs);
  }

  #settle(call: ModelCall, verdict: "passed" | "failed" | "void", retryAfterMs: number | null, nowMs: number): void {
    const token = call.token as string;
    call.token = null;
    const lease = { incarnation: this.facts.incarnation, token };
    this.apply({ type: "settle", ...lease, verdict, retryAfterMs, random: RANDOM }, nowMs);
  }

  #report(call: ModelCall, buckets: Bucket[], retryAfterMs: number | null, nowMs: number): void {
    const failed = buckets.some((bucket) => Object.keys(bucket.failures).length > 0);
    // There is one reporter: the streak that the record knows of is what it has reported of this one.
    let known = this.facts.streak.begun;
    if (failed && call.generation === this.facts.generation) {
      if (this.facts.streak.failures === 0 || !this.failed.some(({ bucket }) => this.#isInWindow(bucket, nowMs)))
        [this.failed, known] = [[], 0];
      this.failed.push({ order: call.order, bucket: buckets.at(-1) as Bucket });
    }
    const begun = this.failed.length + this.spared - known;
    this.apply(
      {
        type: "report",
        incarnation: this.facts.incarnation,
        generation: call.generation,
        buckets: [...buckets, ...this.#youngChanges(nowMs)],
        lastSuccessMs: failed ? null : nowMs,
        tail: failed ? { failures: 1, sinceMs: nowMs, begun } : { failures: 0, sinceMs: 0, begun: 0 },
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
