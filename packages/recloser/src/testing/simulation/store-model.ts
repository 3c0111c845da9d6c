/** A shared store in a simulated world: reached over the network, with every way of failing that a real one has. */
import { StoreError } from "../../errors.ts";
import type { SharedStore, StoreHint } from "../../store/store.ts";
import type { SimulatedNetwork } from "./network.ts";
import { SimulatedProcess } from "./process.ts";
import { StoreServer, type StoreImage, type StoreOperation } from "./store-server.ts";
import type { World } from "./world.ts";

interface Subscriber {
  readonly process: SimulatedProcess;
  readonly onHint: (hint: StoreHint) => void;
}

export class StoreModel {
  readonly process: SimulatedProcess;
  readonly server: StoreServer;
  readonly #network: SimulatedNetwork;
  readonly #subscribers = new Set<Subscriber>();
  #listeners: ((operation: StoreOperation) => void)[] = [];
  /** Its clock was stepped by this much. */
  stepMs = 0;
  /** Connections are refused. */
  isDown = false;
  /** Every command fails with this error, as a read-only replica's or a full memory's; null: none does. */
  failure: string | null = null;
  /** Whether changes are pushed; the poll finds them anyway. */
  pushes = true;
  /** Commands carried out, by kind. */
  readonly counts: Record<string, number> = {};

  constructor(world: World, network: SimulatedNetwork, server: StoreServer = new StoreServer(), name = "store") {
    this.process = new SimulatedProcess(world, name);
    this.server = server;
    this.#network = network;
  }

  nowMs(): number {
    return this.process.clock.now() + this.stepMs;
  }

  /** Told of every operation that was carried out. */
  onOperation(listener: (operation: StoreOperation) => void): void {
    this.#listeners.push(listener);
  }

  /** Loses everything, like FLUSHALL or a restart without persistence. */
  wipe(): void {
    this.server.wipe();
  }

  image(): StoreImage {
    return this.server.image();
  }

  /** Goes back to an earlier image, like a failover to a replica that lagged behind. */
  restore(image: StoreImage): void {
    this.server.restore(image);
  }

  /** The store as one process uses it. */
  client(process: SimulatedProcess): SharedStore {
    const ask = <T>(kind: string, run: () => T): Promise<T> => this.#ask(process, kind, run);
    return {
      kind: "model",
      apply: ({ namespace, name }, command, policy, by) =>
        ask(command.type, () => {
          const operation = this.server.apply(`${namespace}:${name}`, command, policy, by, this.nowMs());
          for (const listener of this.#listeners) listener(operation);
          const changed = operation.after.version !== operation.before.version;
          if (changed && this.pushes) this.#push({ name, facts: operation.after, nowMs: this.nowMs(), by });
          return operation.answer;
        }),
      read: (namespace, names) =>
        ask("read", () => {
          const found = this.server.read(names.map((name) => `${namespace}:${name}`));
          const records = new Map([...found].map(([name, facts]) => [name.slice(namespace.length + 1), facts]));
          return { nowMs: this.nowMs(), records };
        }),
      changes: (namespace, cursor) =>
        ask("changes", () => {
          const { names, ...rest } = this.server.changes(cursor);
          return { ...rest, names: names.map((name) => name.slice(namespace.length + 1)) };
        }),
      subscribe: (_namespace, onHint) =>
        ask("subscribe", () => {
          const subscriber = { process, onHint };
          this.#subscribers.add(subscriber);
          process.onCrash(() => this.#subscribers.delete(subscriber));
          return () => void this.#subscribers.delete(subscriber);
        }),
      ping: () => ask("ping", () => true as const),
      close: () => Promise.resolve(),
    };
  }

  // A command that is lost, or whose answer is, never settles: the caller has a deadline of its own.
  #ask<T>(process: SimulatedProcess, kind: string, run: () => T): Promise<T> {
    // A client that has no connection sends nothing, also if there is one by the time at which this would arrive.
    const isUnsent = this.isDown;
    return new Promise((resolve, reject) => {
      this.#network.send(process, this.process, () => {
        const failure = isUnsent || this.isDown ? "ECONNREFUSED" : this.failure;
        if (failure !== null) {
          this.#network.send(this.process, process, () => reject(new StoreError(failure, { isUnsent })));
          return;
        }
        this.counts[kind] = (this.counts[kind] ?? 0) + 1;
        const answer = run();
        this.#network.send(this.process, process, () => resolve(answer));
      });
    });
  }

  #push(hint: StoreHint): void {
    for (const { process, onHint } of this.#subscribers) {
      this.#network.send(this.process, process, () => onHint(hint));
    }
  }
}
