/** One breaker in the list: what it is, why, until when. */
import type { JSX } from "preact";
import { memo } from "preact/compat";
import type { BreakerView } from "../../src/views/wire.ts";
import { Countdown } from "./countdown.tsx";
import { Ribbon, ribbonWords, type Span } from "./ribbon.tsx";
import type { ServerClock } from "./server-clock.ts";
import { StateMark } from "./state-mark.tsx";
import { kindsWords, percent, stateWord, time, tripWords } from "./words.ts";

interface Props {
  readonly view: BreakerView;
  readonly spans: readonly Span[];
  readonly isChosen: boolean;
  readonly clock: ServerClock;
  readonly onChoose: (key: string) => void;
}

// Two hundred of them are on a page, and each second a few change.
export const BreakerRow: (props: Props) => JSX.Element = memo(Row, (a: Props, b: Props) => {
  return a.view === b.view && a.isChosen === b.isChosen && a.spans === b.spans;
});

function Row({ view, spans, isChosen, clock, onChoose }: Props): JSX.Element {
  const { key, shows, sinceMs, rejectedLastMinute } = view;
  return (
    <li class={`row ${shows}`} data-key={key} data-state={shows}>
      <button
        type="button"
        class="choose"
        aria-pressed={isChosen}
        onClick={() => onChoose(key)}
        aria-label={`${key}, ${stateWord(view)}${view.mode === "enforce" ? "" : `, ${view.mode}`}`}
      />
      <div class="cell state">
        <StateMark look={shows} />
        <span class="word">{stateWord(view)}</span>
        {sinceMs === null || shows === "no-data" ? null : <span class="faint">since {time(sinceMs)}</span>}
      </div>
      <div class="cell key">
        <span class="name">{key}</span>
        {view.mode === "enforce" ? null : <span class="tag">{view.mode}</span>}
        {view.scope === "local" && view.openUntilMs !== null ? <span class="tag">this replica only</span> : null}
      </div>
      <div class="cell why">
        <Why view={view} />
      </div>
      <div class="cell past">
        <Ribbon spans={spans} label={ribbonWords(spans)} />
      </div>
      <div class="cell next">
        <Next view={view} clock={clock} />
      </div>
      <div class="cell shed">
        {rejectedLastMinute === 0 ? null : (
          <>
            <strong>{rejectedLastMinute.toLocaleString("en")}</strong>
            <span class="faint"> / min</span>
          </>
        )}
      </div>
    </li>
  );
}

function Why({ view }: { readonly view: BreakerView }): JSX.Element | null {
  const { override, evidence, window, rules, state } = view;
  if (override !== null)
    return (
      <>
        <span class="line">{override.reason}</span>
        <span class="faint">by {override.by}</span>
      </>
    );
  if (state !== "closed") return <span class="line">{evidence ?? view.reason ?? ""}</span>;
  if (window.calls === 0) return null;
  return (
    <>
      <Meter view={view} />
      <span class="faint">{window.failures === 0 ? tripWords(rules) : kindsWords(window.byKind)}</span>
    </>
  );
}

function Meter({ view: { window, rules } }: { readonly view: BreakerView }): JSX.Element {
  const counts = window.calls >= rules.minimumCalls;
  return (
    <span class={`meter${counts ? "" : " few"}`}>
      <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" focusable="false">
        <rect class="ground" width="100" height="6" rx="1" />
        <rect class="failed" width={window.failureRate * 100} height="6" rx="1" />
        {rules.failureRate === null ? null : (
          <rect class="threshold" x={Math.min(99, rules.failureRate * 100)} width="1" height="6" />
        )}
      </svg>
      <span>
        {percent(window.failureRate)} of {window.calls.toLocaleString("en")}
      </span>
    </span>
  );
}

function Next({ view, clock }: { readonly view: BreakerView; readonly clock: ServerClock }): JSX.Element | null {
  const { override, state, openUntilMs, probing, step, holds } = view;
  if (override !== null)
    return override.untilMs === null ? (
      <span class="line">until somebody ends it</span>
    ) : (
      <>
        <span class="line">
          <Countdown before="ends in " untilMs={override.untilMs} clock={clock} over="ends in a moment" />
        </span>
        <span class="faint">at {time(override.untilMs)}</span>
      </>
    );
  if (state !== "closed" && openUntilMs !== null)
    return (
      <>
        <span class="line">
          {probing ? (
            "being probed"
          ) : (
            <>
              <Countdown before="probe in " untilMs={openUntilMs} clock={clock} over="the next call is the probe" />
            </>
          )}
        </span>
        <span class="faint">step {step}</span>
      </>
    );
  const hold = holds[0];
  return hold === undefined ? null : (
    <span class="line">
      <Countdown before="ends in " untilMs={hold.untilMs} clock={clock} over="ends in a moment" />
    </span>
  );
}
