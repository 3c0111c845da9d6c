/** How much of a record's demand is batch, of late: a shed takes from batch calls before it takes from interactive ones. */
import { SHED_MOST } from "./adaptive-shed.ts";
import type { Priority } from "./priority.ts";

// So many calls back is demand: few enough to follow a batch job that begins, enough that chance says little.
const REMEMBERED = 256;

export class PriorityMix {
  #interactive = 0;
  #batch = 0;

  /** Somebody asks. */
  asked(priority: Priority): void {
    if (priority === "batch") this.#batch++;
    else this.#interactive++;
    if (this.#batch + this.#interactive < REMEMBERED) return;
    this.#batch /= 2;
    this.#interactive /= 2;
  }

  /**
   * The probability with which a call of a priority is shed, where `rate` of all calls are to be: batch calls alone as far as
   * they suffice, at most `SHED_MOST` of them, so that batch learns too that the provider is well again.
   */
  rateFor(priority: Priority, rate: number): number {
    const batch = this.#batch / Math.max(1, this.#batch + this.#interactive);
    const ofBatch = batch === 0 ? SHED_MOST : Math.min(SHED_MOST, rate / batch);
    if (priority === "batch") return ofBatch;
    return batch === 1 ? 0 : Math.max(0, (rate - batch * ofBatch) / (1 - batch));
  }
}
