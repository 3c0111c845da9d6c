/** `503 50% from 60s for 120s`: what goes wrong at the provider, and when, as a command line says it. */
import type { ProviderMode, ProviderSegment } from "recloser/testing";
import { durationUpTo } from "../option-values.ts";
import { UsageError } from "../usage-error.ts";

export interface Outage {
  /** As it was given. */
  readonly text: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly segment: ProviderSegment;
}

export const OUTAGE_FORMS =
  "<status>|hang|unreachable|slow [N%] [xN] [retry-after D] [every D] from D (for D|to D), such as '503 50% from 60s for 120s'";
const OPTION = "--outage";
const MOST = "1d";

interface Words {
  readonly kind: string;
  readonly probability: number;
  readonly factor: number | null;
  readonly retryAfterMs: number | null;
  readonly everyMs: number | null;
}

/** @throws UsageError naming the form */
export function outageOf(text: string): Outage {
  const wrong = (): never => {
    throw new UsageError(OPTION, OUTAGE_FORMS, text);
  };
  const found = /^\s*(\S+)(.*?)\s+from\s+(\S+)\s+(for|to)\s+(\S+)\s*$/.exec(text);
  if (found === null) return wrong();
  const [, kind = "", modifiers = "", from = "", how, end = ""] = found;
  const duration = durationUpTo(OPTION, MOST);
  const fromMs = duration(from);
  const toMs = how === "for" ? fromMs + duration(end) : duration(end);
  if (toMs <= fromMs) throw new UsageError(OPTION, "an end after its beginning", text);
  const words = wordsOf(kind, modifiers, duration) ?? wrong();
  const does = modeOf(words) ?? wrong();
  return { text: text.trim().replaceAll(/\s+/g, " "), fromMs, toMs, segment: { fromMs, toMs, does } };
}

const MODIFIER = /^\s*(?:(\d+(?:\.\d+)?)\s?%|x(\d+(?:\.\d+)?)|retry-after\s+(\S+)|every\s+(\S+))/;

function wordsOf(kind: string, modifiers: string, duration: (text: string) => number): Words | null {
  const words: { -readonly [K in keyof Words]: Words[K] } = {
    ...{ kind, probability: 1, factor: null, retryAfterMs: null, everyMs: null },
  };
  let rest = modifiers;
  while (rest.trim() !== "") {
    const found = MODIFIER.exec(rest);
    if (found === null) return null;
    const [whole, share, factor, retryAfter, every] = found;
    if (share !== undefined) words.probability = Number(share) / 100;
    if (factor !== undefined) words.factor = Number(factor);
    if (retryAfter !== undefined) words.retryAfterMs = duration(retryAfter);
    if (every !== undefined) words.everyMs = duration(every);
    rest = rest.slice(whole.length);
  }
  return words.probability > 0 && words.probability <= 1 ? words : null;
}

function modeOf({ kind, probability, factor, retryAfterMs, everyMs }: Words): ProviderMode | null {
  const sometimes = probability === 1 ? {} : { probability };
  const isSlow = kind === "slow";
  // A word that would change nothing was meant for something.
  if ((factor !== null) !== isSlow || (isSlow && probability !== 1)) return null;
  const isStatus = /^[45]\d\d$/.test(kind);
  if (retryAfterMs !== null && !isStatus) return null;
  const mode: ProviderMode | null = isStatus
    ? { kind: "status", status: Number(kind), ...sometimes, ...(retryAfterMs === null ? {} : { retryAfterMs }) }
    : kind === "hang" || kind === "unreachable"
      ? { kind, ...sometimes }
      : isSlow
        ? { kind, factor: factor as number }
        : null;
  if (mode === null || everyMs === null) return mode;
  return everyMs < 1 ? null : { kind: "flapping", periodMs: everyMs, upShare: 0.5, down: mode };
}
