/**
 * Answers in somebody's store, which may be broken, slow or hung: whatever it does, a call waits for it no longer than the
 * time it is given, and hears of none of its errors.
 */
import type { Breaker } from "../api.ts";
import type { Clock } from "../clock.ts";
import { createBreaker } from "../recloser.ts";
import { KeptKeys } from "./kept-keys.ts";

/** What answers can be kept in: a `Keyv`, a `Map`, or anything else with these two. */
export interface AnswerStore {
  get(key: string): unknown;
  /** @param ttlMs how long it is of use; a store that does not know times may ignore it */
  set(key: string, value: string, ttlMs: number): unknown;
  /** Where it is there, what exceeds `maxEntries` is deleted by it. */
  delete?(key: string): unknown;
}

export interface KeptAnswer {
  readonly value: unknown;
  readonly savedAtMs: number;
}

/**
 * Why an answer was not kept, or not found. `read`, `write`: the store failed, or did not answer in time; `unreadable`: what
 * it gave was not written by this cache; `not-json`, `too-large`: what the provider gave; `threw`: your `keep` or `parse`.
 */
export type CacheFaultKind = "read" | "write" | "unreadable" | "not-json" | "too-large" | "threw";

export interface CacheFault {
  readonly kind: CacheFaultKind;
  readonly error: unknown;
}

export interface AnswerStoreLimits {
  readonly ttlMs: number;
  readonly withinMs: number;
  readonly maxEntries: number;
  readonly maxBytes: number;
}

// A store that hangs keeps what it was asked: more than this many questions it is not asked at a time.
const MOST_UNDER_WAY = 100;
const VERSION = 1;

export class KeptAnswers {
  readonly #store: AnswerStore;
  readonly #limits: AnswerStoreLimits;
  readonly #clock: Clock;
  readonly #tell: (fault: CacheFault) => void;
  readonly #keys: KeptKeys;
  // Where many questions in a row are not answered in time, the next ones are not even asked for a while.
  readonly #breaker: Breaker;

  constructor(store: AnswerStore, limits: AnswerStoreLimits, clock: Clock, tell: (fault: CacheFault) => void) {
    this.#store = store;
    this.#limits = limits;
    this.#clock = clock;
    this.#tell = tell;
    this.#keys = new KeptKeys(limits.maxEntries);
    this.#breaker = createBreaker({
      name: "stale-if-error store",
      clock,
      timeouts: { total: limits.withinMs },
      failureThreshold: 5,
      shed: { maxInFlight: MOST_UNDER_WAY, adaptive: false },
      cooldown: { initial: "1s", max: "30s" },
      // Whatever it throws, TypeErrors too: it did not answer.
      classify: ({ error }) => (error === undefined ? "success" : "unknown"),
    });
  }

  /** The answer, or null: none, too old, or the store did not give it in time. Never rejects. */
  async read(key: string): Promise<KeptAnswer | null> {
    let text: unknown;
    try {
      text = await this.#breaker.execute(() => this.#store.get(key));
    } catch (error) {
      this.#tell({ kind: "read", error });
      return null;
    }
    if (text === undefined || text === null) return null;
    const kept = parsed(text);
    if (kept === null) {
      this.#tell({ kind: "unreadable", error: new Error("what the store gave was not written by this cache") });
      return null;
    }
    return this.ageMs(kept) <= this.#limits.ttlMs ? kept : null;
  }

  /** How old it is now. A clock of another machine may be ahead of ours: then it is new. */
  ageMs({ savedAtMs }: KeptAnswer): number {
    return Math.max(0, this.#clock.now() - savedAtMs);
  }

  /** Keeps it if it may; nobody waits for that. @param json the value */
  write(key: string, json: string): void {
    const savedAtMs = this.#clock.now();
    const { maxBytes, ttlMs } = this.#limits;
    const entry = `{"v":${VERSION},"savedAtMs":${Math.floor(savedAtMs)},"value":${json}}`;
    const bytes = sizeOf(entry);
    if (bytes > maxBytes) {
      this.#tell({ kind: "too-large", error: new RangeError(`an answer has ${bytes} bytes; maxBytes is ${maxBytes}`) });
      return;
    }
    const canDelete = typeof this.#store.delete === "function";
    const tooMany = this.#keys.add(key, savedAtMs, ttlMs, canDelete);
    if (tooMany === null) return; // the store is full of what cannot be deleted
    void this.#change(() => this.#store.set(key, entry, Math.ceil(ttlMs)));
    for (const old of tooMany) void this.#change(() => this.#store.delete?.(old));
  }

  async #change(change: () => unknown): Promise<void> {
    try {
      await this.#breaker.execute(change);
    } catch (error) {
      this.#tell({ kind: "write", error });
    }
  }
}

function sizeOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

function parsed(text: unknown): KeptAnswer | null {
  if (typeof text !== "string") return null;
  try {
    const { v, savedAtMs, value } = JSON.parse(text) as Record<string, unknown>;
    return v === VERSION && typeof savedAtMs === "number" ? { value, savedAtMs } : null;
  } catch {
    return null;
  }
}
