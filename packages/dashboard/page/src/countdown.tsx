/** How long until an instant of the server's clock. */
import type { JSX } from "preact";
import type { ServerClock } from "./server-clock.ts";
import { useTicks } from "./use.ts";
import { countdown } from "./words.ts";

export function Countdown({
  untilMs,
  clock,
  over,
}: {
  readonly untilMs: number;
  readonly clock: ServerClock;
  /** What to say when it is past. */
  readonly over: string;
}): JSX.Element {
  useTicks(250);
  const leftMs = untilMs - clock.now();
  return <span class="countdown">{leftMs > 0 ? countdown(leftMs) : over}</span>;
}
