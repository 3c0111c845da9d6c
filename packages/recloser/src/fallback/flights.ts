/** Calls that several callers share: the first one makes it, those who come meanwhile wait for the same end. */
import { offAbort, onAbort } from "../abort-listeners.ts";

interface Flight<T> {
  readonly end: Promise<T>;
  readonly leave: AbortController;
  aboard: number;
}

export class Flights<T> {
  readonly #byKey = new Map<string, Flight<T>>();

  /**
   * What the call of `key` that is under way comes to, or one that is made now. A caller whose signal aborts gets its reason
   * at once; the call itself is aborted when nobody waits for it any more.
   *
   * @param start makes the call; its signal aborts with the last caller
   */
  join(key: string, signal: AbortSignal | undefined, start: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    const flight = this.#byKey.get(key) ?? this.#begin(key, start);
    flight.aboard++;
    if (signal === undefined) return flight.end;
    return new Promise<T>((resolve, reject) => {
      const gone = (): void => {
        reject(signal.reason);
        if (--flight.aboard === 0) this.#abandon(key, flight, signal.reason);
      };
      if (signal.aborted) return gone(); // by what the call itself has set off
      onAbort(signal, gone);
      flight.end.then(
        (answer) => {
          offAbort(signal, gone);
          resolve(answer);
        },
        (error: unknown) => {
          offAbort(signal, gone);
          reject(error);
        },
      );
    });
  }

  get size(): number {
    return this.#byKey.size;
  }

  #begin(key: string, start: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const leave = new AbortController();
    const flight: Flight<T> = { end: start(leave.signal), leave, aboard: 0 };
    this.#byKey.set(key, flight);
    const over = (): void => {
      if (this.#byKey.get(key) === flight) this.#byKey.delete(key);
    };
    flight.end.then(over, over);
    return flight;
  }

  // Out of the way first: whoever asks from now on must not share an end that is an abort.
  #abandon(key: string, flight: Flight<T>, reason: unknown): void {
    if (this.#byKey.get(key) === flight) this.#byKey.delete(key);
    flight.leave.abort(reason);
  }
}
