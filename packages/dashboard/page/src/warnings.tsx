/** What is not as it should be with the fleet itself. */
import type { JSX } from "preact";
import type { Away, ReplicaView } from "../../src/views/wire.ts";
import { time } from "./words.ts";

export function Warnings({
  storeAway,
  historyAway,
  replicas,
}: {
  readonly storeAway: Away | null;
  readonly historyAway: Away | null;
  readonly replicas: readonly ReplicaView[];
}): JSX.Element | null {
  const alone = replicas.filter(({ store }) => store.kind !== "memory" && store.mode === "local");
  const warnings: string[] = [];
  if (storeAway !== null)
    warnings.push(
      `The store does not answer this dashboard since ${time(storeAway.sinceMs)}${why(storeAway.error)}: what other replicas do is not known.`,
    );
  else if (alone.length > 0) {
    const [first] = alone.toSorted((a, b) => a.store.sinceMs - b.store.sinceMs);
    const who = alone.length === 1 ? "1 replica is" : `${alone.length} replicas are`;
    if (first !== undefined)
      warnings.push(
        `${who} on its own, without the store, since ${time(first.store.sinceMs)}${why(first.store.error)}.`,
      );
  }
  if (historyAway !== null)
    warnings.push(
      `The store does not tell what happened, since ${time(historyAway.sinceMs)}${why(historyAway.error)}: states are as they are; events, minutes and other replicas are as they were then, or missing.`,
    );
  const behind = replicas.filter(({ behindOn }) => behindOn.length > 0);
  if (behind.length > 0)
    warnings.push(
      `${behind.map(({ id }) => id).join(", ")}: does not see what the store has on ${behind
        .flatMap(({ behindOn }) => behindOn)
        .slice(0, 3)
        .join(", ")}.`,
    );
  if (warnings.length === 0) return null;
  return (
    <div class="warnings" role="alert">
      {warnings.map((warning) => (
        <p class="warning" key={warning}>
          {warning}
        </p>
      ))}
    </div>
  );
}

function why(error: string | null): string {
  return error === null ? "" : ` (${error})`;
}
