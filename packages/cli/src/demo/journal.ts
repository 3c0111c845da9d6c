/** What happened, in the order it happened: the provider's turns and the breaker's, for the screen and for programs. */
import type { Breaker, HoldEvent, TransitionEvent } from "recloser";
import { type Display, displayOf, seconds } from "../terminal/display.ts";
import type { Step } from "./scenarios.ts";

export interface DemoEvent {
  /** Since the start, in story milliseconds. */
  readonly atMs: number;
  readonly source: "provider" | "breaker";
  readonly kind: "fault" | "healed" | "transition" | "hold" | "hold-over" | "ramp-over";
  /** The breaker's state from here on; null for the provider's events. */
  readonly shows: Display | null;
  readonly text: string;
  /** More for programs: state before and after, reason, durations. */
  readonly facts: Readonly<Record<string, string | number | null>>;
}

export class Journal {
  readonly events: DemoEvent[] = [];
  readonly probes: { passed: number; failed: number } = { passed: 0, failed: 0 };
  opened = 0;
  held = 0;
  longestStep = 0;
  /** What the last trip rested on, in a sentence for people; null before the first. */
  lastTrip: string | null = null;
  /** Called with each new event. */
  onEvent: (event: DemoEvent) => void = () => {};
  readonly #breaker: Breaker;
  readonly #startMs: number;
  readonly #subscriptions: readonly Disposable[];
  #shown: Display = "closed";
  #ramping = false;
  #heldUntilMs = 0;

  constructor(breaker: Breaker, startMs: number) {
    this.#breaker = breaker;
    this.#startMs = startMs;
    this.#subscriptions = [
      breaker.on("transition", (event) => this.#transition(event)),
      breaker.on("hold", (event) => this.#hold(event)),
      breaker.on("probe", ({ result }) => {
        if (result === "passed" || result === "failed") this.probes[result]++;
      }),
    ];
  }

  /** What the breaker showed when it was last looked at. */
  get shown(): Display {
    return this.#shown;
  }

  /** Ends it: what comes later is not noted, such as the trip over all the calls that the curtain cuts off. */
  close(): void {
    for (const subscription of this.#subscriptions) subscription[Symbol.dispose]();
    this.onEvent = () => {};
  }

  provider({ fault, says }: Step, atMs: number): void {
    const facts = fault === null ? {} : { fault: fault.kind };
    this.#add(atMs, fault === null ? "healed" : "fault", null, says, facts);
  }

  /** Notices what no event tells of: the end of a hold and of a ramp. */
  look(atMs: number): Display {
    const { state, holds, rampLimit } = this.#breaker.snapshot();
    const shows = displayOf({ state, holds });
    if (this.#shown === "held" && shows === "closed") this.#holdOver(atMs);
    if (this.#ramping && rampLimit === null && shows === "closed")
      this.#add(atMs, "ramp-over", shows, "full traffic again", {});
    this.#ramping = rampLimit !== null;
    this.#shown = shows;
    return shows;
  }

  #transition({ from, to, reason, cooldownMs, evidence, atMs }: TransitionEvent): void {
    const { step } = this.#breaker.snapshot();
    const facts = { from, to, reason, cooldownMs, step, evidence: evidence?.summary ?? null };
    this.longestStep = Math.max(this.longestStep, step);
    if (from === "closed") this.opened++;
    const at = atMs - this.#startMs;
    this.look(at);
    const trip = because(reason, evidence);
    if (from === "closed" && trip !== undefined) this.lastTrip = trip;
    this.#add(at, "transition", to, transitionText(from, to, cooldownMs ?? 0, step, trip), facts);
  }

  // Calls that were in flight move the deadline by milliseconds as their own 429s come in: one hold for people.
  #hold({ untilMs, step, kind, atMs }: HoldEvent): void {
    const at = atMs - this.#startMs;
    const holdMs = untilMs - atMs;
    const isStraggler = at < this.#heldUntilMs;
    const heldUntilMs = this.#heldUntilMs;
    this.#heldUntilMs = untilMs - this.#startMs;
    if (isStraggler) return;
    if (this.#shown === "held") this.#holdOver(heldUntilMs); // nobody looked in between
    this.held++;
    const text = `held for ${seconds(holdMs)}, as the provider asked; the circuit stays closed`;
    this.#add(at, "hold", "held", text, { holdMs, step, reason: kind });
    this.#shown = "held";
  }

  #holdOver(atMs: number): void {
    this.#add(atMs, "hold-over", "closed", "the hold is over: one call may try", {});
  }

  #add(
    atMs: number,
    kind: DemoEvent["kind"],
    shows: Display | null,
    text: string,
    facts: Record<string, string | number | null>,
  ): void {
    const event: DemoEvent = { atMs, source: shows === null ? "provider" : "breaker", kind, shows, text, facts };
    this.events.push(event);
    this.onEvent(event);
  }
}

// A streak and the kinds of all that is in the window are two counts: side by side they read like a contradiction.
function because(reason: TransitionEvent["reason"], evidence: TransitionEvent["evidence"]): string | undefined {
  return reason === "consecutive-failures" ? evidence?.headline : evidence?.summary;
}

function transitionText(
  from: TransitionEvent["from"],
  to: TransitionEvent["to"],
  cooldownMs: number,
  step: number,
  evidence: string | undefined,
): string {
  switch (to) {
    case "closed":
      return "closed: the probe succeeded, traffic comes back step by step";
    case "half-open":
      return "half-open: one call goes out as the probe";
    case "open":
      return from === "half-open"
        ? `open again for ${seconds(cooldownMs)} (step ${step}): the probe failed`
        : `open for ${seconds(cooldownMs)} (step ${step}): ${evidence ?? "tripped"}`;
  }
}
