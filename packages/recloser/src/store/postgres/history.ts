/** The history in PostgreSQL: tables of its own beside the records, each bounded (sql/history-tables.sql). */
import {
  type Followed,
  type HistoryEvent,
  isOperators,
  type KeptEvent,
  type KeptPoint,
  type KeptReplica,
  type ReplicaNote,
  type ReplicaReport,
  type StoreHistory,
} from "../../history/history.ts";
import { followRecloser } from "../../history/recorder.ts";
import type { PostgresPort } from "./port.ts";
import { answerOf } from "./record-facts.ts";
import { historyRefusal } from "./refusals.ts";
import { HISTORY_VERSION } from "./sql.generated.ts";
import { keptName, nameOf } from "./text.ts";

/** As `sql/history-reading.sql` answers: a replica or an event is the JSON that was told, which another version may have meant otherwise. */
type Told = readonly (readonly [name: string, atMs: number, text: string])[];

export class PostgresHistory implements StoreHistory {
  readonly #port: PostgresPort;
  readonly #schema: string;

  /** @param schema a name that was checked */
  constructor(port: PostgresPort, schema: string) {
    this.#port = port;
    this.#schema = schema;
  }

  follow(followed: Followed): () => Promise<void> {
    return followRecloser(this, followed);
  }

  async note(namespace: string, { replica, report, events, points }: ReplicaNote): Promise<void> {
    await this.#ask(
      "note",
      ["text", "text", "text", "jsonb", "jsonb"],
      [
        keptName(namespace),
        keptName(replica),
        report === null ? null : JSON.stringify(report),
        // JSON within JSON: what PostgreSQL cannot hold is an escape there, and comes back as it was.
        JSON.stringify(
          events.map(({ id, ageMs, event }) => [keptName(id), JSON.stringify(event), ageMs, isOperators(event)]),
        ),
        JSON.stringify(
          points.map(({ key, ageMs, calls, failures, rejected }) => [keptName(key), ageMs, calls, failures, rejected]),
        ),
      ],
    );
  }

  async events(
    namespace: string,
    { withinMs, most, only }: Parameters<StoreHistory["events"]>[1],
  ): Promise<{ readonly nowMs: number; readonly events: readonly KeptEvent[] }> {
    const values = [keptName(namespace), withinMs, most, only === "overrides"];
    const text = await this.#ask("story", ["text", "double precision", "integer", "boolean"], values);
    const { nowMs, events } = answerOf(text) as { readonly nowMs: number; readonly events: Told };
    return {
      nowMs,
      events: events.flatMap(([replica, atMs, told]) => {
        const event = parsed(told) as HistoryEvent | null;
        return event === null ? [] : [{ replica: nameOf(replica), atMs, event }];
      }),
    };
  }

  async series(namespace: string, key: string, hours: number): Promise<readonly KeptPoint[]> {
    const text = await this.#ask("series", ["text", "text", "integer"], [keptName(namespace), keptName(key), hours]);
    const minutes = answerOf(text) as readonly (readonly [number, number, number, number])[];
    return minutes.map(([atMs, calls, failures, rejected]) => ({ atMs, calls, failures, rejected }));
  }

  async replicas(namespace: string): Promise<{ readonly nowMs: number; readonly replicas: readonly KeptReplica[] }> {
    const text = await this.#ask("replicas", ["text"], [keptName(namespace)]);
    const { nowMs, replicas } = answerOf(text) as { readonly nowMs: number; readonly replicas: Told };
    return {
      nowMs,
      replicas: replicas.flatMap(([id, seenMs, told]) => {
        const report = parsed(told) as ReplicaReport | null;
        return report === null ? [] : [{ id: nameOf(id), report, seenMs }];
      }),
    };
  }

  async #ask(name: string, types: readonly string[], values: readonly unknown[]): Promise<unknown> {
    const list = types.map((type, at) => `$${at + 2}::${type}`).join(", ");
    try {
      return await this.#port.askAside(`select ${this.#schema}.${name}($1::integer, ${list})`, [
        HISTORY_VERSION,
        ...values,
      ]);
    } catch (error) {
      throw historyRefusal(error, this.#schema);
    }
  }
}

// What somebody else has put there is left out.
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
