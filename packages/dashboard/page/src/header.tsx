/** The head of the page: how many are open, whether what is shown is live, and the settings. */
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import type { BreakerView } from "../../src/views/wire.ts";
import type { Connection } from "./model.ts";
import { StateMark } from "./state-mark.tsx";
import { nextTheme, theme } from "./theme.ts";
import { useTicks } from "./use.ts";
import { duration, type Look } from "./words.ts";

const SUMMED: readonly Look[] = ["open", "half-open", "held", "closed", "no-data"];

export function Header({
  views,
  connection,
  children,
}: {
  readonly views: readonly BreakerView[];
  readonly connection: Connection;
  readonly children?: ComponentChildren;
}): JSX.Element {
  const [chosen, setChosen] = useState(theme());
  return (
    <header>
      <h1>Recloser</h1>
      <ul class="sums" aria-label="How many breakers are in which state">
        {SUMMED.map((look) => {
          const count = views.filter(({ shows }) => shows === look).length;
          return count === 0 && look !== "open" ? null : (
            <li key={look} class={count === 0 ? "none" : look}>
              <StateMark look={look} size={14} /> <strong>{count}</strong> {look === "no-data" ? "no data" : look}
            </li>
          );
        })}
      </ul>
      <div class="tools">
        {children}
        <button
          type="button"
          class="quiet"
          onClick={() => setChosen(nextTheme())}
          title="Light, dark, or as the system"
        >
          {chosen === "system" ? "Auto" : chosen === "light" ? "Light" : "Dark"}
        </button>
        <Liveness connection={connection} />
      </div>
    </header>
  );
}

function Liveness({ connection }: { readonly connection: Connection }): JSX.Element {
  useTicks(500);
  const words =
    connection.is === "live"
      ? "live"
      : connection.is === "stale"
        ? `stale for ${duration(performance.now() - connection.sinceMs)}`
        : connection.is === "token-needed"
          ? "token needed"
          : "connecting";
  return (
    <span class={`liveness ${connection.is}`} data-connection={connection.is}>
      <span class="dot" aria-hidden="true" />
      {words}
    </span>
  );
}
