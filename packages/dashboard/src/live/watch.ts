/** Watches a recloser: what its breakers look like now, what happened to them, how they did lately. */
import type { Breaker, Recloser, RecloserEvents } from "recloser";
import { AvoidedWaits } from "recloser/history";
import { breakerView } from "../views/breaker-view.ts";
import type { OfFleet } from "./fleet.ts";
import { shownText } from "../views/shown-text.ts";
import type { BreakerView, EventView, SamplePoint } from "../views/wire.ts";
import { Journal, type NewEvent } from "./journal.ts";
import { Samples } from "./samples.ts";

// Minutes of all breakers together: some 20 MB.
const MINUTES_MOST = 300_000;
const DAY_MINUTES = 1_440;

export class Watch {
  readonly journal: Journal = new Journal();
  readonly #recloser: Recloser;
  readonly #onEvent: (event: EventView) => void;
  readonly #ofFleet: (key: string) => OfFleet | null;
  readonly #modeOf: (key: string) => BreakerView["mode"] | null;
  readonly #ownId: string;
  readonly #samples = new Map<string, Samples>();
  readonly #sinceMs = new Map<string, number>();
  readonly #seen = new Set<string>();
  readonly #avoided: AvoidedWaits;
  readonly #listening: readonly Disposable[];

  /**
   * @param ownId what this process is called in its own events
   * @param modeOf of the replicas' breaker of that name; null: as this process has it
   * @param ofFleet what all replicas together know of a breaker; null: this process knows as much
   */
  constructor(
    recloser: Recloser,
    ownId: string,
    ofFleet: (key: string) => OfFleet | null,
    onEvent: (event: EventView) => void,
    modeOf: (key: string) => BreakerView["mode"] | null = () => null,
  ) {
    this.#modeOf = modeOf;
    this.#recloser = recloser;
    this.#ownId = ownId;
    this.#ofFleet = ofFleet;
    this.#onEvent = onEvent;
    this.#avoided = new AvoidedWaits(recloser);
    this.#listening = [
      this.#avoided,
      recloser.on("transition", (event) => this.#transition(event)),
      recloser.on("hold", ({ key, kind, untilMs, atMs }) =>
        this.#tell({ type: "hold", key, kind, untilMs, atMs, replica: "" }),
      ),
      recloser.on("override", (event) => this.#override(event)),
      recloser.on("probe", ({ key, result, by, durationMs, atMs }) =>
        this.#tell({ type: "probe", key, result, by: shownText(by), durationMs, atMs, replica: ownId }),
      ),
      recloser.on("store", ({ mode, error, atMs }) =>
        this.#tell({
          type: "store",
          mode,
          error: error === null ? null : shownText(error.message),
          atMs,
          replica: ownId,
        }),
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
    const fleet = this.#ofFleet(name);
    const view = breakerView(breaker, {
      sinceMs: this.#sinceMs.get(name) ?? null,
      rejectedLastMinute: fleet?.rejectedLastMinute ?? this.#samples.get(name)?.rejectedLastMinute(nowMs) ?? 0,
      avoidedWait: this.#avoided.of(name),
      hasData: this.#seen.has(name),
      window: fleet?.window ?? null,
      rules: fleet?.rules ?? null,
      mode: this.#modeOf(name),
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
      const { calls, failures } = this.#ofFleet(breaker.name)?.window ?? breaker.snapshot().window;
      this.samplesOf(breaker.name).saw(calls, failures);
    }
  }

  /** Takes what others told, of which some was seen here too. @param quietly without telling on */
  learn(event: NewEvent, quietly: boolean): void {
    const known = this.journal.add(event);
    if (known === null) return;
    if (known.type === "transition" && known.atMs > (this.#sinceMs.get(known.key) ?? 0))
      this.#sinceMs.set(known.key, known.atMs);
    if (!quietly) this.#onEvent(known);
  }

  /** Ends a point of each breaker's recent past, and forgets those of breakers that are gone. */
  takeSamples(nowMs: number): void {
    this.look();
    const names = new Set([...this.#recloser.breakers()].map(({ name }) => name));
    const minutesMost = Math.min(DAY_MINUTES, Math.ceil(MINUTES_MOST / Math.max(1, names.size)));
    for (const [name, samples] of this.#samples) {
      if (names.has(name)) samples.take(nowMs, minutesMost);
      else this.#forget(name);
    }
  }

  points(key: string): readonly SamplePoint[] {
    return this.#samples.get(key)?.points ?? [];
  }

  minutes(key: string): readonly SamplePoint[] {
    return this.#samples.get(key)?.minutes ?? [];
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
    this.#avoided.forget(name);
  }

  #transition(event: RecloserEvents["transition"]): void {
    const { key, from, to, reason, generation, by, cooldownMs, scope, evidence, atMs } = event;
    this.#sinceMs.set(key, atMs);
    if (evidence !== null) this.samplesOf(key).saw(evidence.calls, evidence.failures);
    this.#tell({
      ...{ type: "transition", key, from, to, reason, generation, cooldownMs, scope, atMs },
      by: shownText(by),
      replica: this.#ownId,
      evidence: evidence?.summary ?? null,
    });
  }

  #override({ key, action, by, reason, untilMs, atMs }: RecloserEvents["override"]): void {
    const why = reason === null ? null : shownText(reason);
    this.#tell({ type: "override", key, action, by: shownText(by), reason: why, untilMs, atMs, replica: this.#ownId });
  }

  #tell(event: NewEvent): void {
    const told = this.journal.add(event);
    if (told !== null) this.#onEvent(told);
  }
}
