/** The figures as columns of a table: what each is called and means, and how it is written. */
import { lengthText } from "../terminal/time-text.ts";
import type { Figures } from "./figures.ts";

export interface Column {
  readonly head: string;
  readonly means: string;
  readonly written: (figures: Figures) => string;
}

export const COLUMNS: readonly Column[] = [
  { head: "GOOD", means: "callers with a good answer", written: ({ good, calls }) => share(good, calls) },
  {
    head: "WASTED",
    means: "calls that the provider got during an outage and did not answer well",
    written: ({ wasted }) => counted(wasted),
  },
  {
    head: "WAITED",
    means: "by callers without a good answer, together",
    written: ({ waitedMs }) => lengthText(waitedMs),
  },
  {
    head: "TRIP",
    means: "from an outage's beginning to the first caller turned away",
    written: ({ tripMs }) => timeText(tripMs),
  },
  {
    head: "BACK",
    means: "from its end until 95 % of callers get a good answer",
    written: ({ recoveryMs }) => timeText(recoveryMs),
  },
  {
    head: "WRONG",
    means: "callers turned away while the provider was well",
    written: ({ wrong }) => counted(wrong),
  },
];

export function timeText(ms: number | null): string {
  return ms === null ? "never" : lengthText(ms);
}

/** A mean of counts. */
export function counted(value: number): string {
  return value > 0 && value < 10 && !Number.isInteger(value) ? value.toFixed(1) : String(Math.round(value));
}

function share(part: number, whole: number): string {
  return whole === 0 ? "–" : `${((part / whole) * 100).toFixed(1)} %`;
}
