/** Watches a recloser: what its breakers look like now, what happened to them, how they did lately. */
import type { Breaker, Recloser, RecloserEvents } from "recloser";
import { breakerView } from "../views/breaker-view.ts";
import { shownText } from "../views/shown-text.ts";
import type { BreakerView, EventView, SamplePoint } from "../views/wire.ts";
import { Journal, type NewEvent } from "./journal.ts";
import { Samples } from "./samples.ts";

export class Watch {
  readonly journal: Journal = new Journal();
  readonly #recloser: Recloser;
  readonly #onEvent: (event: EventView) => void;
  readonly #samples = new Map<string, Samples>();
  readonly #sinceMs = new Map<string, number>();
  readonly #seen = new Set<string>();
  readonly #listening: readonly Disposable[];

  constructor(recloser: Recloser, onEvent: (event: EventView) => void) {
    this.#recloser = recloser;
    this.#onEvent = onEvent;
    this.#listening = [
      recloser.on("transition", (event) => this.#transition(event)),
      recloser.on("hold", ({ key, kind, untilMs, atMs }) =>
        this.#tell({ type: "hold", key, kind, untilMs, atMs, replica: "" }),
      ),
      recloser.on("override", (event) => this.#override(event)),
      recloser.on("probe", ({ key, result, by, durationMs, atMs }) =>
        this.#tell({ type: "probe", key, result, by: shownText(by), durationMs, atMs, replica: shownText(by) }),
      ),
      recloser.on("store", ({ mode, error, atMs }) =>
        this.#tell({ type: "store", mode, error: error === null ? null : shownText(error.message), atMs, replica: "" }),
      ),
      // On the path of a call that is not made: it counts, and no more.
      recloser.on("rejected", ({ key }) => this.samplesOf(key).rejected()),
    ];
  }

  /** As it is now. */
  views(nowMs: number): readonly BreakerView[] {
    return [...this.#recloser.breakers()].map((breaker) => this.view(breaker, nowMs));
  }

  view(breaker: Breaker, nowMs: number): BreakerView {
    const { name } = breaker;
    const view = breakerView(breaker, {
      sinceMs: this.#sinceMs.get(name) ?? null,
      rejectedLastMinute: this.#samples.get(name)?.rejectedLastMinute(nowMs) ?? 0,
      hasData: this.#seen.has(name),
    });
    if (view.window.calls > 0 || view.inFlight > 0) this.#seen.add(name);
    return view;
  }

  /** The breaker of a name; null: there is none. */
  breaker(key: string): Breaker | null {
    for (const breaker of this.#recloser.breakers()) if (breaker.name === key) return breaker;
    return null;
  }

  /** Looks how full the windows are. */
  look(): void {
    for (const breaker of this.#recloser.breakers()) {
      const { calls, failures } = breaker.snapshot().window;
      this.samplesOf(breaker.name).saw(calls, failures);
    }
  }

  /** Ends a point of each breaker's recent past, and forgets those of breakers that are gone. */
  takeSamples(nowMs: number): void {
    this.look();
    const names = new Set([...this.#recloser.breakers()].map(({ name }) => name));
    for (const [name, samples] of this.#samples) {
      if (names.has(name)) samples.take(nowMs);
      else this.#forget(name);
    }
  }

  points(key: string): readonly SamplePoint[] {
    return this.#samples.get(key)?.points ?? [];
  }

  samplesOf(key: string): Samples {
    let samples = this.#samples.get(key);
    if (samples === undefined) {
      samples = new Samples();
      this.#samples.set(key, samples);
    }
    return samples;
  }

  close(): void {
    for (const one of this.#listening) one[Symbol.dispose]();
  }

  #forget(name: string): void {
    this.#samples.delete(name);
    this.#sinceMs.delete(name);
    this.#seen.delete(name);
  }

  #transition(event: RecloserEvents["transition"]): void {
    const { key, from, to, reason, by, cooldownMs, scope, evidence, atMs } = event;
    this.#sinceMs.set(key, atMs);
    if (evidence !== null) this.samplesOf(key).saw(evidence.calls, evidence.failures);
    this.#tell({
      ...{ type: "transition", key, from, to, reason, cooldownMs, scope, atMs },
      by: shownText(by),
      replica: shownText(by),
      evidence: evidence?.summary ?? null,
    });
  }

  #override({ key, action, by, reason, untilMs, atMs }: RecloserEvents["override"]): void {
    const why = reason === null ? null : shownText(reason);
    this.#tell({ type: "override", key, action, by: shownText(by), reason: why, untilMs, atMs, replica: "" });
  }

  #tell(event: NewEvent): void {
    this.#onEvent(this.journal.add(event));
  }
}
