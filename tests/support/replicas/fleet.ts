/** A fleet on a real store: replicas in processes of their own, more of them in this one, and their common history. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrokenScript } from "./broken-scripts.ts";
import { History } from "./history.ts";
import { Journal } from "./journal.ts";
import type { ClientKind, StorePlace } from "./place.ts";
import { ReplicaProcess } from "./replica-process.ts";
import { ORDERS, Seat, type SeatOptions, type SeatOrders } from "./seat.ts";
import { watchStalls } from "./stalls.ts";

const LEAVES_WITHIN_MS = 5_000;
const HERE = "here";

export interface FleetOptions {
  /** Of the store, or what else says where it is. */
  readonly url: StorePlace;
  readonly processes?: number;
  /** Further processes without a replica, that stand by for `restart`; 0. */
  readonly spares?: number;
  /** Replicas in each process, every one with connections of its own; 1. */
  readonly seatsEach?: number;
  /** Further replicas in this process; 0. */
  readonly here?: number;
  /** By what each in turn reaches the store; by default by URL, but for some that bring a client. */
  readonly clients?: readonly ClientKind[];
  readonly broken?: BrokenScript;
  readonly isQuiet?: boolean;
}

export interface Replica extends SeatOrders {
  readonly name: string;
  /** Null for one in this process. */
  readonly process: ReplicaProcess | null;
}

const CLIENTS: readonly ClientKind[] = ["url", "url", "ioredis", "url", "node-redis"];

let fleets = 0;

export class ReplicaFleet {
  readonly history: History = new History();
  /** Those that have not been killed. */
  replicas: Replica[] = [];
  readonly processes: ReplicaProcess[] = [];
  readonly #spares: ReplicaProcess[] = [];
  readonly #options: FleetOptions;
  readonly #folder = mkdtempSync(join(tmpdir(), "recloser-fleet-"));
  readonly #journal: Journal;
  readonly #endWatch: () => void;
  readonly namespace: string = `fleet-${process.pid}-${++fleets}`;
  #started = 0;
  #opened = 0;

  private constructor(options: FleetOptions) {
    this.#options = options;
    this.#journal = new Journal(this.#path(HERE));
    this.history.follow(this.#path(HERE));
    this.#endWatch = watchStalls(HERE, this.#journal);
  }

  static async start(options: FleetOptions): Promise<ReplicaFleet> {
    const fleet = new ReplicaFleet(options);
    const { processes = 0, spares = 0, seatsEach = 1, here = 0 } = options;
    await Promise.all([
      ...Array.from({ length: processes }, () => fleet.#startProcess(fleet.processes)),
      ...Array.from({ length: spares }, () => fleet.#startProcess(fleet.#spares)),
    ]);
    for (let seat = 0; seat < seatsEach; seat++) for (const process of fleet.processes) await fleet.#open(process);
    for (let seat = 0; seat < here; seat++) await fleet.#open(null);
    return fleet;
  }

  #path(name: string): string {
    return join(this.#folder, `${name}.jsonl`);
  }

  async #startProcess(among: ReplicaProcess[]): Promise<void> {
    const name = `p${++this.#started}`;
    this.history.follow(this.#path(name));
    among.push(await ReplicaProcess.start(name, this.#path(name)));
  }

  // A new replica; null: in this process.
  async #open(process: ReplicaProcess | null): Promise<void> {
    const { broken = null, isQuiet = false, clients = CLIENTS } = this.#options;
    const client = clients[this.#opened++ % clients.length] ?? "url";
    const name = `${process?.name ?? HERE}.${this.#opened}`;
    const { url } = this.#options;
    const options: SeatOptions = { name, url, client, namespace: this.namespace, broken, isQuiet };
    if (process !== null) await process.ask(name, "open", [options]);
    const orders = process === null ? new Seat(options, this.#journal) : remote(process, name);
    this.replicas.push(Object.assign(orders, { name, process }));
  }

  /** All replicas with a breaker for one key. */
  async use(...args: Parameters<SeatOrders["use"]>): Promise<void> {
    await Promise.all(this.replicas.map((replica) => replica.use(...args)));
  }

  pause(process: ReplicaProcess): void {
    this.#mark(process, "paused");
    process.pause();
  }

  resume(process: ReplicaProcess): void {
    process.resume();
    this.#mark(process, "resumed");
  }

  async kill(process: ReplicaProcess): Promise<void> {
    this.#mark(process, "killed");
    await process.kill();
    this.replicas = this.replicas.filter((replica) => replica.process !== process);
  }

  /** Kills every process that has replicas, and begins as many anew in those that stand by: nobody is left who remembers. */
  async restart(): Promise<void> {
    const old = this.processes.splice(0);
    await Promise.all(old.map((process) => this.kill(process)));
    this.processes.push(...this.#spares.splice(0, old.length));
    for (const process of this.processes) await this.#open(process);
  }

  /** One more replica, in a process of its own. */
  async another(): Promise<Replica> {
    await this.#startProcess(this.processes);
    await this.#open(this.processes.at(-1) as ReplicaProcess);
    return this.replicas.at(-1) as Replica;
  }

  #mark(process: ReplicaProcess, what: "paused" | "resumed" | "killed"): void {
    for (const replica of this.replicas) if (replica.process === process) this.#journal.write(replica.name, { what });
  }

  /** Closes everything. @throws Error naming processes that did not end by themselves: somebody left a handle there */
  async end(): Promise<void> {
    const running = [...this.processes, ...this.#spares].filter((process) => process.isRunning);
    try {
      await Promise.all(this.replicas.map((replica) => replica.close()));
      const left = await Promise.all(running.map((process) => process.leaves(LEAVES_WITHIN_MS)));
      const stayed = running.filter((_, at) => left[at] === false).map(({ name }) => name);
      if (stayed.length > 0) throw new Error(`${stayed.join(", ")} had to be killed`);
    } finally {
      await Promise.all(running.map((process) => process.kill()));
      this.#endWatch();
      rmSync(this.#folder, { recursive: true, force: true });
    }
  }
}

function remote(process: ReplicaProcess, seat: string): SeatOrders {
  return Object.fromEntries(
    ORDERS.map((method) => [method, (...args: unknown[]) => process.ask(seat, method, args)]),
  ) as unknown as SeatOrders;
}
