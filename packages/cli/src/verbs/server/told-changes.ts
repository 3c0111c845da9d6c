/** What a server's event stream tells of, as the commands tell it: each event once, though a stream that broke may repeat some. */
import type { ChangeEvent } from "../changes.ts";
import type { EventMessage } from "./event-messages.ts";

const KNOWN_MOST = 2_000;

type Told = Readonly<Record<string, unknown>>;

export class ToldChanges {
  readonly #known = new Set<string>();
  #afterMs: number;

  /** @param afterMs the server's clock when everything was looked at: what happened before is no news */
  constructor(afterMs: number) {
    this.#afterMs = Math.floor(afterMs);
  }

  /** @throws SyntaxError for what is no JSON */
  in({ event, data }: EventMessage): readonly ChangeEvent[] {
    if (event !== "event" && event !== "snapshot") return [];
    const value = JSON.parse(data) as Told | null;
    // After a longer break the stream begins anew, with the latest events in it.
    const events = event === "event" ? [value?.["event"]] : value?.["events"];
    if (!Array.isArray(events)) return [];
    return (events as readonly (Told | null | undefined)[])
      .filter((told) => this.#isNews(told, event === "event"))
      .map((told) => changeOf(told as Told))
      .filter((change) => change !== null);
  }

  // What a replica tells late has an earlier instant, and comes as an event of its own.
  #isNews(told: Told | null | undefined, isAlone: boolean): boolean {
    const id = told?.["id"];
    if (typeof id !== "string") return false;
    const ms = Number(id.split("-")[0]);
    if (this.#known.has(id) || (!isAlone && !(ms > this.#afterMs))) return false;
    this.#known.add(id);
    if (this.#known.size <= KNOWN_MOST) return true;
    // The oldest ones go, and with them what a new beginning could repeat.
    const [oldest] = this.#known;
    this.#known.delete(oldest as string);
    this.#afterMs = Math.max(this.#afterMs, Number((oldest as string).split("-")[0]));
    return true;
  }
}

const FIELDS: Readonly<Record<ChangeEvent["type"], readonly string[]>> = {
  transition: ["type", "key", "from", "to", "reason", "evidence", "generation", "cooldownMs", "atMs"],
  hold: ["type", "key", "kind", "untilMs", "atMs"],
  override: ["type", "key", "mode", "by", "reason", "untilMs", "atMs"],
  probe: ["type", "key", "result", "durationMs", "atMs"],
  store: ["type", "mode", "error", "atMs"],
};

/** Null: of no type that is told. */
function changeOf(told: Told): ChangeEvent | null {
  const { type, key, atMs, action } = told;
  if (typeof type !== "string" || !Object.hasOwn(FIELDS, type) || typeof atMs !== "number") return null;
  if (type !== "store" && typeof key !== "string") return null;
  // Their values are the API's, which calls them the same but for one.
  const all: Told = type === "override" ? { ...told, mode: action } : told;
  const fields = FIELDS[type as ChangeEvent["type"]].map((field) => [field, all[field] ?? null]);
  return Object.fromEntries(fields) as ChangeEvent;
}
