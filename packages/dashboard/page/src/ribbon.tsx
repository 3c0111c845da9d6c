/** The states of the last minutes as a band, from the transitions that are known. */
import type { JSX } from "preact";
import type { EventView } from "../../src/views/wire.ts";

export interface Span {
  readonly state: "closed" | "open" | "half-open";
  readonly fromMs: number;
  readonly toMs: number;
}

const BADNESS: Readonly<Record<Span["state"], number>> = { open: 2, "half-open": 1, closed: 0 };

function worst(states: Iterable<Span["state"]>): Span["state"] {
  return [...states].reduce((a, b) => (BADNESS[b] > BADNESS[a] ? b : a), "closed");
}

/**
 * @param names of the records that the breaker is judged by: the worst of them is its state
 * @param events of any breakers, oldest first
 */
export function spansOf(
  names: readonly string[],
  events: readonly EventView[],
  now: Span["state"],
  fromMs: number,
  toMs: number,
): readonly Span[] {
  const spans: Span[] = [];
  const states = new Map<string, Span["state"]>();
  const own = events.filter((event) => event.type === "transition").filter(({ key }) => names.includes(key));
  for (const { key, from } of own) if (!states.has(key)) states.set(key, from);
  let sinceMs = fromMs;
  for (const { key, to, atMs } of own) {
    if (atMs > sinceMs) {
      spans.push({ state: worst(states.values()), fromMs: sinceMs, toMs: atMs });
      sinceMs = atMs;
    }
    states.set(key, to);
  }
  spans.push({ state: now, fromMs: sinceMs, toMs: Math.max(sinceMs, toMs) });
  return spans;
}

// Told apart by their height too, not by colour alone.
const HEIGHTS: Readonly<Record<Span["state"], number>> = { closed: 3, "half-open": 6, open: 10 };

export function Ribbon({ spans, label }: { readonly spans: readonly Span[]; readonly label: string }): JSX.Element {
  const fromMs = spans[0]?.fromMs ?? 0;
  const lengthMs = Math.max(1, (spans.at(-1)?.toMs ?? 1) - fromMs);
  return (
    <svg class="ribbon" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label={label}>
      {spans.map((span) => (
        <rect
          key={span.fromMs}
          class={span.state}
          x={((span.fromMs - fromMs) / lengthMs) * 100}
          width={Math.max(span.state === "closed" ? 0 : 1, ((span.toMs - span.fromMs) / lengthMs) * 100)}
          y={(10 - HEIGHTS[span.state]) / 2}
          height={HEIGHTS[span.state]}
        />
      ))}
    </svg>
  );
}

/** What a band shows, in words. */
export function ribbonWords(spans: readonly Span[]): string {
  const notClosedMs = spans.reduce((sum, span) => (span.state === "closed" ? sum : sum + span.toMs - span.fromMs), 0);
  const lengthMs = (spans.at(-1)?.toMs ?? 0) - (spans[0]?.fromMs ?? 0);
  const minutes = Math.round(lengthMs / 60_000);
  if (notClosedMs === 0) return `closed for all of the last ${minutes} min`;
  return `not closed for ${Math.max(1, Math.round(notClosedMs / 1_000))} s of the last ${minutes} min`;
}
