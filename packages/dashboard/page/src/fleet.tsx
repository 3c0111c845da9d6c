/** The processes that share the breakers, each as it sees itself. */
import type { JSX } from "preact";
import type { ReplicaView } from "../../src/views/wire.ts";
import type { ServerClock } from "./server-clock.ts";
import { useTicks } from "./use.ts";
import { duration, time } from "./words.ts";

// One that writes each few seconds and has not for so long is gone, or cannot.
const SILENT_MS = 20_000;

export function Fleet({
  replicas,
  clock,
}: {
  readonly replicas: readonly ReplicaView[];
  readonly clock: ServerClock;
}): JSX.Element {
  useTicks(1_000);
  const hashes = new Set(replicas.map(({ policyHash }) => policyHash));
  return (
    <section class="fleet" aria-label="Replicas">
      <h2>Replicas</h2>
      {hashes.size > 1 ? <p class="warning">Replicas do not have the same policies.</p> : null}
      <div class="scroll" tabIndex={0} role="region" aria-label="Replicas as a table">
        <table>
          <thead>
            <tr>
              <th scope="col">Replica</th>
              <th scope="col">Store</th>
              <th scope="col">Not closed</th>
              <th scope="col">Policies</th>
              <th scope="col">Version</th>
              <th scope="col">Seen</th>
            </tr>
          </thead>
          <tbody>
            {replicas.map((replica) => (
              <tr key={replica.id} class={clock.now() - replica.seenMs > SILENT_MS ? "silent" : ""}>
                <th scope="row">{replica.id}</th>
                <td>{storeWords(replica)}</td>
                <td>
                  {replica.notClosed.length} of {replica.breakers}
                </td>
                <td>
                  <code>{replica.policyHash}</code>
                </td>
                <td>{replica.version}</td>
                <td>{duration(clock.now() - replica.seenMs)} ago</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function storeWords({ store }: ReplicaView): string {
  if (store.kind === "memory") return "in this process";
  if (store.mode === "shared")
    return store.roundTripMs === null ? "shared" : `shared, ${store.roundTripMs.toFixed(1)} ms`;
  return `on its own since ${time(store.sinceMs)}${store.error === null ? "" : `, ${store.error}`}`;
}
