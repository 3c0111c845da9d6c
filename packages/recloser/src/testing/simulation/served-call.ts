/** One call at a simulated provider, from its arrival to its one end. */
import type { SimulatedProcess } from "./process.ts";
import type { Cut, Refusal } from "./provider-fate.ts";
import type { ProviderCall, ServiceEnd } from "./provider-record.ts";
import type { Scheduled, World } from "./world.ts";

/** The provider, as its calls see it. */
export interface Service {
  readonly world: World;
  /** Called once per call, at its end. */
  left(call: ServedCall, end: ServiceEnd): void;
}

type Logged = { -readonly [K in keyof ProviderCall]: ProviderCall[K] };

/** What the caller gets is its business; when, where and whether it ends is here. */
export abstract class ServedCall {
  readonly process: SimulatedProcess;
  readonly service: Service;
  /** Its number at the provider; 0 before it arrived there. */
  id = 0;
  refusal: Refusal | null = null;
  cut: Cut | null = null;
  /** Its durations are the drawn ones times this. */
  factor = 1;
  /** From when it is served to the answer or the first chunk. */
  answerMs = 0;
  /** Where it stands among the calls in service; -1 while it is not one of them. */
  place = -1;
  /** Its line in the provider's log; null where none is kept. */
  entry: Logged | null = null;
  ended = false;
  #next: Scheduled | null = null;
  #signal: AbortSignal | null = null;

  constructor(service: Service, process: SimulatedProcess) {
    this.service = service;
    this.process = process;
  }

  /** Whether a part of the answer has been sent. */
  get midAnswer(): boolean {
    return false;
  }

  /** It has a place: goes to work. */
  abstract serve(): void;
  /** Its caller's promise rejects. */
  protected abstract reject(error: unknown): void;

  /** From now on the signal's abort ends it. */
  heed(signal: AbortSignal): void {
    if (signal.aborted) return this.#aborted(signal.reason);
    this.#signal = signal;
    signal.addEventListener("abort", this, { once: true });
  }

  /** The signal's listener: an object costs no closure per call. */
  handleEvent(): void {
    this.#aborted(this.#signal?.reason);
  }

  #aborted(reason: unknown): void {
    this.finish("aborted");
    this.reject(reason);
  }

  /** After `delayMs`, `then` runs at the provider, unless the call has ended by then. */
  after(delayMs: number, then: () => void): void {
    this.#next = this.service.world.after(delayMs, then);
  }

  /** Ends it at the provider, once. */
  finish(end: ServiceEnd): void {
    if (this.ended) return;
    this.ended = true;
    this.#next?.cancel();
    this.#signal?.removeEventListener("abort", this);
    this.service.left(this, end);
  }

  /** Ends it with an error for its caller. */
  fail(end: ServiceEnd, error: unknown): void {
    this.finish(end);
    if (this.process.state === "running") this.reject(error);
    else this.process.deliver(() => this.reject(error));
  }
}
