/** A provider's own word to stay away: what it does to a record, and what is told of it. */
import type { RecordUser } from "./announcer.ts";
import type { Machine } from "./machine.ts";
import type { HoldKind } from "./outcome.ts";

// Stragglers move a deadline by milliseconds; that is no news.
const NEWS_MS = 1_000;

/** Holds a record until the hint's end, or as long as the ladder says. `startedAtMs`: when the call began that was told so. */
export function holdRecord(
  machine: Machine,
  user: RecordUser,
  kind: HoldKind,
  retryAfterMs: number | null,
  startedAtMs: number,
  nowMs: number,
): void {
  machine.announce.actor = user;
  machine.lastFailure = { kind, atMs: nowMs };
  const before = machine.facts.holds[kind];
  machine.apply({ type: "hold", kind, retryAfterMs, startedAtMs }, nowMs, null);
  const after = machine.facts.holds[kind];
  if (after === undefined || after === before) return;
  machine.ramp = null; // what a ramp had won is void; after the hold it starts with one call
  machine.pace?.pause();
  const { untilMs, step } = after;
  const news = before === undefined || step !== before.step || untilMs - before.untilMs >= NEWS_MS;
  if (!news) return;
  // A burst of refusals is one word to the store.
  machine.shared?.hold(kind, retryAfterMs, startedAtMs, nowMs);
  machine.announce.tell("hold", { key: machine.name, kind, untilMs, step, atMs: nowMs });
}
