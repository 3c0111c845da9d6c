/** How things are said on the page. Pure. */
import type { BreakerView, EventView } from "../../src/views/wire.ts";

export type Look = "closed" | "half-open" | "open" | "held" | "no-data";

/** The state in words; an override says what it does. */
export function stateWord({ shows, override, holds }: BreakerView): string {
  if (shows !== "held") return shows === "no-data" ? "no data" : shows;
  if (override !== null) return override.mode === "force-open" ? "held open" : "held closed";
  return holds[0]?.kind.replace("-", " ") ?? "held";
}

/** The names under which what happens to it is told: of its records, which are others where its key has a credential. */
export function recordNames({ key, records }: Pick<BreakerView, "key" | "records">): readonly string[] {
  return [...new Set([key, ...records.map(({ name }) => name)])];
}

const BADNESS: Readonly<Record<Look, number>> = { open: 0, "half-open": 1, held: 2, closed: 3, "no-data": 4 };

/** Worst first; among equals the one that fails or rejects most, then by name. */
export function worstFirst(a: BreakerView, b: BreakerView): number {
  return (
    BADNESS[a.shows] - BADNESS[b.shows] ||
    b.rejectedLastMinute - a.rejectedLastMinute ||
    b.window.failures - a.window.failures ||
    (a.key < b.key ? -1 : 1)
  );
}

/** "3 s", "12 s", "4 min", "2 h 5 min", "3 d". */
export function duration(ms: number): string {
  const s = Math.max(0, ms) / 1_000;
  if (s < 60) return `${Math.round(s)} s`;
  const min = Math.round(s / 60);
  if (min < 60) return `${min} min`;
  const h = Math.floor(min / 60);
  if (h < 48) return min % 60 === 0 ? `${h} h` : `${h} h ${min % 60} min`;
  return `${Math.round(h / 24)} d`;
}

/** A short one with its tenths: "0.2 s"; a longer one as {@link duration} has it. */
export function tenths(ms: number): string {
  return ms < 10_000 ? `${(Math.max(0, ms) / 1_000).toFixed(1)} s` : duration(ms);
}

/** To a deadline, in whole seconds that reach 0 when it does. */
export function countdown(ms: number): string {
  const s = Math.ceil(Math.max(0, ms) / 1_000);
  if (s < 120) return `${s} s`;
  return s < 3_600 ? `${Math.floor(s / 60)} min ${s % 60} s` : duration(ms);
}

export function time(ms: number): string {
  return new Date(ms).toLocaleTimeString("en-GB");
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** "trips at 50 % (min 10), or 18 in a row" */
export function tripWords({
  failureRate,
  minimumCalls,
  failureThreshold,
  consecutiveFailures,
}: BreakerView["rules"]): string {
  const ways = [
    failureRate === null ? null : `${percent(failureRate)} (min ${minimumCalls})`,
    failureThreshold === null ? null : `${failureThreshold} failures`,
    consecutiveFailures === null ? null : `${consecutiveFailures} in a row`,
  ].filter((way) => way !== null);
  return ways.length === 0 ? "never trips by itself" : `trips at ${ways.join(", or ")}`;
}

export function kindsWords(byKind: Readonly<Partial<Record<string, number>>>): string {
  return Object.entries(byKind)
    .toSorted(([, a = 0], [, b = 0]) => b - a)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(", ");
}

/** What happened, as a sentence. */
export function eventWords(event: EventView): string {
  switch (event.type) {
    case "transition": {
      const what =
        event.to === "open"
          ? event.from === "half-open"
            ? "stays open: the probe failed"
            : "opened"
          : event.to === "closed"
            ? "closed"
            : "is probed";
      const why =
        event.to === "open" && event.evidence !== null && event.from === "closed" ? `: ${event.evidence}` : "";
      return `${event.key} ${what}${why}${event.scope === "local" ? " (in one replica)" : ""}`;
    }
    case "hold":
      return `${event.key}: ${event.kind.replace("-", " ")}, until ${time(event.untilMs)}`;
    case "override":
      return `${event.key}: ${OVERRIDES[event.action]} by ${event.by}${event.reason === null ? "" : `: ${event.reason}`}${
        event.untilMs === null ? "" : `, until ${time(event.untilMs)}`
      }`;
    case "probe":
      return `${event.key}: probe ${PROBES[event.result]} after ${tenths(event.durationMs)}`;
    case "policy":
      return `${event.key}: ${policyWords(event.options)} by ${event.by}: ${event.reason}${
        event.untilMs === null ? "" : `, until ${time(event.untilMs)}`
      }`;
    case "store":
      return event.mode === "shared"
        ? `${event.replica}: ${event.error ?? "the store answers"}`
        : `${event.replica}: on its own, without the store${event.error === null ? "" : `: ${event.error}`}`;
  }
}

function policyWords(options: Readonly<Record<string, unknown>>): string {
  const all = Object.entries(options).map(([option, value]) =>
    value === null ? `${option} taken back` : `${option} set to ${valueWords(value)}`,
  );
  return all.length === 0 ? "what was set is taken back" : all.join(", ");
}

/** A value of a policy's option. */
export function valueWords(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === false) return "off";
  if (value === true) return "on";
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .map(([field, inner]) => `${field} ${valueWords(inner)}`)
    .join(", ");
}

/** What callers find, where that is not what the state says. */
export function modeWords({ mode }: Pick<BreakerView, "mode">): string | null {
  if (mode === "observe") return "only observed: no call is rejected";
  return mode === "off" ? "switched off: no call is counted or rejected" : null;
}

const OVERRIDES = {
  "force-open": "held open",
  "force-closed": "held closed",
  clear: "hold ended",
  reset: "reset",
  "probe-now": "probe asked for",
} as const;

const PROBES = { passed: "passed", failed: "failed", void: "ended without a verdict", lost: "was lost" } as const;

/** "2 min: 60 calls rejected, each 2 s, what a failed one took, less fallbacks": the figure with how it was made. */
export function avoidedWords({ avoidedWait }: BreakerView): string | null {
  if (avoidedWait === null || avoidedWait.failureMs === null) return null;
  const { calls, failureMs, totalMs } = avoidedWait;
  return `${tenths(totalMs)}: ${calls.toLocaleString("en")} calls rejected × ${tenths(failureMs)}, which a failed one took, less fallbacks`;
}
