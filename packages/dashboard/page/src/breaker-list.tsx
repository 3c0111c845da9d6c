/** All breakers, worst first. */
import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import type { BreakerView, EventView } from "../../src/views/wire.ts";
import { BreakerRow } from "./breaker-row.tsx";
import { type Span, spansOf } from "./ribbon.tsx";
import type { ServerClock } from "./server-clock.ts";
import { useTicks } from "./use.ts";
import { recordNames } from "./words.ts";

const PAST_MS = 15 * 60_000;
// A band of 15 minutes moves by a pixel in about this time.
const MOVES_MS = 5_000;

export function BreakerList({
  views,
  events,
  clock,
  chosen,
  onChoose,
}: {
  readonly views: readonly BreakerView[];
  readonly events: readonly EventView[];
  readonly clock: ServerClock;
  readonly chosen: string | null;
  readonly onChoose: (key: string) => void;
}): JSX.Element {
  const moved = useTicks(MOVES_MS);
  const kept = useRef(new Map<string, { readonly of: string; readonly spans: readonly Span[] }>());
  const transitions = useMemo(() => byKey(events), [events]);
  const spansFor = (view: BreakerView): readonly Span[] => {
    const { key, state } = view;
    const names = recordNames(view);
    const found = names.flatMap((name) => transitions.get(name) ?? []);
    const own = names.length === 1 ? found : found.toSorted((a, b) => a.atMs - b.atMs);
    // A band that is all closed looks the same whenever it is drawn.
    const of = own.length === 0 && state === "closed" ? "closed" : `${moved} ${own.at(-1)?.id} ${state}`;
    const known = kept.current.get(key);
    if (known?.of === of) return known.spans;
    const nowMs = clock.now();
    const spans = spansOf(names, own, state, nowMs - PAST_MS, nowMs);
    kept.current.set(key, { of, spans });
    return spans;
  };
  return (
    <>
      <div class="row heads" aria-hidden="true">
        <span>State</span>
        <span>Breaker</span>
        <span>Why</span>
        <span>Last 15 min</span>
        <span>Next</span>
        <span>Shed</span>
      </div>
      <ol class="rows" aria-label="Breakers, worst first">
        {views.map((view) => (
          <BreakerRow
            key={view.key}
            view={view}
            spans={spansFor(view)}
            isChosen={view.key === chosen}
            clock={clock}
            onChoose={onChoose}
          />
        ))}
      </ol>
    </>
  );
}

function byKey(events: readonly EventView[]): ReadonlyMap<string, readonly EventView[]> {
  const found = new Map<string, EventView[]>();
  for (const event of events) {
    if (event.type !== "transition") continue;
    const own = found.get(event.key);
    if (own === undefined) found.set(event.key, [event]);
    else own.push(event);
  }
  return found;
}
