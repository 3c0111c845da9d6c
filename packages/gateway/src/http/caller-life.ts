/** How long a caller waits: until it leaves, its time is over, or the gateway stops. */
import type { ServerResponse } from "node:http";

export type LifeEnd = "left" | "total" | "callers-limit" | "stopping";

export class CallerLife {
  readonly #timer: NodeJS.Timeout;
  #over: LifeEnd | null = null;
  // Made for those few who need one: it costs more than all the rest.
  #controller: AbortController | null = null;
  /** Whether the caller is waited for, not the provider: then the time that passes is the caller's. */
  callerIsSlow = false;
  /** Called once, at its end. One work at a time is done for a caller, and whoever does it puts itself here. */
  onEnd: (() => void) | null = null;

  readonly #atEnd: () => void;

  /**
   * @param callersMs what the caller asked for, null: nothing; only a shorter time than `totalMs` counts
   * @param atEnd called once, after whoever works for the caller was told
   */
  constructor(response: ServerResponse, totalMs: number, callersMs: number | null, atEnd: () => void) {
    this.#atEnd = atEnd;
    const isCallers = callersMs !== null && callersMs < totalMs;
    this.#timer = setTimeout(() => this.end(isCallers ? "callers-limit" : "total"), isCallers ? callersMs : totalMs);
    // Gone while its request was read: then nobody will say so again.
    if (response.destroyed) this.end("left");
    response.once("close", () => {
      if (response.writableFinished) clearTimeout(this.#timer);
      else this.end("left");
    });
  }

  /** Null while it lasts. */
  get over(): LifeEnd | null {
    return this.#over;
  }

  /** Whether its end is evidence against the provider. A caller's own short limit must not open a circuit for everybody else. */
  get isProvidersFault(): boolean {
    return this.#over === "total" && !this.callerIsSlow;
  }

  /** Aborted at its end. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#over !== null) this.#controller.abort();
    return this.#controller.signal;
  }

  /** The first end counts. */
  end(end: LifeEnd): void {
    clearTimeout(this.#timer);
    if (this.#over !== null) return;
    this.#over = end;
    this.#controller?.abort();
    this.onEnd?.();
    this.#atEnd();
  }
}
