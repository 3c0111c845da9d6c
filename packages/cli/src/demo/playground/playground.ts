/**
 * An outage to play with: simulated providers, three copies of an application that share a circuit, the same callers without a
 * breaker, and switches. It goes on until it is closed; a story may be told in it first, until somebody takes a switch.
 */
import { createRecloser, memoryStore, type Recloser, type RecloserOptions } from "recloser";
import { type Fault, type SimulatedProvider, simulatedProvider } from "recloser/testing";
import type { DemoPointer, DemoReplica, DemoView, DemoWish, Demonstration } from "@recloser/dashboard";
import { Arm } from "../arm.ts";
import { plainCall } from "../calls.ts";
import { everyMs, wallClock } from "../clock.ts";
import { type Arms, PROVIDER_LATENCY, warmUp, type World } from "../stage.ts";
import { AppReplica, NO_COUNTS, type ReplicaCounts, SIMULATED } from "./app-replica.ts";
import { Callers } from "./callers.ts";
import { MOST_PER_SECOND } from "./command.ts";
import { Seconds } from "./seconds.ts";
import { type Switch, SWITCHES, switchFor, switchOf } from "./switches.ts";

const RECENT = 3;
const KEPT_MS = 120_000;
const NAMES = ["A", "B", "C"] as const;

/** The provider in each of its wire formats, for programs of the visitor's own. */
export type Formats = Readonly<Record<"openai" | "anthropic" | "gemini", SimulatedProvider>>;

export interface PlaygroundSettings {
  /** Callers per second. */
  readonly rps: number;
  readonly seed: number;
  /** Of the breakers. Default: the library's own. */
  readonly defaults?: NonNullable<RecloserOptions["defaults"]>;
}

export class Playground implements Demonstration {
  /** What a story is played to. */
  readonly world: World;
  readonly formats: Formats;
  /** The gateway's, which is one more replica. */
  readonly recloser: Recloser;
  /** Of the application's copies. */
  readonly replicas: readonly Recloser[];
  /** Somebody has taken a switch. */
  readonly taken: AbortSignal;
  pointers: readonly DemoPointer[] = [];
  story: string | null = null;
  /** Called with each turn of a switch by hand. */
  onTurn: (on: Switch, fault: Fault | null) => void = () => {};
  readonly #taken = new AbortController();
  readonly #plain: SimulatedProvider;
  readonly #apps: readonly AppReplica[];
  readonly #callers: Callers;
  readonly #seconds: Seconds;
  readonly #undo: (() => void)[] = [];
  #on: Switch = switchOf("healthy");
  #hasFallback = false;
  #turnNext: (() => void) | null = null;
  #asked = 0;
  #ofGateway: ReplicaCounts = NO_COUNTS;
  #shown: readonly DemoReplica[] = [];

  private constructor({ rps, seed, defaults = {} }: PlaygroundSettings, plain: SimulatedProvider, formats: Formats) {
    this.#plain = plain;
    this.formats = formats;
    this.taken = this.#taken.signal;
    const store = memoryStore();
    const { baseUrl } = formats.openai;
    this.replicas = NAMES.map((replicaId) => createRecloser({ store, replicaId, defaults }));
    this.#apps = NAMES.map((name, at) => new AppReplica(name, this.replicas[at] as Recloser, baseUrl));
    this.recloser = createRecloser({ store, replicaId: "gateway", defaults });
    // Its own view of the circuit is there before its first call.
    this.recloser.breaker(SIMULATED);
    const arms = {
      without: new Arm(plain, () => this.#plainCall(), wallClock),
      with: new Arm(formats.openai, () => this.#guardedCall(), wallClock),
    };
    const [{ breaker }] = this.#apps as [AppReplica, ...AppReplica[]];
    this.world = { breaker, arms, turn: (fault) => this.#tell(fault), close: () => Promise.resolve() };
    this.#callers = new Callers(rps, seed, () => askBoth(arms));
    this.#seconds = new Seconds(arms, wallClock.now());
    this.#undo.push(everyMs(1_000, () => this.#endSecond()));
  }

  static async open(settings: PlaygroundSettings): Promise<Playground> {
    const one = (dialect: keyof Formats): Promise<SimulatedProvider> =>
      simulatedProvider({ dialect, seed: settings.seed, latency: PROVIDER_LATENCY });
    const [plain, openai, anthropic, gemini] = await Promise.all([
      one("openai"),
      one("openai"),
      one("anthropic"),
      one("gemini"),
    ]);
    await warmUp();
    return new Playground(settings, plain, { openai, anthropic, gemini });
  }

  /** Callers come from now on, until it is closed. */
  begin(): void {
    void this.#callers.run();
  }

  view(): DemoView {
    const { past } = this.#seconds;
    return {
      switches: SWITCHES.map(({ id, label, says }) => ({ id, label, says })),
      pointers: this.pointers,
      mostCallsPerSecond: MOST_PER_SECOND,
      past,
      now: {
        on: this.#on.id,
        callsPerSecond: this.#callers.perSecond,
        hasFallback: this.#hasFallback,
        story: this.story,
        recent: past.slice(-RECENT),
        replicas: this.#shown,
      },
    };
  }

  turn({ switch: id, callsPerSecond, hasFallback }: DemoWish): void {
    this.#taken.abort();
    this.story = null;
    if (callsPerSecond !== undefined) this.#callers.perSecond = callsPerSecond;
    if (hasFallback !== undefined) this.#hasFallback = hasFallback;
    if (id !== undefined && id !== this.#on.id) this.#turnTo(switchOf(id));
  }

  /** A request of a visitor's own program has been answered by the gateway. */
  answeredByGateway(how: keyof ReplicaCounts): void {
    this.#ofGateway = { ...this.#ofGateway, [how]: this.#ofGateway[how] + 1 };
  }

  async close(): Promise<void> {
    this.#callers.close();
    this.#turnNext?.();
    for (const undo of this.#undo) undo();
    const { without, with: guarded } = this.world.arms;
    await Promise.all([without.close(), guarded.close()]);
    await Promise.all(Object.values(this.formats).map((provider) => provider.close()));
    await Promise.all([...this.replicas, this.recloser].map((recloser) => recloser.close()));
  }

  #tell(fault: Fault | null): void {
    this.#on = switchFor(fault);
    this.#set(fault);
  }

  #turnTo(on: Switch): void {
    this.#turnNext?.();
    this.#turnNext = null;
    this.#on = on;
    let at = 0;
    const next = (): void => {
      const fault = on.faults[at++ % on.faults.length] ?? null;
      this.#set(fault);
      this.onTurn(on, fault);
    };
    next();
    if (on.faults.length > 1) this.#turnNext = everyMs(on.eachMs, next);
  }

  // All in the same turn of the event loop: nobody hears of it before the others.
  #set(fault: Fault | null): void {
    for (const provider of [this.#plain, ...Object.values(this.formats)]) void provider.setFault(fault);
  }

  #plainCall(): Promise<"fallback" | void> {
    return plainCall({ baseUrl: this.#plain.baseUrl, streams: this.#on.streams }, wallClock)();
  }

  #guardedCall(): Promise<"fallback" | void> {
    const replica = this.#apps[this.#asked++ % this.#apps.length] as AppReplica;
    return replica.call(this.#on.streams, this.#hasFallback);
  }

  #endSecond(): void {
    const nowMs = wallClock.now();
    this.#seconds.take(nowMs);
    const { without, with: guarded } = this.world.arms;
    if (this.story === null) for (const { ledger } of [without, guarded]) ledger.forgetBefore(nowMs - KEPT_MS);
    const gateway = { name: "gateway", state: this.recloser.breaker(SIMULATED).state, ...this.#ofGateway };
    this.#ofGateway = NO_COUNTS;
    this.#shown = [
      ...this.#apps.map((replica) => ({
        name: replica.name,
        state: replica.breaker.state,
        ...replica.takeCounts(),
      })),
      gateway,
    ];
  }
}

function askBoth({ without, with: guarded }: Arms<Arm>): void {
  without.ask();
  guarded.ask();
}
