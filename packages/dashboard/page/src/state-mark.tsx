/** The state as a shape and a colour; the word stands beside it. */
import type { JSX } from "preact";
import type { Look } from "./words.ts";

export function StateMark({ look, size = 16 }: { readonly look: Look; readonly size?: number }): JSX.Element {
  return (
    <svg class={`mark ${look}`} width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {SHAPES[look]}
    </svg>
  );
}

const SHAPES: Readonly<Record<Look, JSX.Element>> = {
  closed: <circle cx="8" cy="8" r="6" fill="currentColor" />,
  "half-open": (
    <>
      <circle cx="8" cy="8" r="5.2" fill="none" stroke="currentColor" stroke-width="1.6" />
      <path d="M8 2.8a5.2 5.2 0 0 0 0 10.4z" fill="currentColor" />
    </>
  ),
  open: <path d="M3 3l10 10M13 3L3 13" fill="none" stroke="currentColor" stroke-width="3.2" stroke-linecap="round" />,
  held: (
    <path
      d="M4 15V1.6M4 2h8.6l-2.2 3.2 2.2 3.2H4"
      fill="currentColor"
      stroke="currentColor"
      stroke-width="1.6"
      stroke-linejoin="round"
    />
  ),
  "no-data": (
    <circle cx="8" cy="8" r="5.2" fill="none" stroke="currentColor" stroke-width="1.6" stroke-dasharray="2.4 2" />
  ),
};
