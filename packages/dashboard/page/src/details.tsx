/** One breaker in full: its rules, its recent past, what happened to it, and what can be done. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { BreakerView, EventView, SamplePoint } from "../../src/views/wire.ts";
import { ActionDialog, type Action } from "./action-dialog.tsx";
import { ask, pathOf } from "./api.ts";
import { Chart, RANGES } from "./chart.tsx";
import { EventLines } from "./events.tsx";
import type { Model } from "./model.ts";
import { PolicyTable } from "./policy-table.tsx";
import { StateMark } from "./state-mark.tsx";
import { useTicks } from "./use.ts";
import {
  avoidedWords,
  duration,
  kindsWords,
  modeWords,
  percent,
  recordNames,
  stateWord,
  time,
  tripWords,
} from "./words.ts";

const READ_AGAIN_MS = 5_000;
// So far back there are points of some seconds; beyond, there are minutes.
const FINE_MS = 15 * 60_000;

interface History {
  readonly points: readonly SamplePoint[];
  readonly minutes: readonly SamplePoint[];
  readonly events: readonly EventView[];
}

export function Details({
  view,
  model,
  onClose,
}: {
  readonly view: BreakerView;
  readonly model: Model;
  readonly onClose: () => void;
}): JSX.Element {
  const [action, setAction] = useState<Action | null>(null);
  const [pastMs, setPastMs] = useState(FINE_MS);
  const history = useHistory(view.key);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [view.key]);
  const names = recordNames(view);
  const own = model.events.filter((event) => "key" in event && names.includes(event.key));
  const events = own.length > (history?.events.length ?? 0) ? own : (history?.events ?? own);
  return (
    <section class="details" aria-label={`Details of ${view.key}`}>
      <div class="title">
        <StateMark look={view.shows} size={20} />
        <h2 ref={heading} tabIndex={-1}>
          {view.key}
        </h2>
        <button type="button" class="quiet" onClick={onClose} aria-label="Close details">
          ✕
        </button>
      </div>
      <p class="lead">
        <strong>{stateWord(view)}</strong>
        {modeWords(view) === null ? null : <span class="tag">{modeWords(view)}</span>}
        {view.evidence === null ? null : <span>{view.evidence}</span>}
      </p>
      {model.role === "operator" ? <Buttons view={view} onChoose={setAction} /> : null}
      <div class="ranges" role="group" aria-label="How far back">
        {RANGES.map(([label, ms]) => (
          <button key={label} type="button" class="quiet" aria-pressed={ms === pastMs} onClick={() => setPastMs(ms)}>
            {label}
          </button>
        ))}
      </div>
      <Chart points={pointsOf(history, pastMs)} pastMs={pastMs} view={view} events={events} clock={model.clock} />
      <Facts view={view} />
      <PolicyTable view={view} />
      <h3>Events</h3>
      {events.length === 0 ? <p class="empty">None.</p> : <EventLines events={events} />}
      {action === null ? null : <ActionDialog action={action} view={view} onClose={() => setAction(null)} />}
    </section>
  );
}

// The same list as long as the history is the same: the plot is drawn anew for another one.
const NO_POINTS: readonly SamplePoint[] = [];

function pointsOf(history: History | null, pastMs: number): readonly SamplePoint[] {
  if (history === null) return NO_POINTS;
  // One that has just begun to look has no seconds of before.
  return pastMs <= FINE_MS && history.points.length >= history.minutes.length ? history.points : history.minutes;
}

function useHistory(key: string): History | null {
  const [history, setHistory] = useState<History | null>(null);
  const again = useTicks(READ_AGAIN_MS);
  useEffect(() => {
    const stop = new AbortController();
    void ask(pathOf(key, "/history"), { signal: stop.signal })
      .then(async (response) => {
        if (response.ok) setHistory((await response.json()) as History);
      })
      .catch(() => {});
    return () => stop.abort();
  }, [key, again]);
  return history;
}

function Buttons({
  view,
  onChoose,
}: {
  readonly view: BreakerView;
  readonly onChoose: (action: Action) => void;
}): JSX.Element {
  const isHeld = view.override !== null;
  return (
    <div class="buttons" role="group" aria-label="Actions">
      {isHeld ? (
        <button type="button" class="primary" onClick={() => onChoose("end-hold")}>
          End hold
        </button>
      ) : (
        <>
          <button type="button" onClick={() => onChoose("hold-open")}>
            Hold open
          </button>
          <button type="button" onClick={() => onChoose("hold-closed")}>
            Hold closed
          </button>
        </>
      )}
      {view.mode === "enforce" ? (
        <button type="button" onClick={() => onChoose("observe")}>
          Only observe
        </button>
      ) : (
        <button type="button" class="primary" onClick={() => onChoose("enforce")}>
          Enforce again
        </button>
      )}
      <button type="button" onClick={() => onChoose("reset")}>
        Reset
      </button>
      <button type="button" onClick={() => onChoose("probe")} disabled={view.state !== "open"}>
        Probe now
      </button>
    </div>
  );
}

function Facts({ view }: { readonly view: BreakerView }): JSX.Element {
  const { window, rules, override, lastFailure, records } = view;
  const pairs: readonly (readonly [string, string | null])[] = [
    [
      "Window",
      `${percent(window.failureRate)} of ${window.calls} failed${rules.windowMs === null ? "" : ` in ${duration(rules.windowMs)}`}`,
    ],
    ["Causes", window.failures === 0 ? null : kindsWords(window.byKind)],
    ["Rule", tripWords(rules)],
    ["In a row", view.consecutiveFailures === 0 ? null : `${view.consecutiveFailures} failures`],
    ["In flight", String(view.inFlight)],
    ["Cooldown", view.step === 0 ? null : `step ${view.step}, ${duration(view.cooldownMs)}`],
    ["Wait avoided", avoidedWords(view)],
    ["Last failure", lastFailure === null ? null : `${lastFailure.kind} at ${time(lastFailure.atMs)}`],
    ["Held by", override === null ? null : `${override.by}, since ${time(override.sinceMs)}: ${override.reason}`],
    ["Mode", view.mode],
  ];
  return (
    <>
      <dl class="pairs">
        {pairs.map(([name, value]) =>
          value === null ? null : (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
      </dl>
      {records.length < 2 ? null : (
        <>
          <h3>Records it is judged by</h3>
          <ul class="records">
            {records.map((record) => (
              <li key={record.name}>
                <StateMark look={record.state} size={12} /> <span class="name">{record.name}</span>
                <span class="faint">
                  {record.state}, {record.failures} of {record.calls} failed
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
