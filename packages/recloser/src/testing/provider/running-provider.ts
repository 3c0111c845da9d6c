/** The provider's parts, put together. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Random } from "../../random.ts";
import { seededRandom } from "../seeded-random.ts";
import { answerAdmin, isAdminPath } from "./admin.ts";
import type { Switchboard } from "./admin.ts";
import { Gate } from "./capacity.ts";
import { Counters } from "./counters.ts";
import type { ProviderStats, RequestRecord } from "./stats.ts";
import { exchange } from "./exchange.ts";
import type { Workings } from "./exchange.ts";
import { FaultBoard } from "./fault-board.ts";
import { checkedFault } from "./fault.ts";
import type { Fault } from "./fault.ts";
import { Listener } from "./listener.ts";
import type { CheckedOptions } from "./options.ts";
import { checkedSchedule } from "./schedule.ts";
import type { ScheduleStep } from "./schedule.ts";

import type { SimulatedProvider } from "./simulated-provider.ts";

// The draws of one concern must not shift those of another, or a changed latency would change who is struck.
const LATENCY_STREAM = 0x9e37_79b9;

export class RunningProvider implements SimulatedProvider {
  readonly #options: CheckedOptions;
  readonly #listener: Listener;
  readonly #counters: Counters;
  readonly #gate: Gate;
  readonly #board: FaultBoard;
  #latencyRandom: Random;
  #ordinal = 0;
  #listening: Promise<void> = Promise.resolve();
  #spared: Socket | undefined;

  constructor(options: CheckedOptions) {
    const { host, port, clock, capacity } = options;
    this.#options = options;
    this.#counters = new Counters(clock);
    this.#gate = new Gate(capacity, clock);
    this.#board = new FaultBoard(clock, this.#freshRandom(0), (fault) => this.#follow(fault));
    this.#latencyRandom = this.#freshRandom(LATENCY_STREAM);
    const workings = this.#workings();
    this.#listener = new Listener(host, port, (request, response) => this.#answer(workings, request, response));
  }

  async start(): Promise<void> {
    const { fault, schedule } = this.#options;
    await this.#listener.comeUp();
    if (schedule !== null) void this.#board.run(schedule);
    else if (fault !== null) this.#put(fault);
  }

  get url(): string {
    const { host } = this.#options;
    return `http://${host.includes(":") ? `[${host}]` : host}:${this.port}`;
  }
  get baseUrl(): string {
    return this.url + this.#options.dialects[0].basePath;
  }
  get port(): number {
    return this.#listener.port;
  }
  get fault(): Fault | null {
    return this.#board.current;
  }
  get requests(): readonly RequestRecord[] {
    return this.#counters.recent;
  }

  stats(): ProviderStats {
    const { connections, connectionsTotal } = this.#listener;
    return { ...this.#counters.counts, queued: this.#gate.waiting, connections, connectionsTotal };
  }

  setFault(fault: Fault | null): Promise<void> {
    this.#put(checkedFault(fault, "fault"));
    return this.#listening;
  }

  runSchedule(steps: readonly ScheduleStep[]): Promise<void> {
    return this.#board.run(checkedSchedule(steps, "steps"));
  }

  reset(): Promise<void> {
    this.#board.set(null);
    this.#board.reseed(this.#freshRandom(0));
    this.#latencyRandom = this.#freshRandom(LATENCY_STREAM);
    this.#counters.reset();
    this.#ordinal = 0;
    return this.#listening;
  }

  close(): Promise<void> {
    this.#board.close();
    return this.#listener.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #answer(workings: Workings, request: IncomingMessage, response: ServerResponse): void {
    response.setHeader("x-simulated-provider", "recloser");
    // Node would tell the machine's time; an instant in another header must be one of the same clock.
    response.setHeader("date", new Date(this.#options.clock.now()).toUTCString());
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    const answering = isAdminPath(path)
      ? answerAdmin(path, request, response, this.#switchboard())
      : exchange(workings, path, request, response);
    answering.catch((error: unknown) => failed(response, error));
  }

  #put(fault: Fault | null): void {
    if (fault?.kind !== "down" || fault.forMs === undefined) return this.#board.set(fault);
    void this.#board.run([{ forMs: fault.forMs, fault: { kind: "down" } }]);
  }

  #follow(fault: Fault | null): void {
    this.#listening = fault?.kind === "down" ? this.#listener.goDown(this.#spared) : this.#listener.comeUp();
    // Whoever set the fault has the promise, too; but a schedule has nobody else to tell that the port was taken.
    this.#listening.catch((error: unknown) =>
      process.emitWarning(`simulated provider cannot listen again: ${String(error)}`),
    );
  }

  #freshRandom(stream: number): Random {
    return this.#options.random ?? seededRandom(this.#options.seed ^ stream);
  }

  #workings(): Workings {
    return {
      ...this.#options,
      gate: this.#gate,
      board: this.#board,
      counters: this.#counters,
      latencyRandom: () => this.#latencyRandom,
      nextOrdinal: () => ++this.#ordinal,
      droppedByUs: (socket) => this.#listener.dropped(socket),
    };
  }

  #switchboard(): Switchboard {
    return {
      state: () => ({ fault: this.fault, scheduled: this.#board.scheduled, stats: this.stats() }),
      reset: () => void this.reset(),
      setFault: (fault, asking) => {
        this.#spared = asking;
        this.#put(fault);
        this.#spared = undefined;
      },
    };
  }
}

// Not a simulated fault but a defect of the simulator: it must be seen, not mistaken for a scripted 500.
function failed(response: ServerResponse, error: unknown): void {
  process.emitWarning(`simulated provider: ${error instanceof Error ? error.stack : String(error)}`);
  response.destroy();
}
