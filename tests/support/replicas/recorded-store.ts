/** A store whose commands and answers are written down, as a client sees them: what was asked, and what came of it if anything did. */
import type { RecordPolicy } from "../../../packages/recloser/src/record-event.ts";
import type { Facts } from "../../../packages/recloser/src/state.ts";
import { NO_RECORD } from "../../../packages/recloser/src/state.ts";
import type { ReportCommand, StoreCommand } from "../../../packages/recloser/src/store/command.ts";
import type {
  RecordAddress,
  SharedStore,
  StoreAnswer,
  StoreChanges,
  StoreHint,
} from "../../../packages/recloser/src/store/store.ts";
import type { AskedCommand, StoredCircuit } from "./entries.ts";
import type { News } from "./journal.ts";

export class RecordedStore implements SharedStore {
  readonly kind: string;
  readonly #store: SharedStore;
  readonly #write: (news: News) => void;
  readonly #learnt: (key: string) => void;
  #asked = 0;

  /** @param learnt called when an answer about a record has come, before its asker has it */
  constructor(store: SharedStore, write: (news: News) => void, learnt: (key: string) => void) {
    this.kind = store.kind;
    this.#store = store;
    this.#write = write;
    this.#learnt = learnt;
  }

  async apply(record: RecordAddress, command: StoreCommand, policy: RecordPolicy, by: string): Promise<StoreAnswer> {
    const n = ++this.#asked;
    const key = record.name;
    this.#write({ what: "asked", key, n, command: named(command) });
    try {
      const answer = await this.#store.apply(record, command, policy, by);
      const { facts, nowMs: storeMs, reply } = answer;
      this.#write({ what: "told", key, n, code: reply.code, storeMs, circuit: circuitOf(facts) });
      this.#learnt(key);
      return answer;
    } catch (error) {
      this.#write({ what: "store-failed", key, n, message: String(error) });
      throw error;
    }
  }

  async read(namespace: string, names: readonly string[]): ReturnType<SharedStore["read"]> {
    const answer = await this.#store.read(namespace, names);
    for (const key of names) {
      const circuit = circuitOf(answer.records.get(key) ?? NO_RECORD);
      this.#write({ what: "told", key, n: null, code: "read", storeMs: answer.nowMs, circuit });
      this.#learnt(key);
    }
    return answer;
  }

  changes(namespace: string, cursor: string | null): Promise<StoreChanges> {
    return this.#store.changes(namespace, cursor);
  }

  subscribe(namespace: string, onHint: (hint: StoreHint) => void): Promise<() => void> {
    return this.#store.subscribe(namespace, (hint) => {
      const { name: key, by, facts } = hint;
      this.#write({ what: "pushed", key, by, version: facts.version });
      onHint(hint);
      this.#learnt(key);
    });
  }

  ping(namespace: string): Promise<true> {
    return this.#store.ping(namespace);
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}

function named(command: StoreCommand): AskedCommand {
  const { type } = command;
  if (type === "claim") return { type, token: command.token, leaseMs: command.leaseMs };
  if (type === "renew")
    return { type, token: command.token, incarnation: command.incarnation, leaseMs: command.leaseMs };
  if (type === "settle")
    return { type, token: command.token, incarnation: command.incarnation, verdict: command.verdict };
  if (type === "report") return { type, failures: failuresIn(command) };
  return { type };
}

function failuresIn({ cells }: ReportCommand): number {
  return cells.flatMap(({ failures }) => Object.values(failures)).reduce((sum, count) => sum + count, 0);
}

export function circuitOf({ incarnation, version, generation, step, circuit }: Facts): StoredCircuit {
  const tripped = circuit.is === "tripped" ? circuit : null;
  const openUntilMs = tripped?.openUntilMs ?? null;
  return { incarnation, version, generation, step, is: circuit.is, openUntilMs, lease: tripped?.lease ?? null };
}
