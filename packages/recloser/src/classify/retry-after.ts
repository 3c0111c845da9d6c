/**
 * When the provider wants to be asked again. Order of belief: milliseconds headers, `Retry-After`, typed fields of the
 * body, words of the message, and last, for a rate limit only, the reset times of exhausted buckets. Nothing is clamped;
 * what is not positive is no hint (0 and -1 are sentinels).
 */

import { parseDuration, wholeMs } from "./duration.ts";
import { readHeaders, type HeaderMap } from "./headers.ts";
import { parseHttpDate, parseTimestamp } from "./instant.ts";
import { get, isObject, numeric } from "./safe.ts";

interface HintSource {
  readonly headers: HeaderMap;
  readonly objects: readonly object[];
  readonly messages: readonly string[];
  readonly nowMs: number | undefined;
}

function positive(ms: number | null): number | null {
  return ms !== null && ms > 0 && Number.isFinite(ms) ? wholeMs(ms) : null;
}

/** The provider's clock where it shows it: then its dates need no agreement with ours. */
export function referenceMs(headers: HeaderMap, nowMs: number | undefined): number | null {
  return parseHttpDate(headers.get("date") ?? "") ?? nowMs ?? null;
}

function until(atMs: number | null, referenceAt: number | null): number | null {
  return atMs === null || referenceAt === null ? null : positive(atMs - referenceAt);
}

/** Seconds, or an instant when the number is too large to be a wait (unit by magnitude: epoch seconds or milliseconds). */
function secondsOrInstant(value: number, referenceAt: number | null): number | null {
  if (value >= 1e11) return until(value, referenceAt);
  return value >= 1e9 ? until(value * 1000, referenceAt) : positive(value * 1000);
}

/** google.protobuf.Duration as an object, `{ seconds: "2", nanos: 500000000 }`; null for none and for nothing. */
export function protobufDuration(value: unknown): number | null {
  const ms = (numeric(get(value, "seconds")) ?? 0) * 1000 + (numeric(get(value, "nanos")) ?? 0) / 1e6;
  return positive(ms);
}

/** A time as a wait from `referenceAt` on, whichever way it is written; null for what is none or over. */
export function moment(value: unknown, referenceAt: number | null): number | null {
  const number = numeric(value);
  if (number !== null) return secondsOrInstant(number, referenceAt);
  if (isObject(value)) return protobufDuration(value);
  if (typeof value !== "string" || value.length > 64) return null;
  return until(parseTimestamp(value) ?? parseHttpDate(value), referenceAt) ?? positive(parseDuration(value));
}

/** `Retry-After`: seconds or a date; a proxy may have joined two values with a comma (then a plain number is believed). */
function retryAfter(value: string, referenceAt: number | null): number | null {
  const whole = moment(value, referenceAt);
  if (whole !== null || !value.includes(",")) return whole;
  const numbers = value
    .split(",", 16)
    .map(numeric)
    .filter((n) => n !== null);
  return numbers.length > 0 ? secondsOrInstant(Math.max(...numbers), referenceAt) : null;
}

const milliseconds = (value: unknown): number | null => positive(numeric(value));
const seconds = (value: unknown): number | null => positive((numeric(value) ?? 0) * 1000);

type Read = (value: unknown, referenceAt: number | null) => number | null;

const HEADER_HINTS: readonly (readonly [string, Read])[] = [
  ["retry-after-ms", milliseconds],
  ["x-ms-retry-after-ms", milliseconds],
  ["retry-after", (value, at) => retryAfter(String(value), at)],
];

const BODY_HINTS: readonly (readonly [string, Read])[] = [
  ["retry_after_ms", milliseconds],
  ["retryAfterMs", milliseconds],
  ["retryDelay", moment],
  ["quotaResetDelay", moment],
  ["retry_after", moment],
  ["retry_after_seconds", seconds],
  ["estimated_time", seconds],
  ["retryAfter", moment],
  ["resets_in_seconds", seconds],
  ["resets_at", moment],
  ["reset_at", moment],
  ["quotaResetTimeStamp", moment],
];

const MESSAGE_DELAY =
  /\b(?:(?:try|available|retry|retrying)(?: again)?|wait|resets?|replenished) (?:after |in |for )?(?=\d)/gi;
const MESSAGE_DATE =
  /\b(?:access on|try again (?:on|at)|resets? (?:on|at)|until) (\d{4}-\d{2}-\d{2}(?:(?: at |[ t])\d{2}:\d{2}(?::\d{2})?)?(?: ?(?:utc|gmt|z))?)/i;

function messageHint(message: string, referenceAt: number | null): number | null {
  if (!/\d/.test(message)) return null;
  for (const m of message.matchAll(MESSAGE_DELAY)) {
    const ms = positive(parseDuration(message.slice(m.index + m[0].length)));
    if (ms !== null) return ms;
  }
  const date = MESSAGE_DATE.exec(message)?.[1];
  return date === undefined ? null : until(parseTimestamp(date.replace(/ at /i, " ")), referenceAt);
}

/** What the provider said outright, in milliseconds. */
export function statedHint(from: HintSource): number | null {
  const referenceAt = referenceMs(from.headers, from.nowMs);
  for (const [name, read] of HEADER_HINTS) {
    const value = from.headers.get(name);
    const ms = value === undefined ? null : read(value, referenceAt);
    if (ms !== null) return ms;
  }
  for (const [key, read] of BODY_HINTS) {
    for (const object of from.objects) {
      const ms = read(get(object, key), referenceAt);
      if (ms !== null) return ms;
    }
  }
  for (const message of from.messages) {
    const ms = messageHint(message, referenceAt);
    if (ms !== null) return ms;
  }
  return null;
}

/** `"default";r=0;t=30` (draft-ietf-httpapi-ratelimit-headers, Cloudflare): the longest `t` of the buckets with nothing left. */
function structuredRefill(value: string): number | null {
  let longest: number | null = null;
  for (const bucket of value.split(",", 16)) {
    const left = /;\s*t=(\d{1,9})\b/.exec(bucket)?.[1];
    if (left !== undefined && /;\s*r=0\b/.test(bucket)) longest = Math.max(longest ?? 0, Number(left) * 1000);
  }
  return longest === 0 ? null : longest;
}

/**
 * The reset time of an exhausted bucket: time to a full refill, so an upper bound. A bucket that says it has something
 * left, or -1 for "not told", is not the one that refused.
 */
export function refillHint(from: Pick<HintSource, "headers" | "nowMs">): number | null {
  const referenceAt = referenceMs(from.headers, from.nowMs);
  let longest = structuredRefill(from.headers.get("ratelimit") ?? "");
  for (const [name, value] of from.headers) {
    if (!/rate-?limit/.test(name) || !/\breset\b/.test(name)) continue;
    const remaining = numeric(from.headers.get(name.replace("reset", "remaining")));
    if (remaining !== null && remaining !== 0) continue;
    const ms = moment(value, referenceAt);
    if (ms !== null && ms > (longest ?? 0)) longest = ms;
  }
  return longest;
}

/**
 * The wait that response headers ask for, in milliseconds and unclamped; null when they ask for none.
 *
 * @example
 * parseRetryAfter({ "retry-after": "20" }, Date.now()); // 20000
 */
export function parseRetryAfter(headers: Headers | Record<string, string>, nowMs?: number): number | null {
  const from = { headers: readHeaders(headers), objects: [], messages: [], nowMs };
  return statedHint(from) ?? refillHint(from);
}
