/** What callers got in the last minute, a bar a second, and the last second in numbers. */
import type { JSX } from "preact";
import type { DemoCounts, DemoSecond, DemoView } from "../../src/views/demo.ts";

const BARS = 60;
const HEIGHT = 40;
// A quiet minute is not blown up to look like a busy one.
const LEAST = 10;

const ANSWERED = ["answered", "answered"] as const;
const FAILED = ["failed", "failed"] as const;
const FALLBACKS = ["fallbacks", "fallback"] as const;
const REJECTED = ["rejected", "rejected at once"] as const;

// From the ground up.
const KINDS = [ANSWERED, FALLBACKS, REJECTED, FAILED] as const;

const NONE: DemoCounts = { answered: 0, rejected: 0, fallbacks: 0, failed: 0, pending: 0, waitMs: null };

export function DemoArm({
  name,
  of,
  demo: { past },
}: {
  readonly name: string;
  readonly of: "without" | "with";
  readonly demo: DemoView;
}): JSX.Element {
  const last = past.at(-1)?.[of] ?? NONE;
  const most = Math.max(LEAST, ...past.flatMap((second) => [sum(second.without), sum(second.with)]));
  const mostPending = Math.max(LEAST, ...past.flatMap((second) => [second.without.pending, second.with.pending]));
  return (
    <figure class="arm" data-arm={of}>
      <figcaption>{name}</figcaption>
      <svg viewBox={`0 0 ${BARS} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true" focusable="false">
        {past.map((second, at) => (
          <Bar key={second.atMs} counts={second[of]} x={BARS - past.length + at} scale={HEIGHT / most} />
        ))}
        <polyline class="pending" points={pendingLine(past, of, mostPending)} vector-effect="non-scaling-stroke" />
      </svg>
      <p class="counts">
        <Count of="answered" value={last.answered} words="answered" />
        <Count of="failed" value={last.failed} words="failed" />
        <Count of="pending" value={last.pending} words="waiting" />
        <span class={last.waitMs === null ? "none" : ""}>
          <strong>{waitWords(last.waitMs)}</strong> to hear
        </span>
        {of === "without" ? null : (
          <>
            <Count of="rejected" value={last.rejected} words="rejected" />
            <Count of="fallbacks" value={last.fallbacks} words="fallback" />
          </>
        )}
      </p>
    </figure>
  );
}

function Count({
  of,
  value,
  words,
}: {
  readonly of: keyof DemoCounts;
  readonly value: number;
  readonly words: string;
}): JSX.Element {
  return (
    <span class={value === 0 ? "none" : ""} data-count={of}>
      <strong>{value.toLocaleString("en")}</strong> {words}
    </span>
  );
}

export function DemoLegend(): JSX.Element {
  return (
    <p class="legend faint" aria-hidden="true">
      {KINDS.map(([kind, words]) => (
        <span key={kind}>
          <i class={kind} /> {words}
        </span>
      ))}
      <span>
        <i class="pending" /> waiting
      </span>
      <span class="when">a bar a second, the last minute</span>
    </p>
  );
}

function Bar({
  counts,
  x,
  scale,
}: {
  readonly counts: DemoCounts;
  readonly x: number;
  readonly scale: number;
}): JSX.Element {
  let top = HEIGHT;
  return (
    <>
      {KINDS.map(([kind]) => {
        const height = counts[kind] * scale;
        top -= height;
        return height === 0 ? null : <rect key={kind} class={kind} x={x + 0.1} y={top} width="0.8" height={height} />;
      })}
    </>
  );
}

function pendingLine(past: readonly DemoSecond[], of: "without" | "with", most: number): string {
  return past
    .map((second, at) => `${BARS - past.length + at + 0.5},${HEIGHT - 1 - (second[of].pending / most) * (HEIGHT - 2)}`)
    .join(" ");
}

function sum({ answered, fallbacks, rejected, failed }: DemoCounts): number {
  return answered + fallbacks + rejected + failed;
}

/** "0.6 s", "2 ms"; tenths of a millisecond are nobody's business. */
function waitWords(ms: number | null): string {
  if (ms === null) return "–";
  if (ms < 1) return "<1 ms";
  return ms < 100 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
