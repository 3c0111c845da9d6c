/** What pages that are open are told: everything once, then what changed, at most once a second, and events at once. */
import { randomBytes } from "node:crypto";
import type { DemoView } from "../views/demo.ts";
import type { Away, BreakerView, Delta, EventView, ReplicaView, Role, Snapshot } from "../views/wire.ts";
import { type Message, Messages } from "./messages.ts";

/** What a feed tells of. */
export interface Told {
  nowMs(): number;
  breakers(nowMs: number): readonly BreakerView[];
  replicas(): readonly ReplicaView[];
  events(): readonly EventView[];
  storeAway(): Away | null;
  historyAway(): Away | null;
  demo(): DemoView | null;
}

// A reader that is this far behind is given the whole anew when it reads on, in place of all it has missed.
const BEHIND_BYTES = 262_144;
const READERS_MOST = 100;
const COMES_BACK_MS = 30_000;
// That a replica is still there is told no more often.
const SEEN_MS = 5_000;

interface Reader {
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  readonly role: Role;
  isBehind: boolean;
}

export class Feed {
  readonly #told: Told;
  readonly #messages = new Messages();
  readonly #readers = new Set<Reader>();
  // As it was told last, by key.
  #breakers: ReadonlyMap<string, string> = new Map();
  #replicas = "";
  #away = "";
  #demo = "";
  #leftMs = Number.NEGATIVE_INFINITY;

  constructor(told: Told) {
    this.#told = told;
  }

  get isRead(): boolean {
    return this.#readers.size > 0;
  }

  get isFull(): boolean {
    return this.#readers.size >= READERS_MOST;
  }

  /**
   * A new reader's stream.
   *
   * @param lastId of the last message it has; null: none
   */
  read(role: Role, lastId: string | null, signal: AbortSignal): ReadableStream<Uint8Array> {
    let reader: Reader | null = null;
    const leave = (): void => {
      if (reader !== null && this.#readers.delete(reader)) this.#leftMs = this.#told.nowMs();
    };
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          if (!this.#isFollowed()) this.#begin();
          reader = { controller, role, isBehind: false };
          this.#readers.add(reader);
          const missed = lastId === null ? null : this.#messages.after(lastId);
          if (missed === null) this.#sendAll(reader);
          else for (const message of missed) this.#send(reader, message);
          signal.addEventListener("abort", leave, { once: true });
        },
        pull: () => {
          if (reader?.isBehind === true) this.#sendAll(reader);
        },
        cancel: leave,
      },
      { highWaterMark: BEHIND_BYTES, size: (chunk) => chunk?.byteLength ?? 0 },
    );
  }

  /** Tells what changed since last time; when nothing did, that all is well. */
  tick(): void {
    if (!this.#isFollowed()) return;
    const nowMs = this.#told.nowMs();
    const views = this.#told.breakers(nowMs);
    const replicas = this.#told.replicas();
    const before = this.#breakers;
    const replicasBefore = this.#replicas;
    this.#remember(views, replicas);
    const changed = views.filter(({ key }) => before.get(key) !== this.#breakers.get(key));
    const removed = [...before.keys()].filter((key) => !this.#breakers.has(key));
    const away = { storeAway: this.#told.storeAway(), historyAway: this.#told.historyAway() };
    const demo = this.#told.demo()?.now ?? null;
    const isNews = changed.length + removed.length > 0 || replicasBefore !== this.#replicas;
    const delta: Delta = {
      atMs: nowMs,
      changed,
      removed,
      replicas: replicasBefore === this.#replicas ? null : replicas,
      ...away,
      demo,
    };
    const [awayBefore, demoBefore] = [this.#away, this.#demo];
    this.#away = JSON.stringify(away);
    this.#demo = JSON.stringify(demo);
    this.#sendEach(
      isNews || awayBefore !== this.#away || demoBefore !== this.#demo
        ? this.#messages.add("delta", delta)
        : this.#messages.alone("beat", { atMs: nowMs }),
    );
  }

  /** Tells of an event at once, with the breaker as it is now. */
  happened(event: EventView, breaker: BreakerView | null): void {
    if (this.#isFollowed()) this.#sendEach(this.#messages.add("event", { atMs: this.#told.nowMs(), event, breaker }));
  }

  close(): void {
    for (const { controller } of this.#readers) controller.close();
    this.#readers.clear();
  }

  // Messages go on for a while after the last reader, who may come back for them.
  #isFollowed(): boolean {
    return this.isRead || this.#told.nowMs() - this.#leftMs < COMES_BACK_MS;
  }

  #begin(): void {
    this.#messages.begin(randomBytes(6).toString("hex"));
    this.#remember();
  }

  #remember(
    views: readonly BreakerView[] = this.#told.breakers(this.#told.nowMs()),
    replicas: readonly ReplicaView[] = this.#told.replicas(),
  ): void {
    this.#breakers = new Map(views.map((view) => [view.key, JSON.stringify(view)]));
    this.#replicas = JSON.stringify(
      replicas.map((replica) => ({ ...replica, seenMs: Math.floor(replica.seenMs / SEEN_MS) })),
    );
  }

  #sendEach(message: Message): void {
    for (const reader of this.#readers) this.#send(reader, message);
  }

  #send(reader: Reader, { bytes }: Message): void {
    if (reader.isBehind) return;
    if ((reader.controller.desiredSize ?? 0) <= 0) reader.isBehind = true;
    else reader.controller.enqueue(bytes);
  }

  #sendAll(reader: Reader): void {
    reader.isBehind = false;
    const atMs = this.#told.nowMs();
    const snapshot: Snapshot = {
      atMs,
      breakers: this.#told.breakers(atMs),
      replicas: this.#told.replicas(),
      events: this.#told.events(),
      role: reader.role,
      storeAway: this.#told.storeAway(),
      historyAway: this.#told.historyAway(),
      demo: this.#told.demo(),
    };
    reader.controller.enqueue(this.#messages.alone("snapshot", snapshot).bytes);
  }
}
