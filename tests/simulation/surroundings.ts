/** What surrounds the replicas of a plan: the provider, the store, the network, and all that is wrong with them while it is. */
import { type LinkConditions, SimulatedNetwork } from "../../packages/recloser/src/testing/simulation/network.ts";
import { ProviderModel } from "../../packages/recloser/src/testing/simulation/provider-model.ts";
import type { ProviderMode, ProviderSegment } from "../../packages/recloser/src/testing/simulation/provider-mode.ts";
import { StoreModel } from "../../packages/recloser/src/testing/simulation/store-model.ts";
import type { StoreServer } from "../../packages/recloser/src/testing/simulation/store-server.ts";
import type { World } from "../../packages/recloser/src/testing/simulation/world.ts";
import type { Policy } from "../../packages/recloser/src/policy.ts";
import type { Fault, Plan, ProviderFault } from "./plan.ts";

const STORE = "store";
const FLAP_MS = 500;

const LATENCY = {
  answer: { kind: "uniform", minMs: 100, maxMs: 1_000 },
  firstToken: { kind: "uniform", minMs: 100, maxMs: 600 },
  interToken: { kind: "uniform", minMs: 20, maxMs: 80 },
  error: { kind: "uniform", minMs: 20, maxMs: 80 },
} as const;

export function nameOf(replica: number): string {
  return `r${replica}`;
}

/** The faults that the world around the replicas has; those of the replicas themselves are theirs. */
export class Surroundings {
  readonly network: SimulatedNetwork;
  readonly store: StoreModel;
  readonly provider: ProviderModel;
  /** Where calls go whose replica has no way out. */
  readonly #nowhere: ProviderModel;
  readonly #world: World;
  readonly #plan: Plan;
  readonly #active = new Set<Fault>();
  /** Called before the store loses data, and when an image is taken that a failover will bring back. */
  onLoss: (image: symbol | null) => void = () => {};
  onImage: (image: symbol) => void = () => {};

  constructor(world: World, plan: Plan, policy: Policy, server: StoreServer) {
    this.#world = world;
    this.#plan = plan;
    this.network = new SimulatedNetwork(world);
    this.store = new StoreModel(world, this.network, server, STORE);
    const schedule = plan.provider
      .filter(({ mode }) => mode !== "dead egress")
      .map((fault) => segmentOf(fault, plan.faultsForMs, policy));
    this.provider = new ProviderModel(world, { schedule, latency: LATENCY, chunks: 3 });
    this.#nowhere = new ProviderModel(world, {
      name: "nowhere",
      schedule: [{ does: { kind: "unreachable" } }],
      latency: LATENCY,
    });
    this.#settle();
    for (const fault of plan.faults) this.#schedule(fault);
  }

  /** The provider as a replica reaches it now. */
  providerOf(replica: number): ProviderModel {
    const { nowMs } = this.#world;
    const isDead = this.#plan.provider.some(
      ({ mode, replica: whose, atMs, forMs }) =>
        mode === "dead egress" &&
        whose === replica &&
        atMs <= nowMs &&
        nowMs < Math.min(atMs + forMs, this.#plan.faultsForMs),
    );
    return isDead ? this.#nowhere : this.provider;
  }

  #schedule(fault: Fault): void {
    const { atMs } = fault;
    const endMs = Math.min(atMs + fault.forMs, this.#plan.faultsForMs);
    switch (fault.kind) {
      case "replica paused":
      case "replica crashed":
      case "operator":
        return;
      case "store wiped":
        this.#world.at(atMs, () => {
          this.onLoss(null);
          this.store.wipe();
        });
        return;
      case "failover":
        return this.#failOver(atMs, fault.lostMs);
      case "clock step":
        this.#world.at(atMs, () => {
          this.store.stepMs += fault.byMs;
        });
        return;
      case "store flapping":
        for (let ms = atMs; ms < endMs; ms += 2 * FLAP_MS) this.#while(fault, ms, Math.min(ms + FLAP_MS, endMs));
        return;
      case "store down":
      case "store hung":
      case "store slow":
      case "store failing":
      case "pushes lost":
      case "partition":
      case "lossy network":
        return this.#while(fault, atMs, endMs);
    }
  }

  #while(fault: Fault, fromMs: number, toMs: number): void {
    this.#world.at(fromMs, () => {
      this.#active.add(fault);
      this.#settle();
    });
    this.#world.at(toMs, () => {
      this.#active.delete(fault);
      this.#settle();
    });
  }

  #failOver(atMs: number, lostMs: number): void {
    const image = Symbol("image");
    this.#world.at(Math.max(0, atMs - lostMs), () => {
      this.onImage(image);
      const held = this.store.image();
      this.#world.at(atMs, () => {
        this.onLoss(image);
        this.store.restore(held);
      });
    });
  }

  // Everything is set anew from the faults in force, so that faults that overlap do not end each other.
  #settle(): void {
    const { store, network } = this;
    const inForce = [...this.#active];
    const is = (...kinds: readonly Fault["kind"][]): boolean => inForce.some(({ kind }) => kinds.includes(kind));
    store.isDown = is("store down", "store flapping");
    store.failure = is("store failing") ? "READONLY You can't write against a read only replica." : null;
    store.pushes = !is("pushes lost");
    if (is("store hung")) store.process.pause();
    else store.process.resume();
    network.heal();
    for (const fault of inForce) if (fault.kind === "partition") this.#part(nameOf(fault.replica), fault.direction);
    network.setConditions(conditions(inForce));
  }

  #part(replica: string, direction: "both" | "to store" | "from store"): void {
    if (direction !== "from store") this.network.cut(replica, STORE);
    if (direction !== "to store") this.network.cut(STORE, replica);
  }
}

function conditions(inForce: readonly Fault[]): LinkConditions {
  const slow = inForce.findLast((fault) => fault.kind === "store slow");
  const lossy = inForce.findLast((fault) => fault.kind === "lossy network");
  const [minMs, usualMs] = slow === undefined ? [0.3, 2] : [slow.latencyMs * 0.4, slow.latencyMs * 0.6];
  const { drop, duplicate, latencyMs } = lossy ?? { drop: 0, duplicate: 0, latencyMs: 0 };
  const latency = { kind: "uniform", minMs, maxMs: Math.max(usualMs, latencyMs) } as const;
  return { latency, drop, duplicate, ordered: lossy === undefined };
}

function segmentOf({ mode, atMs, forMs }: ProviderFault, endMs: number, policy: Policy): ProviderSegment {
  const span = { fromMs: atMs, toMs: Math.min(atMs + forMs, endMs) };
  return { ...span, does: modeOf(mode, policy) };
}

function modeOf(name: ProviderFault["mode"], policy: Policy): ProviderMode {
  switch (name) {
    case "hang":
      return { kind: "hang" };
    case "503":
      return { kind: "status", status: 503 };
    case "503 with hint":
      return { kind: "status", status: 503, retryAfterMs: HINT_MS };
    case "429":
      return { kind: "rate-limit", perSecond: 2 };
    case "429 with hint":
      return { kind: "rate-limit", perSecond: 1, retryAfter: "next" };
    case "401":
      return { kind: "status", status: 401 };
    case "brownout":
      return { kind: "status", status: 500, probability: 0.5 };
    case "noise":
      return { kind: "status", status: 500, probability: 0.05 };
    case "slow":
      return { kind: "slow", factor: 5 };
    case "truncated":
      return { kind: "cut-stream", afterChunks: 1, how: "end", probability: 0.8 };
    case "flapping":
      return {
        kind: "flapping",
        periodMs: 2 * policy.cooldown.initialMs,
        upShare: 0.5,
        down: { kind: "status", status: 503 },
      };
    case "little capacity":
      return { kind: "capacity", perSecond: { from: 1, perSecond: 0.5 } };
    case "unreachable":
    case "dead egress":
      return { kind: "unreachable" };
  }
}

/** How long a provider asks to be left alone. */
export const HINT_MS = 6_000;
