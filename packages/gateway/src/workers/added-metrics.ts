/** The metrics of several processes as those of one. */
import { AggregatorRegistry, type Registry } from "prom-client";

interface Measured {
  readonly type?: unknown;
}

/** What ended workers have counted stays in the sums: a counter that went down would be taken for one that began anew. */
export class AddedMetrics {
  #departed: readonly object[] = [];

  /** @param last the metrics that a worker was last seen with */
  async depart(last: readonly object[]): Promise<void> {
    const counted = last.filter(isCounted);
    if (counted.length === 0) return;
    const before = this.#departed;
    this.#departed = before.length === 0 ? counted : await added([before, counted]).getMetricsAsJSON();
  }

  of(workers: readonly (readonly object[])[]): Registry {
    return added([this.#departed, ...workers].filter(({ length }) => length > 0));
  }
}

// Also as it is after it was sent: prom-client says the type by name.
function isCounted(metric: Measured): boolean {
  return metric.type === "counter" || metric.type === "histogram";
}

function added(all: readonly (readonly object[])[]): Registry {
  return AggregatorRegistry.aggregate(all as object[]);
}
