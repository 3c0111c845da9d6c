/** The registry: one breaker per key, one set of policies, a bound on how many there are. */
import type { Breaker, Recloser, RecloserOptions, StoreHealth } from "./api.ts";
import { type BreakerHost, GuardingBreaker } from "./breaker.ts";
import { type Clock, systemClock } from "./clock.ts";
import { InvalidOptionError } from "./errors.ts";
import { Emitter, type EventName, type ListenerOptions, type PolicyEvent, type RecloserEvents } from "./events.ts";
import { type BreakerKey, recordNames } from "./key.ts";
import type { Policy, PolicyOptions } from "./policy.ts";
import { createPolicy, POLICY_OPTION_NAMES } from "./policy.ts";
import { assertSamePolicy, PolicyTable } from "./policy-table.ts";
import { pathsOf } from "./policy-paths.ts";
import { fleetOptionsFor } from "./policy-reach.ts";
import type { PolicySources } from "./policy-sources.ts";
import { type Random, randomText, systemRandom } from "./random.ts";
import { type FleetLayer, FleetPolicies } from "./store/fleet-policies.ts";
import { Link } from "./store/link.ts";
import { bookOf, memoryStore, RecordBook } from "./store/memory.ts";
import { follow, MemoryPolicies } from "./store/memory-policies.ts";
import type { SharedStore, Store } from "./store/store.ts";
import { useStore } from "./store/users.ts";
import { isObserved, publish } from "./telemetry/diagnostics-channel.ts";
import { unsaid } from "./unsaid.ts";
import { count, exact, fields, fn, text } from "./validate.ts";
import { warnOnce } from "./warn.ts";

const OPTIONS = ["store", "namespace", "defaults", "policies", "replicaId", "maxBreakers", "clock", "random"] as const;
// How far one eviction looks: a bound on the work of creating a breaker.
const LOOK_AT_MOST = 64;

/**
 * A registry of breakers.
 *
 * @throws InvalidOptionError for a bad option, naming it
 * @example
 * const recloser = createRecloser({ defaults: { cooldown: { initial: "5s" } }, policies: { "openai:*": { silence: "30s" } } });
 * const breaker = recloser.breaker({ provider: "openai", model: "gpt-5" });
 */
export function createRecloser(options: RecloserOptions = {}): Recloser {
  return new Registry(options);
}

/**
 * One breaker, in this process.
 *
 * @param options the policy, and `name` (default "breaker"), `clock`, `random`
 * @throws InvalidOptionError for a bad option, naming it
 * @example
 * const breaker = createBreaker({ name: "search", failureThreshold: 5 });
 * await breaker.execute(() => search(query));
 */
export function createBreaker(
  options: PolicyOptions & {
    readonly name?: string | undefined;
    readonly clock?: Clock | undefined;
    readonly random?: Random | undefined;
  } = {},
): Breaker {
  const { name, clock, random, ...policy } = fields("options", options, [
    "name",
    "clock",
    "random",
    ...POLICY_OPTION_NAMES,
  ]) as typeof options;
  const key = exact(name, "breaker", (value) => text("name", value));
  recordNames(key);
  const alone: BreakerHost = {
    book: new RecordBook(),
    clock: exact(clock, systemClock, readClock),
    random: exact(random, systemRandom, (value) => fn("random", value) as unknown as Random),
    replicaId: "local",
    closed: false,
    isShared: false,
    policyFor: () => breaker.policy,
    hears: isObserved,
    tell: publish,
    admit: () => {},
  };
  const breaker = new GuardingBreaker(key, key, createPolicy(policy), alone);
  return breaker;
}

class Registry implements Recloser, BreakerHost {
  readonly book: RecordBook;
  readonly clock: Clock;
  readonly random: Random;
  readonly replicaId: string;
  closed = false;
  readonly isShared: boolean;
  readonly #link: Link | null;
  #leaveStore: (() => Promise<void>) | null = null;
  #endHistory: (() => Promise<void>) | undefined;
  #forgetPolicies = (): void => {};
  #closing: Promise<void> | null = null;
  readonly #maxBreakers: number;
  readonly #emitter = new Emitter();
  readonly #breakers = new Map<string, GuardingBreaker>();
  // The first breaker of each record, whose policy the others share, and how many there are.
  readonly #byRecord = new Map<string, { readonly first: GuardingBreaker; count: number }>();
  readonly #sinceMs: number;
  #policies: PolicyTable;
  // What operators have set for the whole fleet (policy-sources.ts).
  readonly fleet: FleetPolicies;

  constructor(options: RecloserOptions) {
    const given = fields("options", options, OPTIONS);
    const namespace = exact(given["namespace"], "recloser", (value) => text("namespace", value));
    this.clock = exact(given["clock"], systemClock, readClock);
    this.random = exact(given["random"], systemRandom, (value) => fn("random", value) as unknown as Random);
    this.replicaId = exact(given["replicaId"], null, (value) => text("replicaId", value)) ?? ownReplicaId(this.random);
    this.#maxBreakers = exact(given["maxBreakers"], 10_000, (value) => count("maxBreakers", value));
    this.#policies = new PolicyTable(options.defaults, options.policies, [], (error) => this.#policiesRefused(error));
    this.#sinceMs = this.clock.now();
    const store = options.store ?? memoryStore();
    const own = isShared(store) ? null : bookOf(store, namespace);
    if (!isShared(store) && own === null)
      throw new InvalidOptionError("store", "memoryStore() or a shared store", unsaid(options.store));
    const inMemory = own === null ? null : new MemoryPolicies(own, this.clock);
    this.fleet = new FleetPolicies(inMemory ?? (store as SharedStore).policies ?? null, {
      ...{ namespace, clock: this.clock },
      policiesChanged: (layers, changes) => this.#policiesChanged(layers, changes),
      policiesRefused: (error) => this.#policiesRefused(error),
    });
    this.#link = isShared(store) ? this.#linkTo(store, namespace) : null;
    this.isShared = this.#link !== null;
    this.book = own ?? new RecordBook(this.#link);
    if (inMemory !== null) this.#forgetPolicies = follow(inMemory, this.fleet, this.clock);
  }

  breaker(key: string | BreakerKey, options?: PolicyOptions): Breaker {
    const { breaker: name, policy: policyName, health } = recordNames(key);
    const known = this.#breakers.get(place(name, key));
    if (known !== undefined && (options === undefined || options === known.own)) return known;
    // Breakers of one record (a string, other credentials) share its policy: the first one's.
    const first = known ?? this.#byRecord.get(health)?.first;
    const own = options ?? first?.own;
    const policy = this.#policies.policyOf(policyName, own);
    if (first !== undefined && options !== undefined) assertSamePolicy(name, first.policy, policy, options);
    if (known !== undefined) return known;
    this.#assertSharable(policy);
    const breaker = new GuardingBreaker(name, typeof key === "string" ? key : { ...key }, policy, this, own);
    this.#insert(breaker);
    // What other replicas know of its records should be here before the first call.
    if (this.isShared) void breaker.records;
    return breaker;
  }

  *breakers(): Iterable<Breaker> {
    yield* [...this.#breakers.values()]; // as they are now: whoever iterates may make new ones
  }

  configure(options: {
    readonly defaults?: PolicyOptions | undefined;
    readonly policies?: Readonly<Record<string, PolicyOptions>> | undefined;
  }): void {
    const given = fields("options", options, ["defaults", "policies"]) as typeof options;
    this.#goBy(this.#policies.with(given.defaults, given.policies));
  }

  #policiesChanged(layers: readonly FleetLayer[], changes: readonly PolicyEvent[]): void {
    this.#goBy(this.#policies.withFleet(layers));
    for (const change of changes) this.tell("policy", change);
  }

  #policiesRefused(error: Error): void {
    warnOnce("RECLOSER_FLEET_POLICY", error.message, error.message);
    this.tell("store", { mode: "shared", error, atMs: this.clock.now() }); // it answers, and is not lost
  }

  /** What a breaker's policy is made of. */
  policySources(breaker: Breaker): PolicySources {
    const { key, own } = breaker as GuardingBreaker;
    const { policy: name } = recordNames(key);
    const { options } = this.fleet;
    return {
      code: pathsOf(this.#policies.codeOf(name)),
      fleet: options.length === 0 ? {} : fleetOptionsFor(name, options),
      own: pathsOf(own),
    };
  }

  #goBy(table: PolicyTable): void {
    // All of them are made before any is changed: a bad one changes nothing.
    const changes = [...this.#breakers.values()].map((breaker) => ({
      breaker,
      policy: table.policyOf(recordNames(breaker.key).policy, breaker.own),
    }));
    for (const { policy } of changes) this.#assertSharable(policy);
    this.#policies = table;
    for (const { breaker, policy } of changes) if (breaker.policy !== policy) breaker.configure(policy);
  }

  #assertSharable({ windowCalls }: Policy): void {
    if (!this.isShared || windowCalls === null) return;
    const expected = "a duration: a window of calls is one process's own, and cannot be shared";
    throw new InvalidOptionError("window", expected, { calls: windowCalls });
  }

  policyFor(name: string): Policy {
    return this.#policies.policyOf(name);
  }

  #linkTo(store: SharedStore, namespace: string): Link {
    const { replicaId, clock, random } = this;
    this.#leaveStore = useStore(store);
    this.#endHistory = store.history?.follow({ recloser: this, store, namespace, replicaId, clock });
    return new Link(store, {
      ...{ namespace, replicaId, clock, random },
      storeChanged: (mode, error, atMs) => this.tell("store", { mode, error, atMs }),
      lookAtPolicies: (mayHaveChanged) => this.fleet.look(mayHaveChanged),
    });
  }

  async ready(key?: string | BreakerKey): Promise<void> {
    const records = key === undefined ? [] : (this.breaker(key) as GuardingBreaker).records.all;
    await this.#link?.ready;
    await Promise.all(records.flatMap(({ shared }) => (shared === null ? [] : [shared.whenRead()])));
  }

  storeHealth(): StoreHealth {
    if (this.#link !== null) {
      const { isConnected, sinceMs, lastError, roundTripMs, droppedReports } = this.#link.health;
      return { mode: isConnected ? "shared" : "local", sinceMs, lastError, roundTripMs, droppedReports };
    }
    return { mode: "local", sinceMs: this.#sinceMs, lastError: null, roundTripMs: null, droppedReports: 0 };
  }

  on<K extends EventName>(
    event: K,
    listener: (event: RecloserEvents[K]) => void,
    options?: ListenerOptions,
  ): Disposable {
    return this.#emitter.on(event, listener, options);
  }

  // Whoever asks again waits for the same end: the store must not go while the last words are being said.
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    this.closed = true;
    this.#forgetPolicies();
    this.fleet.close();
    for (const breaker of this.#breakers.values()) breaker.close();
    await Promise.all([this.#endHistory?.(), this.#link?.close()]);
    await this.#leaveStore?.();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  // ---- as the host of its breakers ---------------------------------------------------------------------------------

  hears(name: EventName): boolean {
    return this.#emitter.has(name) || isObserved(name);
  }

  tell<K extends EventName>(name: K, event: RecloserEvents[K]): void {
    this.#emitter.emit(name, event);
    publish(name, event);
  }

  // A breaker that was evicted and is used again goes back to its place. If the key has been asked for meanwhile there
  // are two objects, but they share the key's records, so they are one circuit.
  admit(breaker: GuardingBreaker): void {
    if (this.#breakers.has(place(breaker.name, breaker.key))) return;
    breaker.configure(this.#policies.policyOf(recordNames(breaker.key).policy, breaker.own)); // policies may have changed meanwhile
    this.#insert(breaker);
  }

  #insert(breaker: GuardingBreaker): void {
    if (this.#breakers.size >= this.#maxBreakers) this.#evict();
    this.#breakers.set(place(breaker.name, breaker.key), breaker);
    const { health } = recordNames(breaker.key);
    const record = this.#byRecord.get(health);
    if (record === undefined) this.#byRecord.set(health, { first: breaker, count: 1 });
    else record.count++;
  }

  /** Forgets a breaker of a record; false for the first one while there are others, since they go by its policy. */
  #leaveRecord(breaker: GuardingBreaker): boolean {
    const { health } = recordNames(breaker.key);
    const record = this.#byRecord.get(health);
    if (record === undefined) return true;
    if (record.first === breaker && record.count > 1) return false;
    if (--record.count === 0) this.#byRecord.delete(health);
    return true;
  }

  // The clock algorithm: a breaker used since the last look gets a second chance at the end of the line.
  #evict(): void {
    const nowMs = this.clock.now();
    let looks = 0;
    for (const [at, breaker] of this.#breakers) {
      if (this.#breakers.size < this.#maxBreakers) return;
      if (++looks > LOOK_AT_MOST) break;
      this.#breakers.delete(at);
      if (!breaker.used && breaker.isIdle(nowMs) && this.#leaveRecord(breaker)) {
        breaker.detach();
        continue;
      }
      breaker.used = false;
      this.#breakers.set(at, breaker);
    }
    if (this.#breakers.size < this.#maxBreakers) return;
    warnOnce(
      "RECLOSER_MAX_BREAKERS",
      this.replicaId,
      `more than ${this.#maxBreakers} breakers are open or in use; none could be evicted (maxBreakers). Are keys made from user input?`,
    );
  }
}

// A plain string and a structured key of the same name are two breakers: the string has only the one record.
function place(name: string, key: string | BreakerKey): string {
  return typeof key === "string" ? name : `\0${name}`;
}

function isShared(store: Store): store is SharedStore {
  return typeof (store as Partial<SharedStore> | null)?.apply === "function";
}

function readClock(value: unknown): Clock {
  const clock = value as Partial<Clock> | null;
  if (typeof clock?.now !== "function" || typeof clock.sleep !== "function") {
    throw new InvalidOptionError("clock", "{ now(): number; sleep(ms): Promise<void> }", value);
  }
  return clock as Clock;
}

interface ProcessHost {
  readonly process?: {
    readonly pid?: number;
    getBuiltinModule?(name: string): unknown;
  };
}

function ownReplicaId(random: Random): string {
  const { process } = globalThis as ProcessHost;
  const os = process?.getBuiltinModule?.("node:os") as { hostname(): string } | undefined;
  return `${os?.hostname() ?? "host"}-${process?.pid ?? 0}-${randomText(random, 6)}`;
}
