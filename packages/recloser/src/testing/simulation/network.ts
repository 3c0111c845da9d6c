/** Messages between processes: late, lost, twice, out of order, or not at all. */
import type { Random } from "../../random.ts";
import { type Distribution, sample } from "../provider/latency.ts";
import type { SimulatedProcess } from "./process.ts";
import type { World } from "./world.ts";

/** How a link treats messages. */
export interface LinkConditions {
  /** One way; default 0.5 ms. Where it varies, messages overtake each other. */
  readonly latency?: Distribution;
  /** The share that is lost; default 0. */
  readonly drop?: number;
  /** The share that arrives twice, each at its own time; default 0. */
  readonly duplicate?: number;
  /** No message overtakes another on its link, as in one TCP connection; default false. */
  readonly ordered?: boolean;
}

export interface NetworkCounters {
  sent: number;
  delivered: number;
  /** Lost by `drop`. */
  dropped: number;
  duplicated: number;
  /** Lost because the link was cut when they were sent, or when they were to arrive. */
  cut: number;
}

interface Link {
  readonly from: SimulatedProcess;
  readonly to: SimulatedProcess;
  lastDueMs: number;
}

/** Any process, in a link's name. */
const ANY = "*";
const LAN_MS = 0.5;
// Keeps the order of messages of one instant where the world shuffles ties.
const APART_MS = 0.000_1;

/**
 * A network. Its links are named by the processes at their ends, so they outlive a crash and a restart under the same name.
 *
 * @example
 * const network = new SimulatedNetwork(world, { latency: { kind: "exponential", meanMs: 1 }, drop: 0.01 });
 * network.cut("replica 1", "store"); // requests are lost, answers pass
 * network.send(replica, store, () => store.receive(request));
 */
export class SimulatedNetwork {
  readonly counters: NetworkCounters = { sent: 0, delivered: 0, dropped: 0, duplicated: 0, cut: 0 };
  readonly #world: World;
  readonly #random: Random;
  readonly #conditions = new Map<string, LinkConditions>();
  readonly #cuts = new Set<string>();
  readonly #links = new Map<string, Link>();

  /** @param label of the stream of randomness that decides; a second network needs another one */
  constructor(world: World, conditions: LinkConditions = {}, label = "network") {
    this.#world = world;
    this.#random = world.random(label);
    this.setConditions(conditions);
  }

  /** Changes how messages fare from now on: everywhere, or on the links between two names (`"*"`: any). */
  setConditions(conditions: LinkConditions, from: string = ANY, to: string = ANY): void {
    this.#conditions.set(linkName(from, to), conditions);
  }

  /** Cuts links in one direction (`"*"`: any process); what is under way is lost too. */
  cut(from: string, to: string): void {
    this.#cuts.add(linkName(from, to));
  }

  /** Takes back a cut, made with the same names; without names, all of them. */
  heal(from?: string, to?: string): void {
    if (from === undefined && to === undefined) this.#cuts.clear();
    else this.#cuts.delete(linkName(from ?? ANY, to ?? ANY));
  }

  /** Whether messages pass from one process to another. */
  isCut(from: string, to: string): boolean {
    return this.#cuts.size > 0 && matches(from, to).some((name) => this.#cuts.has(name));
  }

  /** Sends a message: `deliver` runs in `to` when it arrives, never or twice, as the network will. */
  send(from: SimulatedProcess, to: SimulatedProcess, deliver: () => void): void {
    if (from.state === "crashed") return;
    const { latency = LAN_MS, drop = 0, duplicate = 0, ordered = false } = this.#conditionsOf(from.name, to.name);
    // Always the same number of draws, so that a fault switched off does not shift what becomes of later messages.
    const isDropped = this.#random() < drop;
    const isDoubled = this.#random() < duplicate;
    const firstMs = sample(latency, this.#random);
    const secondMs = sample(latency, this.#random);
    this.counters.sent++;
    if (this.isCut(from.name, to.name)) this.counters.cut++;
    else if (isDropped) this.counters.dropped++;
    else {
      const link = this.#linkOf(from, to);
      this.#carry(link, firstMs, ordered, deliver);
      if (!isDoubled) return;
      this.counters.duplicated++;
      this.#carry(link, secondMs, ordered, deliver);
    }
  }

  #carry(link: Link, latencyMs: number, ordered: boolean, deliver: () => void): void {
    const { from, to } = link;
    let dueMs = this.#world.nowMs + latencyMs;
    if (ordered) dueMs = Math.max(dueMs, link.lastDueMs + APART_MS);
    link.lastDueMs = Math.max(link.lastDueMs, dueMs);
    this.#world.at(dueMs, () => {
      if (this.isCut(from.name, to.name)) {
        this.counters.cut++;
        return;
      }
      if (to.state !== "crashed") this.counters.delivered++;
      to.deliver(deliver);
    });
  }

  #conditionsOf(from: string, to: string): LinkConditions {
    for (const name of matches(from, to)) {
      const conditions = this.#conditions.get(name);
      if (conditions !== undefined) return conditions;
    }
    return {};
  }

  #linkOf(from: SimulatedProcess, to: SimulatedProcess): Link {
    const name = linkName(from.name, to.name);
    let link = this.#links.get(name);
    if (link === undefined || link.from !== from || link.to !== to) {
      link = { from, to, lastDueMs: -Infinity };
      this.#links.set(name, link);
    }
    return link;
  }
}

function linkName(from: string, to: string): string {
  return `${from} → ${to}`;
}

/** The names under which a link may be known, the closest first. */
function matches(from: string, to: string): readonly string[] {
  return [linkName(from, to), linkName(from, ANY), linkName(ANY, to), linkName(ANY, ANY)];
}
