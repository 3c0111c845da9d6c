/** How long a caller waits: until it leaves, its time is over, or the gateway stops. */
import type { ServerResponse } from "node:http";

export type LifeEnd = "left" | "total" | "callers-limit" | "stopping";

/** Why a request's work was aborted; the reason of its signal. */
export class LifeOver extends Error {
  /** `TimeoutError` where the provider was too slow for the gateway's own limit: only that is evidence against it. */
  override readonly name: "TimeoutError" | "AbortError";
  readonly end: LifeEnd;

  constructor(end: LifeEnd, isProvidersFault: boolean) {
    super(TEXT[end]);
    this.name = isProvidersFault ? "TimeoutError" : "AbortError";
    this.end = end;
  }
}

const TEXT: Readonly<Record<LifeEnd, string>> = {
  left: "the caller left",
  total: "the answer took longer than it may",
  "callers-limit": "the time that the caller gave is over",
  stopping: "the gateway is stopping",
};

export class CallerLife {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  /** Whether the caller is waited for, not the provider: then the time that passes is the caller's. */
  callerIsSlow = false;

  /** @param callersMs what the caller asked for, null: nothing; only a shorter time than `totalMs` counts */
  constructor(response: ServerResponse, totalMs: number, callersMs: number | null) {
    const isCallers = callersMs !== null && callersMs < totalMs;
    this.#timer = setTimeout(() => this.end(isCallers ? "callers-limit" : "total"), isCallers ? callersMs : totalMs);
    // Gone while its request was read: then nobody will say so again.
    if (response.destroyed) this.end("left");
    response.once("close", () => {
      clearTimeout(this.#timer);
      if (!response.writableFinished) this.end("left");
    });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Null while it lasts. */
  get over(): LifeOver | null {
    return this.signal.aborted ? (this.signal.reason as LifeOver) : null;
  }

  /** The first end counts. A caller's own short limit must not open a circuit for everybody else. */
  end(end: LifeEnd): void {
    clearTimeout(this.#timer);
    if (!this.signal.aborted) this.#controller.abort(new LifeOver(end, end === "total" && !this.callerIsSlow));
  }
}
