/**
 * Writes down what happens in a recloser, in a store's history. It listens and looks, a few seconds apart; a store that is
 * slow or away costs it what it has to tell, and nobody else anything.
 */
import type { Recloser } from "../api.ts";
import { type Alarm, createAlarm } from "../clock.ts";
import { orSoon } from "../deadlines.ts";
import type { RecloserEvents } from "../events.ts";
import { describe } from "../warn.ts";
import type { Followed, HistoryEvent, ReplicaNote, StoreHistory } from "./history.ts";
import { Minutes } from "./minutes.ts";
import { reportOf } from "./report.ts";

// Something that happened is told soon, with what else happens beside it.
const SOON_MS = 250;
/** How often a replica tells that it is there, and looks at its breakers. */
const EACH_MS = 5_000;
// What an answer may take until it is given up.
const DEADLINE_MS = 2_000;
// Whoever closes waits for it, as for the last report of a record.
const LAST_WORDS_MS = 200;
// While the store is away this much is kept to be told later, and no more.
const EVENTS_MOST = 500;

const followed = new WeakMap<Recloser, { readonly history: StoreHistory; readonly followed: Followed }>();

/** The history that follows a recloser, with the recloser's own place in it; null: its store keeps none. */
export function historyOf(
  recloser: Recloser,
): ({ readonly history: StoreHistory } & Pick<Followed, "store" | "namespace" | "replicaId">) | null {
  const known = followed.get(recloser);
  if (known === undefined) return null;
  const { store, namespace, replicaId } = known.followed;
  return { history: known.history, store, namespace, replicaId };
}

/** @returns ends it, with the last words */
export function followRecloser(history: StoreHistory, what: Followed): () => Promise<void> {
  followed.set(what.recloser, { history, followed: what });
  const recorder = new Recorder(history, what);
  return () => recorder.close();
}

interface Untold {
  readonly id: string;
  readonly atMs: number;
  readonly event: HistoryEvent;
}

class Recorder {
  readonly #history: StoreHistory;
  readonly #what: Followed;
  readonly #alarm: Alarm;
  readonly #minutes = new Minutes();
  readonly #listening: readonly Disposable[];
  // Told apart from those of an earlier process of the same name.
  readonly #life: string;
  #untold: Untold[] = [];
  #number = 0;
  #lookedMs: number;
  #isTelling = false;
  #dueMs = Number.POSITIVE_INFINITY;
  #closed = false;

  constructor(history: StoreHistory, what: Followed) {
    this.#history = history;
    this.#what = what;
    const nowMs = what.clock.now();
    this.#life = Math.floor(nowMs).toString(36);
    this.#lookedMs = nowMs;
    this.#alarm = createAlarm(what.clock, () => void this.#tell());
    this.#listening = this.#listen(what.recloser);
    this.#tellIn(SOON_MS);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#alarm.clear();
    for (const one of this.#listening) one[Symbol.dispose]();
    await this.#send({ ...this.#note(true), report: null }, LAST_WORDS_MS);
  }

  #listen(recloser: Recloser): readonly Disposable[] {
    return [
      recloser.on("transition", (event) => this.#transition(event)),
      recloser.on("hold", ({ key, kind, untilMs, atMs }) =>
        this.#happened(atMs, { type: "hold", key, kind, forMs: untilMs - atMs }),
      ),
      recloser.on("override", ({ key, action, by, reason, untilMs, atMs }) => {
        const forMs = untilMs === null ? null : untilMs - atMs;
        this.#happened(atMs, { type: "override", key, action, by, reason, forMs });
      }),
      recloser.on("probe", ({ key, result, by, durationMs, atMs }) =>
        this.#happened(atMs, { type: "probe", key, result, by, durationMs }),
      ),
      // Who changed it has written that down; what holds here now is news.
      recloser.on("policy", () => {
        if (!this.#isTelling) this.#tellIn(SOON_MS);
      }),
      recloser.on("store", ({ mode, error, atMs }) =>
        this.#happened(atMs, { type: "store", mode, error: error === null ? null : describe(error) }),
      ),
      // On the path of a call that is not made: it counts, and no more.
      recloser.on("rejected", ({ key, atMs }) => this.#minutes.rejected(key, atMs)),
    ];
  }

  // Each is told by one replica: the one that made it. What a replica did for itself only, it alone knows.
  #transition({
    key,
    from,
    to,
    reason,
    generation,
    by,
    cooldownMs,
    scope,
    evidence,
    origin,
    atMs,
  }: RecloserEvents["transition"]): void {
    if (evidence !== null) this.#minutes.saw(key, evidence.calls, evidence.failures, atMs);
    if (origin !== "local") return;
    const why = evidence?.summary ?? null;
    this.#happened(atMs, {
      type: "transition",
      key,
      from,
      to,
      reason,
      generation,
      by,
      cooldownMs,
      scope,
      evidence: why,
    });
  }

  #happened(atMs: number, event: HistoryEvent): void {
    this.#untold.push({ id: `${this.#life}-${++this.#number}`, atMs, event });
    if (this.#untold.length > EVENTS_MOST) this.#untold.shift();
    if (!this.#isTelling) this.#tellIn(SOON_MS);
  }

  // Never later than it was to be.
  #tellIn(delayMs: number): void {
    const atMs = this.#what.clock.now() + delayMs;
    if (this.#closed || atMs >= this.#dueMs) return;
    this.#dueMs = atMs;
    this.#alarm.set(delayMs);
  }

  async #tell(): Promise<void> {
    this.#dueMs = Number.POSITIVE_INFINITY;
    if (this.#isTelling || this.#closed) return;
    this.#isTelling = true;
    const note = this.#note(false);
    const told = this.#untold;
    this.#untold = [];
    if (!(await this.#send(note))) this.#untold = [...told, ...this.#untold].slice(-EVENTS_MOST);
    this.#isTelling = false;
    this.#tellIn(EACH_MS);
  }

  #note(isLast: boolean): ReplicaNote {
    const { recloser, clock, replicaId } = this.#what;
    const nowMs = clock.now();
    if (nowMs - this.#lookedMs >= EACH_MS) {
      this.#lookedMs = nowMs;
      this.#minutes.look(recloser, nowMs);
    }
    return {
      replica: replicaId,
      report: reportOf(recloser, this.#minutes.rejectedLately(nowMs), nowMs),
      events: this.#untold.map(({ id, atMs, event }) => ({ id, ageMs: Math.max(0, nowMs - atMs), event })),
      points: this.#minutes.takeEnded(nowMs, isLast),
    };
  }

  // Whether it is known to have arrived in time. A store whose circuits are away is not asked for this either.
  #send(told: ReplicaNote, withinMs: number = DEADLINE_MS): Promise<boolean> {
    const { recloser, namespace, clock } = this.#what;
    if (recloser.storeHealth().mode !== "shared") return Promise.resolve(false);
    let arrived = false;
    const note = this.#history.note(namespace, told).then(
      () => void (arrived = true),
      () => {},
    );
    return orSoon(note, withinMs, clock).then(() => arrived);
  }
}
