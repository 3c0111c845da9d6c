/** The history in Redis: beside the records, under keys of its own, each of a bounded length and with an end. */
import {
  type Followed,
  type HistoryEvent,
  isOperators,
  type KeptEvent,
  type KeptPoint,
  type KeptReplica,
  type ReplicaNote,
  type ReplicaReport,
  type StoreHistory,
} from "../../history/history.ts";
import { followRecloser } from "../../history/recorder.ts";
import { wallNow } from "../../clock.ts";
import { StoreError } from "../../errors.ts";
import { Keys } from "./keys.ts";
import type { RedisPort, Script } from "./port.ts";
import { SCRIPTS } from "./scripts.generated.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

export class RedisHistory implements StoreHistory {
  readonly #port: RedisPort;

  constructor(port: RedisPort) {
    this.#port = port;
  }

  follow(followed: Followed): () => Promise<void> {
    return followRecloser(this, followed);
  }

  async note(namespace: string, { replica, report, events, points }: ReplicaNote): Promise<void> {
    const keys = new Keys(namespace);
    await this.#run(SCRIPTS.note, keys.ofHistory, [
      replica,
      report === null ? "" : JSON.stringify(report),
      keys.series,
      JSON.stringify(
        events.map(({ id, ageMs, event }) => [JSON.stringify({ id, replica, event }), ageMs, isOperators(event)]),
      ),
      JSON.stringify(
        points.map(({ key, ageMs, calls, failures, rejected }) => [key, ageMs, calls, failures, rejected]),
      ),
    ]);
  }

  async events(
    namespace: string,
    { withinMs, most, only }: Parameters<StoreHistory["events"]>[1],
  ): Promise<{ readonly nowMs: number; readonly events: readonly KeptEvent[] }> {
    const [happened = "", overrides = ""] = new Keys(namespace).ofHistory;
    const [now, found] = await this.#run(
      SCRIPTS.story,
      [only === "overrides" ? overrides : happened],
      [withinMs === null ? "" : String(withinMs), String(most)],
    );
    const flat: readonly unknown[] = Array.isArray(found) ? found : [];
    const events: KeptEvent[] = [];
    for (let at = 0; at + 1 < flat.length; at += 2) {
      const kept = parsed(flat[at]) as { replica: string; event: HistoryEvent } | null;
      if (kept !== null) events.push({ ...kept, atMs: Number(flat[at + 1]) });
    }
    return { nowMs: Number(now), events };
  }

  async series(namespace: string, key: string, hours: number): Promise<readonly KeptPoint[]> {
    const { series } = new Keys(namespace);
    // The store's clock names the keys; an hour more on both sides covers one that is not this machine's.
    const hour = Math.floor(wallNow() / HOUR_MS) + 1;
    const asked = Array.from({ length: hours + 2 }, (_, at) => hour - hours - 1 + at);
    const [, ...found] = await this.#run(
      SCRIPTS.series,
      asked.map((each) => `${series}${each}:${key}`),
      [],
    );
    return asked.flatMap((each, at) => pointsOf(each, found[at]));
  }

  async replicas(namespace: string): Promise<{ readonly nowMs: number; readonly replicas: readonly KeptReplica[] }> {
    const [, , reports = "", seen = ""] = new Keys(namespace).ofHistory;
    const [now, ...flat] = await this.#run(SCRIPTS.replicas, [reports, seen], []);
    const replicas: KeptReplica[] = [];
    for (let at = 0; at + 2 < flat.length; at += 3) {
      const report = parsed(flat[at + 1]) as ReplicaReport | null;
      if (report !== null) replicas.push({ id: String(flat[at]), report, seenMs: Number(flat[at + 2]) });
    }
    return { nowMs: Number(now), replicas };
  }

  async #run(script: Script, keys: readonly string[], args: readonly string[]): Promise<readonly unknown[]> {
    const answer = await this.#port.run(script, keys, args);
    if (Array.isArray(answer)) return answer;
    if (script === SCRIPTS.note) return [answer];
    throw new StoreError(`Redis answered ${typeof answer} where a list was to come`);
  }
}

function pointsOf(hour: number, flat: unknown): readonly KeptPoint[] {
  if (!Array.isArray(flat)) return [];
  const points: KeptPoint[] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const [calls = 0, failures = 0, rejected = 0] = String(flat[at + 1])
      .split("|")
      .map(Number);
    points.push({ atMs: hour * HOUR_MS + Number(flat[at]) * MINUTE_MS, calls, failures, rejected });
  }
  return points.toSorted((a, b) => a.atMs - b.atMs);
}

// What another version wrote, or somebody else, is left out.
function parsed(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return null;
  }
}
