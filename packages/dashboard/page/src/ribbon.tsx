/** The states of the last minutes as a band, from the transitions that are known. */
import type { JSX } from "preact";
import type { EventView } from "../../src/views/wire.ts";

export interface Span {
  readonly state: "closed" | "open" | "half-open";
  readonly fromMs: number;
  readonly toMs: number;
}

/** @param events of any breakers, oldest first */
export function spansOf(
  key: string,
  events: readonly EventView[],
  now: Span["state"],
  fromMs: number,
  toMs: number,
): readonly Span[] {
  const spans: Span[] = [];
  let state: Span["state"] | null = null;
  let sinceMs = fromMs;
  for (const event of events) {
    if (event.type !== "transition" || event.key !== key) continue;
    state ??= event.from;
    if (event.atMs > sinceMs) {
      spans.push({ state, fromMs: sinceMs, toMs: event.atMs });
      sinceMs = event.atMs;
    }
    state = event.to;
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
