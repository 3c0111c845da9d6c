/** How long until an instant of the server's clock. */
import type { JSX } from "preact";
import type { ServerClock } from "./server-clock.ts";
import { useTicks } from "./use.ts";
import { countdown } from "./words.ts";

export function Countdown({
  before,
  untilMs,
  clock,
  over,
}: {
  /** What comes before the time that is left. */
  readonly before: string;
  readonly untilMs: number;
  readonly clock: ServerClock;
  /** What to say in place of all of it when it is past. */
  readonly over: string;
}): JSX.Element {
  useTicks(250);
  const leftMs = untilMs - clock.now();
  if (leftMs <= 0) return <>{over}</>;
  return (
    <>
      {before}
      <span class="countdown">{countdown(leftMs)}</span>
    </>
  );
}
