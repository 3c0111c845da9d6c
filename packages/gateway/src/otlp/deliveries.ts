/** Whether a collector takes what it is sent: a line in the log when that changes, not one for each delivery. */
import type { Log } from "../telemetry/log.ts";

export class Deliveries {
  readonly #signal: string;
  readonly #log: Log;
  #lost = 0;

  constructor(signal: string, log: Log) {
    this.#signal = signal;
    this.#log = log;
  }

  /** @param why one was not taken, in short words; null: it was */
  readonly over = (why: string | null): void => {
    const signal = this.#signal;
    if (why !== null) {
      if (this.#lost++ > 0) return;
      this.#log.warn(
        { event: "otlp", signal, taken: false, reason: why },
        `the collector does not take ${signal}: ${why}; requests go on, what it does not take is lost`,
      );
    } else if (this.#lost > 0) {
      const lost = this.#lost;
      this.#lost = 0;
      this.#log.info({ event: "otlp", signal, taken: true, lost }, `the collector takes ${signal} again`);
    }
  };
}
