/** A simulated LLM provider in virtual time: no sockets, any number of calls. */
import type { Random } from "../../random.ts";
import { type Distribution, sample } from "../provider/latency.ts";
import type { SimulatedProcess } from "./process.ts";
import { connectionLost } from "./provider-errors.ts";
import { type Acting, acting, type Approach } from "./provider-fate.ts";
import type { ProviderMode } from "./provider-mode.ts";
import { type ProviderModelOptions, readOptions } from "./provider-options.ts";
import { noCalls, type ProviderCall, type ProviderCounters, type ServiceEnd } from "./provider-record.ts";
import type { ServedCall, Service } from "./served-call.ts";
import { type SimulatedChunk, StreamedCall, type Streaming } from "./streamed-call.ts";
import { type SimulatedAnswer, UnaryCall } from "./unary-call.ts";
import type { World } from "./world.ts";

/** What a call brings along; the library's `CallContext` will do. */
export interface CallFacts {
  readonly signal?: AbortSignal;
  readonly probe?: boolean;
}

interface InForce {
  readonly fromMs: number;
  readonly toMs: number;
  readonly mode: Acting;
}

/**
 * A provider that answers calls of simulated processes, as its schedule says.
 *
 * @throws InvalidOptionError for a bad option, naming it
 * @example
 * const provider = new ProviderModel(world, {
 *   latency: { answer: latencies.chatAnswer },
 *   schedule: [
 *     { fromMs: 60_000, toMs: 120_000, does: { kind: "status", status: 503 } },
 *     { does: { kind: "status", status: 500, probability: 0.01 } },
 *   ],
 * });
 * await breaker.execute((context) => provider.answer(replica, context));
 */
export class ProviderModel {
  readonly counters: ProviderCounters = noCalls();
  readonly #log: ProviderCall[] = [];
  readonly #world: World;
  readonly #options: ReturnType<typeof readOptions>;
  readonly #schedule: readonly InForce[];
  readonly #service: Service;
  readonly #streaming: Streaming;
  readonly #answers: Random;
  readonly #luck: Random;
  readonly #serving: ServedCall[] = [];
  // Waiting for a place, in the order of arrival.
  readonly #queue = new Set<ServedCall>();
  readonly #known = new WeakSet<SimulatedProcess>();
  // One for all calls: nobody keeps it.
  readonly #approach: Approach = { nowMs: 0, inService: 0, luck: 0, factor: 1, cut: null };

  constructor(world: World, options: ProviderModelOptions = {}) {
    const checked = readOptions(options);
    const { name, schedule, latency } = checked;
    this.#world = world;
    this.#options = checked;
    this.#answers = world.random(`${name}: answers`);
    this.#luck = world.random(`${name}: luck`);
    this.#streaming = {
      chunks: checked.chunks,
      interToken: latency.interToken,
      random: world.random(`${name}: tokens`),
    };
    this.#service = { world, left: (call, end) => this.#left(call, end) };
    const failures = { latency: latency.error, random: world.random(`${name}: failures`) };
    this.#schedule = schedule.map((segment) => ({
      fromMs: segment.fromMs ?? 0,
      toMs: segment.toMs ?? Infinity,
      mode: acting(segment, failures),
    }));
  }

  /** Every call in the order of arrival, if the options ask for a log; else empty. */
  get log(): readonly ProviderCall[] {
    return this.#log;
  }

  /** Makes a call that is answered once. Rejects with an error as an SDK throws it, or with the signal's reason. */
  answer(process: SimulatedProcess, facts: CallFacts = {}): Promise<SimulatedAnswer> {
    return new Promise((resolve, reject) => {
      this.#begin(new UnaryCall(this.#service, process, resolve, reject), facts, this.#options.latency.answer);
    });
  }

  /** Makes a call that is answered in chunks, at the first pull. */
  stream(process: SimulatedProcess, facts: CallFacts = {}): AsyncIterableIterator<SimulatedChunk> {
    return new StreamedCall(this.#service, process, this.#streaming, (call) =>
      this.#begin(call, facts, this.#options.latency.firstToken),
    );
  }

  /** Whether every call is refused now: by a hang, an error status or an unreachable provider. */
  isDead(): boolean {
    const { nowMs } = this.#world;
    for (const { fromMs, toMs, mode } of this.#schedule) {
      if (fromMs <= nowMs && nowMs < toMs && mode.isDead(nowMs)) return true;
    }
    return false;
  }

  /** Ends every call in service with a lost connection, as when the provider's machines go down. */
  disconnectAll(): void {
    for (const call of [...this.#serving]) call.fail("failed", connectionLost(call.midAnswer));
  }

  #begin(call: ServedCall, facts: CallFacts, latency: Distribution): void {
    const { counters } = this;
    const approach = this.#approach;
    this.#admitQueued();
    // Drawn for every call, so that the n-th has the same luck and the same latency whatever happens to the others.
    approach.luck = this.#luck();
    const drawnMs = sample(latency, this.#answers);
    approach.nowMs = this.#world.nowMs;
    approach.inService = this.#serving.length;
    approach.factor = 1;
    approach.cut = null;
    const by = this.#meet(call, approach);
    call.id = ++counters.calls;
    call.cut = approach.cut;
    call.factor = approach.factor;
    call.answerMs = drawnMs * approach.factor;
    this.#note(call, by, facts.probe === true);
    const { refusal } = call;
    if (refusal?.how === "fail") return call.after(refusal.afterMs, () => call.fail("failed", refusal.error()));
    this.#watch(call.process);
    if (refusal?.how === "queue") {
      this.#queue.add(call);
      counters.queued++;
    } else this.#enter(call);
    if (this.#options.seesAborts && facts.signal !== undefined) call.heed(facts.signal);
  }

  /** Lets the modes in force at it; the kind of the one that refused it, or null. */
  #meet(call: ServedCall, approach: Approach): ProviderMode["kind"] | null {
    const { nowMs } = approach;
    for (const { fromMs, toMs, mode } of this.#schedule) {
      if (nowMs < fromMs || nowMs >= toMs) continue;
      call.refusal = mode.meet(approach);
      if (call.refusal !== null) return mode.kind;
    }
    return null;
  }

  #note(call: ServedCall, refusedBy: ProviderMode["kind"] | null, probe: boolean): void {
    const { counters } = this;
    const { id, refusal } = call;
    const dead = this.isDead();
    if (refusal?.how === "hang") counters.hung++;
    if (probe) counters.probes++;
    if (dead) counters.callsWhileDead++;
    if (dead && probe) counters.probesWhileDead++;
    if (!this.#options.log) return;
    const status = refusal?.how === "fail" ? refusal.status : null;
    const atMs = this.#world.nowMs;
    const { name: process } = call.process;
    call.entry = { id, process, atMs, endMs: null, end: null, refusedBy, status, probe, dead };
    this.#log.push(call.entry);
  }

  #enter(call: ServedCall): void {
    const { counters } = this;
    call.place = this.#serving.push(call) - 1;
    counters.inService = this.#serving.length;
    if (counters.inService > counters.peakInService) counters.peakInService = counters.inService;
    if (call.refusal?.how !== "hang") call.serve();
  }

  #left(call: ServedCall, end: ServiceEnd): void {
    const { counters } = this;
    counters[end]++;
    const { refusal } = call;
    if (refusal?.how === "fail" && refusal.status === 429) counters.rateLimited++;
    if (call.entry !== null) {
      call.entry.endMs = this.#world.nowMs;
      call.entry.end = end;
    }
    if (call.place >= 0) this.#leavePlace(call);
    else if (this.#queue.delete(call)) counters.queued--;
  }

  // The last one takes its place: constant work, and it touches a young call, which is still in the processor's cache.
  #leavePlace(call: ServedCall): void {
    const last = this.#serving.pop() as ServedCall;
    if (last !== call) {
      this.#serving[call.place] = last;
      last.place = call.place;
    }
    call.place = -1;
    this.counters.inService = this.#serving.length;
    this.#admitQueued();
  }

  // First come, first served, as places get free or grow.
  #admitQueued(): void {
    if (this.#queue.size === 0) return;
    const places = this.#places(this.#world.nowMs);
    for (const call of this.#queue) {
      if (this.#serving.length >= places) return;
      this.#queue.delete(call);
      this.counters.queued--;
      this.#enter(call);
    }
  }

  #places(nowMs: number): number {
    let places = Infinity;
    for (const { fromMs, toMs, mode } of this.#schedule) {
      if (fromMs <= nowMs && nowMs < toMs) places = Math.min(places, mode.places(nowMs));
    }
    return places;
  }

  /** The calls of a process end with it: its connections are closed. */
  #watch(process: SimulatedProcess): void {
    if (this.#known.has(process)) return;
    this.#known.add(process);
    process.onCrash(() => {
      for (const call of [...this.#queue, ...this.#serving]) if (call.process === process) call.finish("lost");
    });
  }
}
