/** Both arms side by side, row by row. */
import { SLOTS } from "../arm.ts";
import type { ArmScene } from "../scene.ts";
import type { Arms } from "../stage.ts";
import type { Line, Span, Tone } from "../../terminal/line.ts";

const LABEL = 24;
const NUMBER = 6;

interface Row {
  readonly label: string;
  readonly of: (arm: ArmScene) => number;
  readonly tone: Tone;
}

// Each block has one scale, so that its bars can be compared: callers now, and callers so far.
const NOW: readonly Row[] = [
  { label: "in flight", of: ({ inFlight }) => inFlight, tone: "dim" },
  { label: "waiting in line", of: ({ waiting }) => waiting, tone: "bad" },
];
const SO_FAR: readonly Row[] = [
  { label: "calls to the provider", of: ({ providerCalls }) => providerCalls, tone: "dim" },
  { label: "answered at once", of: ({ answeredAtOnce }) => answeredAtOnce, tone: "held" },
  { label: "released by the trip", of: ({ released }) => released, tone: "held" },
  { label: "failed", of: ({ failed }) => failed, tone: "bad" },
  { label: "good answers", of: ({ good }) => good, tone: "closed" },
];

export function armsTable(arms: Arms<ArmScene>, width: number): Line[] {
  const column = Math.max(NUMBER + 6, Math.floor((width - LABEL) / 2));
  return [
    [
      " ".repeat(LABEL),
      [heading(column < 21 ? "without" : "without a breaker", column), "strong"],
      [heading("with Recloser", column), "strong"],
    ],
    ...block(NOW, arms, column, SLOTS),
    ...block(SO_FAR, arms, column, 1),
    [
      "wait, p50 / p95".padEnd(LABEL),
      `${" ".repeat(NUMBER - 3)}${waits(arms.without)}`.padEnd(column),
      `${" ".repeat(NUMBER - 3)}${waits(arms.with)}`,
    ],
  ];
}

function block(rows: readonly Row[], arms: Arms<ArmScene>, column: number, leastScale: number): Line[] {
  const scale = Math.max(leastScale, ...rows.flatMap(({ of }) => [of(arms.without), of(arms.with)]));
  return rows.map(({ label, of, tone }) => [
    label.padEnd(LABEL),
    ...cell(of(arms.without), scale, tone, column),
    ...cell(of(arms.with), scale, tone, column),
  ]);
}

function heading(text: string, column: number): string {
  return `${" ".repeat(NUMBER - 3)}${text}`.padEnd(column);
}

function cell(value: number, scale: number, tone: Tone, column: number): Span[] {
  const room = Math.max(0, column - NUMBER - 4);
  const length = value === 0 ? 0 : Math.max(1, Math.round((value / scale) * room));
  return [String(value).padStart(NUMBER), " ", ["━".repeat(length), tone], " ".repeat(column - NUMBER - 1 - length)];
}

function waits({ p50Ms, p95Ms }: ArmScene): string {
  return p50Ms === null || p95Ms === null ? "–" : `${short(p50Ms)} / ${short(p95Ms)} s`;
}

function short(ms: number): string {
  const s = ms / 1_000;
  return s < 9.95 ? s.toFixed(1) : String(Math.round(s));
}
