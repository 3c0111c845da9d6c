/** The breaker in words: its state, what it waits for, what it knows. */
import { seconds, SHAPE } from "../../terminal/display.ts";
import type { BreakerScene } from "../scene.ts";
import type { Line, Span } from "../../terminal/line.ts";

const WORD = 13;

export function breakerPanel(breaker: BreakerScene, width: number): Line[] {
  const { shows, evidence } = breaker;
  const word: Span = [`${SHAPE[shows]} ${shows}`.padEnd(WORD), shows];
  return [
    [word, ...detail(breaker, width - WORD)],
    [
      " ".repeat(WORD),
      [evidence === null ? "" : `${shows === "closed" ? "last trip" : "tripped on"}: ${evidence}`, "dim"],
    ],
  ];
}

function detail({ shows, waitMs, waitOfMs, step, ...rest }: BreakerScene, width: number): Span[] {
  switch (shows) {
    case "open":
      return [
        `next probe in ${seconds(waitMs).padEnd(6)} `,
        ...countdown(waitMs, waitOfMs, width - 47),
        ` step ${step}: ${seconds(waitOfMs)}`,
      ];
    case "held":
      return [
        `next try in ${seconds(waitMs).padEnd(6)} `,
        ...countdown(waitMs, waitOfMs, width - 47),
        ` ${seconds(waitOfMs)}, as asked`,
      ];
    case "half-open":
      return [rest.probing ? "one probe is out" : "the next call is the probe"];
    case "closed":
      if (rest.rampLimit !== null) return [`letting in ${rest.rampLimit} calls at a time`];
      return [`${rest.failures} of ${rest.calls} calls failed in 30 s, ${rest.failuresInARow} in a row`];
  }
}

function countdown(waitMs: number, ofMs: number, room: number): Span[] {
  const columns = Math.min(24, room);
  if (columns < 6 || ofMs <= 0) return [];
  const left = Math.min(columns, Math.max(0, Math.round((waitMs / ofMs) * columns)));
  return [`━`.repeat(columns - left), ["─".repeat(left), "dim"]];
}
