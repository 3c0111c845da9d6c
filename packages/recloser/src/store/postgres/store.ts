/**
 * Records in PostgreSQL: one row each, every operation one function on the server's own clock. What fails here, fails;
 * deadlines, the local machine and the return are the library's, around any store.
 */
import type { RecordPolicy, Reply, ReplyCode } from "../../record-event.ts";
import { type Facts, NO_RECORD } from "../../state.ts";
import { warnOnce } from "../../warn.ts";
import type { StoreCommand } from "../command.ts";
import type { InspectableStore, JudgedFacts, RecordAddress, StoreAnswer, StoreChanges, StoreHint } from "../store.ts";
import { PostgresHistory } from "./history.ts";
import { PostgresPolicies } from "./policies.ts";
import type { PostgresPort } from "./port.ts";
import { answerOf, factsOf, type WrittenFacts } from "./record-facts.ts";
import { warnOfRefusal } from "./refusals.ts";
import { VERSION } from "./sql.generated.ts";
import { jsonOf, keptName, nameOf } from "./text.ts";

// So many records are read by one statement.
const READ_AT_ONCE = 256;

interface WrittenAnswer {
  readonly code: ReplyCode;
  readonly detail: number | null;
  readonly nowMs: number;
  readonly flags: string;
  readonly facts: WrittenFacts;
}

interface WrittenChanges {
  readonly life: string;
  readonly seq: number;
  readonly complete: boolean;
  readonly names: readonly string[];
}

export class PostgresStore implements InspectableStore {
  readonly kind = "postgres";
  readonly history: PostgresHistory;
  readonly policies: PostgresPolicies;
  readonly #port: PostgresPort;
  readonly #schema: string;
  readonly #policyTexts = new WeakMap<RecordPolicy, string>();

  /** @param schema a name that was checked */
  constructor(port: PostgresPort, schema: string) {
    this.#port = port;
    this.#schema = schema;
    this.history = new PostgresHistory(port, schema);
    this.policies = new PostgresPolicies((...question) => this.#call(...question));
  }

  async apply(
    { namespace, name }: RecordAddress,
    command: StoreCommand,
    policy: RecordPolicy,
    by: string,
  ): Promise<StoreAnswer> {
    const values = [keptName(namespace), keptName(name), keptName(by), this.#policy(policy), jsonOf(command)];
    const text = await this.#ask("apply", ["text", "text", "text", "jsonb", "jsonb"], values);
    const { code, detail, nowMs, flags, facts: written } = answerOf(text) as WrittenAnswer;
    if (flags.includes("q")) this.#warnOfQuarantine(namespace, name);
    const facts = factsOf(written);
    return { reply: replyOf(code, detail, facts), facts, nowMs };
  }

  async read(
    namespace: string,
    names: readonly string[],
  ): Promise<{ readonly nowMs: number; readonly records: ReadonlyMap<string, Facts> }> {
    const records = new Map<string, Facts>();
    const nowMs = await this.#read(namespace, names, (name, written) => records.set(name, factsOf(written)));
    return { nowMs, records };
  }

  /** The same, each with the rules its last report was judged by, for people to look at (`recloser/inspect`). */
  async inspect(
    namespace: string,
    names: readonly string[],
  ): Promise<{ readonly nowMs: number; readonly records: ReadonlyMap<string, JudgedFacts> }> {
    const records = new Map<string, JudgedFacts>();
    const nowMs = await this.#read(namespace, names, (name, written) =>
      records.set(name, { facts: factsOf(written), rules: written.rules ?? null }),
    );
    return { nowMs, records };
  }

  async #read(
    namespace: string,
    names: readonly string[],
    found: (name: string, written: WrittenFacts) => void,
  ): Promise<number> {
    let nowMs = 0;
    for (let from = 0; from < Math.max(names.length, 1); from += READ_AT_ONCE) {
      const some = names.slice(from, from + READ_AT_ONCE).map(keptName);
      const text = await this.#ask("read", ["text", "text[]"], [keptName(namespace), some]);
      const answer = answerOf(text) as { readonly nowMs: number; readonly records: readonly [string, WrittenFacts][] };
      nowMs = answer.nowMs;
      for (const [name, written] of answer.records) found(nameOf(name), written);
    }
    return nowMs;
  }

  async changes(namespace: string, cursor: string | null): Promise<StoreChanges> {
    const [life = "", since = "0"] = cursor?.split(":") ?? [];
    const at = /^\d{1,15}$/.test(since) ? since : "0";
    const values = [keptName(namespace), cursor === null ? null : keptName(life), at];
    const answer = answerOf(await this.#ask("changes", ["text", "text", "bigint"], values)) as WrittenChanges;
    return {
      names: answer.names.map(nameOf),
      cursor: `${answer.life}:${answer.seq}`,
      complete: answer.complete,
    };
  }

  /** The names of records, a page at a time, in order. */
  async names(namespace: string, page: { readonly from: number; readonly count: number }): Promise<readonly string[]> {
    const values = [keptName(namespace), page.from, page.count];
    const names = answerOf(await this.#ask("names", ["text", "integer", "integer"], values)) as readonly string[];
    return names.map(nameOf);
  }

  async subscribe(namespace: string, onHint: (hint: StoreHint) => void, signal?: AbortSignal): Promise<() => void> {
    const channel = String(await this.#port.ask(`select ${this.#schema}.channel($1::text)`, [keptName(namespace)]));
    const onMessage = (message: string): void => {
      const hint = hintOf(message);
      if (hint !== null) onHint(hint);
    };
    try {
      return await this.#port.listen(channel, onMessage, signal);
    } catch (error) {
      if (signal?.aborted !== true)
        warnOnce(
          "RECLOSER_STORE_PUSH_REFUSED",
          channel,
          `${error instanceof Error ? error.message : String(error)}: other replicas' changes are known by the poll, within a second or so, instead of at once`,
        );
      throw error;
    }
  }

  async ping(namespace: string): Promise<true> {
    await this.#ask("ping", ["text"], [keptName(namespace)]);
    return true;
  }

  async close(): Promise<void> {
    await this.#port.close();
  }

  async #ask(name: string, types: readonly string[], values: readonly unknown[]): Promise<unknown> {
    try {
      return await this.#call(name, types, values);
    } catch (error) {
      warnOfRefusal(error, this.#schema);
      throw error;
    }
  }

  #call(name: string, types: readonly string[], values: readonly unknown[]): Promise<unknown> {
    const list = types.map((type, at) => `$${at + 2}::${type}`).join(", ");
    return this.#port.ask(`select ${this.#schema}.${name}($1::integer, ${list})`, [VERSION, ...values]);
  }

  // A policy is frozen and the same for all commands of its breakers: its text is made once.
  #policy(policy: RecordPolicy): string {
    let text = this.#policyTexts.get(policy);
    if (text === undefined) {
      const { windowMs, minimumCalls, failureRate, failureThreshold, consecutiveFailures, slowCall } = policy;
      const { cooldown, hold, probe } = policy;
      const trips = { windowMs, minimumCalls, failureRate, failureThreshold, consecutiveFailures, slowCall };
      text = JSON.stringify({ ...trips, cooldown, hold, probe });
      this.#policyTexts.set(policy, text);
    }
    return text;
  }

  #warnOfQuarantine(namespace: string, name: string): void {
    warnOnce(
      "RECLOSER_STORE_QUARANTINE",
      `${namespace} ${name}`,
      `what PostgreSQL had for the record "${name}" was not written by this library, or is damaged: it is kept in ${this.#schema}.set_aside for a week, and the record begins anew`,
    );
  }
}

function replyOf(code: ReplyCode, detail: number | null, facts: Facts): Reply {
  if (detail !== null) return { code, retryAfterMs: detail };
  const { circuit } = facts;
  const hasLease = (code === "probe" || code === "renewed") && circuit.is === "tripped" && circuit.lease !== null;
  return hasLease ? { code, lease: circuit.lease } : { code };
}

// A message of somebody else, or of another version, is no hint.
function hintOf(message: string): StoreHint | null {
  try {
    const { name, by, nowMs, facts } = JSON.parse(message) as {
      readonly [field in "name" | "by" | "nowMs" | "facts"]?: unknown;
    };
    if (typeof name !== "string" || typeof by !== "string" || typeof nowMs !== "number") return null;
    return { name: nameOf(name), by: nameOf(by), facts: factsOf((facts ?? NO_RECORD) as WrittenFacts), nowMs };
  } catch {
    return null;
  }
}
