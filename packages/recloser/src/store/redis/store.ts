/**
 * Records in Redis or Valkey: one hash each, every operation one script on the server's own clock. What fails here, fails;
 * deadlines, the local machine and the return are the library's, around any store.
 */
import { StoreError } from "../../errors.ts";
import { type Facts, NO_RECORD } from "../../state.ts";
import type { RecordPolicy, Reply, ReplyCode } from "../../record-event.ts";
import { warnOnce } from "../../warn.ts";
import type { StoreCommand } from "../command.ts";
import type { InspectableStore, JudgedFacts, RecordAddress, StoreAnswer, StoreChanges, StoreHint } from "../store.ts";
import { RedisHistory } from "./history.ts";
import { Keys } from "./keys.ts";
import { RedisPolicies } from "./policies.ts";
import type { RedisPort, Script } from "./port.ts";
import { type Fields, factsOf, fieldsOf, rulesOf } from "./record-fields.ts";
import { warnOfRefusal } from "./refusals.ts";
import { SCRIPTS } from "./scripts.generated.ts";

// So many records are read by one script: a longer one would keep the server from others.
const READ_AT_ONCE = 256;

// A port may serve several stores: what it has opened goes with the last of them that listens.
const listening = new WeakMap<RedisPort, Set<RedisStore>>();

export class RedisStore implements InspectableStore {
  readonly kind = "redis";
  readonly history: RedisHistory;
  readonly policies: RedisPolicies;
  readonly #port: RedisPort;
  readonly #policyTexts = new WeakMap<RecordPolicy, string>();

  constructor(port: RedisPort) {
    this.#port = port;
    this.history = new RedisHistory(port);
    this.policies = new RedisPolicies(
      async (namespace, ...script) => list(await this.#run(namespace, ...script)),
      (flags, namespace) => this.#tell(flags, namespace, ""),
    );
  }

  async apply(
    { namespace, name }: RecordAddress,
    command: StoreCommand,
    policy: RecordPolicy,
    by: string,
  ): Promise<StoreAnswer> {
    const keys = new Keys(namespace);
    const args = [name, by, keys.channel, this.#policy(policy), JSON.stringify(command)];
    const touched = keys.ofOperation(name, command.type === "report" ? command.id : null);
    const [code, detail, now, flags, ...flat] = list(await this.#run(namespace, SCRIPTS[command.type], touched, args));
    if (String(flags) !== "") this.#tell(String(flags), namespace, name);
    const facts = factsOf(fieldsOf(flat));
    return { reply: replyOf(String(code) as ReplyCode, String(detail), facts), facts, nowMs: Number(now) };
  }

  async read(
    namespace: string,
    names: readonly string[],
  ): Promise<{ readonly nowMs: number; readonly records: ReadonlyMap<string, Facts> }> {
    const records = new Map<string, Facts>();
    const nowMs = await this.#read(namespace, names, (name, facts) => records.set(name, facts));
    return { nowMs, records };
  }

  /** The same, each with the rules its last report was judged by, for people to look at (`recloser/inspect`). */
  async inspect(
    namespace: string,
    names: readonly string[],
  ): Promise<{ readonly nowMs: number; readonly records: ReadonlyMap<string, JudgedFacts> }> {
    const records = new Map<string, JudgedFacts>();
    const nowMs = await this.#read(namespace, names, (name, facts, fields) =>
      records.set(name, { facts, rules: rulesOf(fields) }),
    );
    return { nowMs, records };
  }

  async #read(
    namespace: string,
    names: readonly string[],
    found: (name: string, facts: Facts, fields: Fields) => void,
  ): Promise<number> {
    const keys = new Keys(namespace);
    let nowMs = 0;
    for (let from = 0; from < Math.max(names.length, 1); from += READ_AT_ONCE) {
      const some = names.slice(from, from + READ_AT_ONCE);
      const [now, ...records] = list(
        await this.#run(
          namespace,
          SCRIPTS.read,
          some.map((name) => keys.record(name)),
          [],
        ),
      );
      nowMs = Number(now);
      for (const [at, name] of some.entries()) {
        const fields = readableFields(records[at]);
        const facts = readable(fields);
        if (facts !== NO_RECORD) found(name, facts, fields);
      }
    }
    return nowMs;
  }

  async changes(namespace: string, cursor: string | null): Promise<StoreChanges> {
    const keys = new Keys(namespace);
    const [life = "", since = "0"] = cursor?.split(":") ?? [];
    const args = [cursor === null ? "" : life, since];
    const [lives, sequence, complete, ...names] = list(
      await this.#run(namespace, SCRIPTS.changes, keys.ofChanges, args),
    );
    return {
      names: names.map(String),
      cursor: `${String(lives)}:${String(sequence)}`,
      complete: String(complete) === "1",
    };
  }

  /** The names of records, a page at a time. Some may be of records whose life has ended. */
  async names(namespace: string, page: { readonly from: number; readonly count: number }): Promise<readonly string[]> {
    const keys = new Keys(namespace);
    const args = [String(page.from), String(page.count)];
    const found = await this.#run(namespace, SCRIPTS.names, [keys.index], args);
    return list(found).map(String);
  }

  subscribe(namespace: string, onHint: (hint: StoreHint) => void, signal?: AbortSignal): Promise<() => void> {
    const onMessage = (message: string): void => {
      const hint = hintOf(message);
      if (hint !== null) onHint(hint);
    };
    const stores = listening.get(this.#port) ?? new Set();
    listening.set(this.#port, stores.add(this));
    return this.#port.subscribe(new Keys(namespace).channel, onMessage, signal);
  }

  async ping(namespace: string): Promise<true> {
    await this.#run(namespace, SCRIPTS.ping, [new Keys(namespace).ping], []);
    return true;
  }

  onConnected(listener: () => void): () => void {
    return this.#port.onConnected?.(listener) ?? (() => {});
  }

  async close(): Promise<void> {
    const stores = listening.get(this.#port);
    stores?.delete(this);
    if (stores === undefined || stores.size === 0) await this.#port.close();
  }

  async #run(namespace: string, script: Script, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    try {
      return await this.#port.run(script, keys, args);
    } catch (error) {
      warnOfRefusal(error, namespace);
      throw error;
    }
  }

  // A policy is frozen and the same for all commands of its breakers: its text is made once.
  #policy(policy: RecordPolicy): string {
    let text = this.#policyTexts.get(policy);
    if (text === undefined) {
      const { windowMs, minimumCalls, failureRate, failureThreshold, consecutiveFailures, slowCall } = policy;
      const trips = { windowMs, minimumCalls, failureRate, failureThreshold, consecutiveFailures, slowCall };
      const { cooldown, hold, probe } = policy;
      text = JSON.stringify({ ...trips, cooldown, hold, probe });
      this.#policyTexts.set(policy, text);
    }
    return text;
  }

  #tell(flags: string, namespace: string, name: string): void {
    const keys = new Keys(namespace);
    if (flags.includes("p"))
      warnOnce(
        "RECLOSER_STORE_PUSH_REFUSED",
        namespace,
        `Redis lets this user not publish to ${keys.channel}: other replicas learn of a change by their poll, within a second or so, instead of at once`,
      );
    if (flags.includes("q"))
      warnOnce(
        "RECLOSER_STORE_QUARANTINE",
        `${namespace} ${name}`,
        `what Redis had for the record "${name}" was not written by this library, or is damaged: it is kept as ${keys.aside(name)} for a week, and the record begins anew`,
      );
    for (const [flag, key, aside] of keys.ownByFlag)
      if (flags.includes(flag))
        warnOnce(
          "RECLOSER_STORE_QUARANTINE",
          key,
          `what Redis had under ${key} was not written by this library: it is kept as ${aside} for a week, and what belongs there begins anew`,
        );
  }
}

function replyOf(code: ReplyCode, detail: string, facts: Facts): Reply {
  if (detail !== "") return { code, retryAfterMs: Number(detail) };
  const { circuit } = facts;
  const hasLease = (code === "probe" || code === "renewed") && circuit.is === "tripped" && circuit.lease !== null;
  return hasLease ? { code, lease: circuit.lease } : { code };
}

// One record that makes no sense here is not to keep the others from being read; the scripts set aside what makes none there.
function readable(fields: Fields): Facts {
  try {
    return factsOf(fields);
  } catch {
    return NO_RECORD;
  }
}

function readableFields(flat: unknown): Fields {
  return Array.isArray(flat) ? fieldsOf(flat) : new Map();
}

// A message of somebody else, or of another version, is no hint.
function hintOf(message: string): StoreHint | null {
  try {
    const { name, by, now, fields } = JSON.parse(message) as Record<"name" | "by" | "now", string> & { fields: object };
    const facts = factsOf(new Map(Object.entries(fields) as [string, string][]));
    const nowMs = Number(now);
    return Number.isFinite(nowMs) ? { name, by, facts, nowMs } : null;
  } catch {
    return null;
  }
}

function list(answer: unknown): readonly unknown[] {
  if (!Array.isArray(answer)) throw new StoreError(`Redis answered ${typeof answer} where a list was to come`);
  return answer;
}
